"""The command: help without a start, and one line on standard error for what cannot start."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from bot import cli, config
from workflows.errors import ConfigurationError

TOKEN = "xoxb-123456789012-abcdefabcdefabcdefabcdef"
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no settings but those of the test, and no .env."""
    for name in config.names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def harbor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process."""
    repository = Path(cli.__file__).parent.parent
    mine = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=mine | {"PYTHONPATH": str(repository)} | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    "command", [[], ["serve"], ["sandbox"], ["demo"], ["db"], ["db", "upgrade"]]
)
def test_every_command_has_help(command: list[str]):
    found = CliRunner().invoke(cli.app, [*command, "--help"])

    assert found.exit_code == 0
    assert "Usage" in found.output


def test_a_command_that_is_none_is_a_usage_error():
    found = CliRunner().invoke(cli.app, ["sevre"])

    assert found.exit_code == 2


def test_an_option_that_is_none_is_a_usage_error():
    found = CliRunner().invoke(cli.app, ["serve", "--prot", "3000"])

    assert found.exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xoxp-1-5ecret", "SLACK_SIGNING_SECRET": SECRET}, "SLACK_BOT_TOKEN: "),
        ({"HARBOR_PROT": "1"}, "HARBOR_PROT is no setting"),
    ],
)
def test_a_setting_that_is_wrong_stops_serve_with_status_1(
    arguments: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
):
    for each, value in arguments.items():
        monkeypatch.setenv(each, value)

    found = CliRunner().invoke(cli.app, ["serve"])

    assert isinstance(found.exception, ConfigurationError)
    assert name in str(found.exception)
    assert "5ecret" not in str(found.exception)


def test_what_cannot_start_says_so_on_standard_error_and_exits_with_1():
    found = harbor("serve", SLACK_BOT_TOKEN=TOKEN, SLACK_SIGNING_SECRET="5ecret")

    assert found.returncode == 1
    (line,) = found.stderr.splitlines()
    assert line.startswith("harbor: SLACK_SIGNING_SECRET: ")
    assert "5ecret" not in found.stderr
    assert found.stdout == ""


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "is no database URL"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("oracle://scott:t1ger@host/db", "SQLite only"),
        ("postgresql+psycopg://harbor:p%40t1ger@host/db", "SQLite only"),
        ("sqlite:////nowhere/at/all/harbor.db", "/nowhere/at/all does not exist"),
    ],
)
def test_x105_a_database_that_cannot_be_is_refused_without_its_password(
    url: str, says: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)
    monkeypatch.setenv("HARBOR_DATABASE_URL", url)

    found = CliRunner().invoke(cli.app, ["db", "upgrade"])

    message = str(found.exception)
    assert says in message
    assert "t1ger" not in message
    assert "\n" not in message


def test_db_upgrade_makes_the_schema_and_says_from_what_to_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)
    monkeypatch.setenv("HARBOR_DATABASE_URL", f"sqlite:///{tmp_path / 'harbor.db'}")

    first = CliRunner().invoke(cli.app, ["db", "upgrade"])
    second = CliRunner().invoke(cli.app, ["db", "upgrade"])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "schema empty → " in first.output
    version = first.output.split("→")[1].strip()
    assert f"schema {version} → {version}" in second.output
    assert (tmp_path / "harbor.db").exists()


def test_a_module_with_jobs_that_cannot_be_imported_is_named_in_one_line(tmp_path: Path):
    (tmp_path / "broken_jobs.py").write_text("import nothing_of_this_name\n")
    plugins = tmp_path / "plugins.toml"
    plugins.write_text("")

    found = harbor(
        "serve",
        SLACK_BOT_TOKEN=TOKEN,
        SLACK_SIGNING_SECRET=SECRET,
        HARBOR_JOBS="broken_jobs",
        HARBOR_PLUGINS=str(plugins),
        PYTHONPATH=os.pathsep.join([str(Path(cli.__file__).parent.parent), str(tmp_path)]),
    )

    assert found.returncode == 1
    (line,) = found.stderr.splitlines()
    assert "broken_jobs cannot be imported" in line
    assert "nothing_of_this_name" in line


def test_x98_serve_stops_at_a_job_module_that_cannot_be_loaded(tmp_path: Path):
    (tmp_path / "broken_jobs.py").write_text("1 / 0\n")
    settings = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET}

    ran = harbor("serve", HARBOR_JOBS="broken_jobs", **settings)

    assert ran.returncode == 1
    assert "the job module broken_jobs cannot be imported" in ran.stderr


def test_x98_serve_keeps_going_without_it_when_told_to(tmp_path: Path):
    (tmp_path / "broken_jobs.py").write_text("1 / 0\n")
    settings = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET}
    # It gets as far as the database, which cannot be there.
    nowhere = {"HARBOR_DATABASE_URL": "sqlite:////no/such/folder/harbor.db"}
    slack = {"SLACK_API_BASE_URL": "http://127.0.0.1:9/"}

    ran = harbor("serve", "--keep-going", HARBOR_JOBS="broken_jobs", **settings, **nowhere, **slack)

    assert ran.returncode == 1
    assert "the job module broken_jobs cannot be imported" in ran.stderr
    assert "/no/such/folder does not exist" in ran.stderr


@pytest.mark.parametrize(
    ("flags", "names"),
    [([], "SLACK_SIGNING_SECRET"), (["--socket-mode"], "SLACK_APP_TOKEN")],
)
def test_a_sandbox_by_itself_prints_the_settings_of_a_bot_that_may_speak_to_it(
    flags: list[str], names: str
):
    command = [sys.executable, "-m", "bot", "sandbox", "--port", "0", *flags]
    mine = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=mine)
    try:
        told = list(iter(process.stdout.readline, "Ctrl-C stops it.\n"))
        given = dict(line.strip().split("=", 1) for line in told if "=" in line)
        answer = httpx.post(
            f"{given['SLACK_API_BASE_URL']}auth.test",
            headers={"Authorization": f"Bearer {given['SLACK_BOT_TOKEN']}"},
            trust_env=False,
        )
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()

    assert answer.json()["ok"]
    assert names in given
    assert len({"SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"} & given.keys()) == 1
