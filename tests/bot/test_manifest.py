"""`harbor manifest`: the app's manifest, ready to paste."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner, Result

from bot import manifest
from bot.cli import app
from workflows.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests/architecture/slack-manifest.schema.json").read_text())
EVENTS = "https://bot.acme.test/slack/events"


def read(text: str) -> dict[str, Any]:
    """Read a manifest that fits Slack's own schema."""
    found = yaml.safe_load(text)
    jsonschema.validate(found, SCHEMA)
    return dict(found)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["manifest", *arguments])


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARBOR_PUBLIC_URL", raising=False)


def test_every_address_in_the_manifest_is_the_one_that_was_given():
    found = read(manifest.over_http("https://bot.acme.test"))

    assert found["settings"]["event_subscriptions"]["request_url"] == EVENTS
    assert found["settings"]["interactivity"]["request_url"] == EVENTS
    assert {each["url"] for each in found["features"]["slash_commands"]} == {EVENTS}
    assert found["settings"]["socket_mode_enabled"] is False
    assert "harbor.example.com" not in manifest.over_http("https://bot.acme.test")


def test_browsers_may_come_back_after_signing_in():
    found = read(manifest.over_http("https://bot.acme.test/"))

    assert found["oauth_config"]["redirect_urls"] == ["https://bot.acme.test/auth/slack/callback"]


def test_over_socket_mode_there_is_no_address_for_slack_to_call():
    text = manifest.over_sockets()

    found = read(text)
    assert found["settings"]["socket_mode_enabled"] is True
    assert "https://" not in text
    assert found["settings"]["event_subscriptions"]["bot_events"]
    assert found["settings"]["interactivity"] == {"is_enabled": True}


def test_over_socket_mode_browsers_may_still_come_back_to_a_public_address():
    found = read(manifest.over_sockets("https://harbor.intra.acme.test"))

    callback = "https://harbor.intra.acme.test/auth/slack/callback"
    assert found["oauth_config"]["redirect_urls"] == [callback]


def test_over_socket_mode_an_address_of_this_machine_is_left_out():
    found = read(manifest.over_sockets("http://127.0.0.1:3000"))

    assert "redirect_urls" not in found["oauth_config"]


@pytest.mark.parametrize("text", [manifest.over_http("https://a.test"), manifest.over_sockets()])
def test_scopes_events_and_comments_are_those_of_the_file(text: str):
    original = (ROOT / "manifest.yml").read_text()

    found = read(text)

    known = yaml.safe_load(original)
    assert found["oauth_config"]["scopes"] == known["oauth_config"]["scopes"]
    events = known["settings"]["event_subscriptions"]["bot_events"]
    assert found["settings"]["event_subscriptions"]["bot_events"] == events
    assert "# who is in the channel of a card" in text


def test_the_scopes_are_read_without_a_yaml_library():
    known = yaml.safe_load((ROOT / "manifest.yml").read_text())

    assert manifest.scopes() == set(known["oauth_config"]["scopes"]["bot"])


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://bot.acme.test", "does not begin with https://"),
        ("http://127.0.0.1:3000", "--socket-mode"),
        ("bot.acme.test", "does not begin with https://"),
        ("", "does not begin with https://"),
        ("https://", "must be https:// and a host"),
        ("https://bot.acme.test/harbor", "no path"),
        ("https://me:secret@bot.acme.test", "no user"),
        ("https://bot.acme.test?x=1", "no query"),
        ("https://bot.acme.test\nsettings: {}", "must be https:// and a host"),
        ("https://bot acme", "must be https:// and a host"),
        ("https://[::1", "must be https:// and a host"),
    ],
)
def test_an_address_that_slack_would_not_call_is_refused_with_the_reason(url: str, why: str):
    with pytest.raises(ConfigurationError) as refused:
        manifest.over_http(url)

    assert why in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_command_takes_the_address_from_its_option():
    done = run("--url", "https://bot.acme.test")

    assert done.exit_code == 0
    assert read(done.stdout)["settings"]["interactivity"]["request_url"] == EVENTS


def test_the_command_takes_the_address_from_the_settings_before_there_is_any_token(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("HARBOR_PUBLIC_URL", "https://bot.acme.test")

    done = run()

    assert read(done.stdout)["settings"]["interactivity"]["request_url"] == EVENTS


def test_the_command_takes_the_address_from_the_env_file():
    Path(".env").write_text("HARBOR_PUBLIC_URL=https://bot.acme.test\n")

    done = run()

    assert read(done.stdout)["settings"]["interactivity"]["request_url"] == EVENTS


def test_the_command_prints_a_manifest_for_socket_mode():
    done = run("--socket-mode")

    assert read(done.stdout)["settings"]["socket_mode_enabled"] is True


def test_without_any_address_the_command_says_both_ways():
    done = run()

    assert done.exit_code == 1
    said = str(done.exception)
    assert "--url" in said
    assert "--socket-mode" in said


def test_an_address_for_socket_mode_is_a_contradiction():
    done = run("--socket-mode", "--url", "https://bot.acme.test")

    assert done.exit_code == 2
