"""The house is as the documents say: settings, manifest, locks, words."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot import config
from tests import catalogue

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "workflows", "store")

# Slack's methods and the scopes they need (docs.slack.dev, each method's page).
SCOPES = {
    "apps_connections_open": set(),  # of the app-level token: connections:write
    "auth_test": set(),
    "bots_info": {"users:read"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "usergroups_users_list": {"usergroups:read"},
    "users_conversations": {"channels:read", "groups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
}


def tracked(*patterns: str) -> list[Path]:
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in found.stdout.splitlines() if (ROOT / name).is_file()]


def manifest() -> dict:
    return yaml.safe_load((ROOT / "manifest.yml").read_text())


def slack_sources() -> str:
    elsewhere = {"sandbox", "web"}  # whose clients are not Slack's
    paths = [p for p in (ROOT / "bot").rglob("*.py") if not elsewhere & set(p.parts)]
    return "\n".join(path.read_text() for path in paths)


def test_the_packages_are_typed_for_who_uses_them_in_the_wheel_as_well(tmp_path):
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")

    with zipfile.ZipFile(wheel) as files:
        assert {f"{package}/py.typed" for package in PACKAGES} <= set(files.namelist())


def test_every_setting_is_in_the_readme_and_in_the_example_file():
    readme = (ROOT / "README.md").read_text()
    example = (ROOT / ".env.example").read_text()

    settings = set(config.names())

    assert {name for name in settings if f"`{name}`" not in readme} == set()
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == settings


def test_the_example_file_shows_the_defaults():
    example = (ROOT / ".env.example").read_text()
    shown = dict(re.findall(r"^#([A-Z_]+)=(.+)$", example, re.MULTILINE))

    defaults = {
        str(field.alias): str(field.default)
        for field in config.Settings.model_fields.values()
        if field.default not in (None, "", ()) and not field.is_required()
    }

    known = {name: default for name, default in defaults.items() if name in shown}
    assert {name: shown[name] for name in known if name != "HARBOR_LOG_FORMAT"} == {
        name: default for name, default in known.items() if name != "HARBOR_LOG_FORMAT"
    }


def test_the_manifest_fits_slacks_own_schema():
    schema = json.loads((ROOT / "tests/architecture/slack-manifest.schema.json").read_text())

    jsonschema.validate(manifest(), schema)


def test_the_manifest_asks_for_the_scopes_of_the_methods_that_are_called_and_no_others():
    called = set(re.findall(r"client\.([a-z]+_[A-Za-z_]+)\(", slack_sources()))
    assert called <= set(SCOPES), f"say which scopes these need: {sorted(called - set(SCOPES))}"

    wanted = set().union(*(SCOPES[method] for method in called)) | {"commands"}

    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == wanted


def test_the_manifest_subscribes_to_the_events_that_are_listened_to_and_no_others():
    heard = set(re.findall(r'app\.event\("(\w+)"\)', slack_sources()))

    assert set(manifest()["settings"]["event_subscriptions"]["bot_events"]) == heard


def test_the_manifest_has_the_commands_that_are_listened_to_and_no_others():
    heard = set(re.findall(r'app\.command\("(/\w+)"\)', slack_sources()))

    commands = manifest()["features"]["slash_commands"]

    assert {command["command"] for command in commands} == heard


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_dependency_has_hashes_and_no_file_names_an_address(name: str):
    text = (ROOT / name).read_text()

    entries = re.split(r"\n(?=\S)", text)

    assert "://" not in text
    assert [entry.split()[0] for entry in entries if entry.strip() and "--hash=" not in entry] == []


def test_what_is_locked_for_development_is_what_is_locked_for_running():
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))

    running, developing = versions("requirements.lock"), versions("requirements-dev.lock")

    assert running.items() <= developing.items()


def test_no_function_is_longer_than_a_screen():
    long = []
    for path in tracked(*(f"{package}/*.py" for package in PACKAGES)):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > 60:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({lines})")

    assert long == []


def test_every_module_says_in_a_sentence_what_it_is():
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked(*(f"{package}/*.py" for package in PACKAGES))
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]

    assert silent == []


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    found = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py", "*.md", "*.html", "*.js", "*.css", "*.toml", "*.yml")
        if path != Path(__file__) and words.search(path.read_text())
    ]

    assert found == []


def test_the_two_commands_of_the_readme_are_in_the_makefile():
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"`make ([a-z-]+)", readme))

    assert {"demo", "test"} <= named <= targets


def test_every_promise_fault_and_bad_input_of_one_process_has_a_test_that_names_it():
    named = catalogue.named()

    for letter, most in catalogue.PROVEN.items():
        wanted = set(range(1, most + 1))
        if letter == "f":
            wanted -= catalogue.NOT_OF_ONE_PROCESS
        assert sorted(wanted - named[letter]) == []


def test_every_test_that_the_docs_name_is_there():
    tests = set(catalogue.tests())
    for page in tracked("*.md"):
        named = set(re.findall(r"`(test_[a-z0-9_]+)`", page.read_text()))

        assert sorted(named - tests) == [], page
