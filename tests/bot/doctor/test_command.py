"""`harbor doctor`: the settings, the lines, the exit status; no secret in any of them."""

import json
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.doctor import Finding, Report, report
from bot.doctor.finding import bad, good, warning
from bot.doctor.settings import Setting
from tests.bot.doctor.examining import SECRET


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments])


def test_the_command_says_where_each_setting_came_from_and_no_secret(
    environment: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HARBOR_PORT", "2")

    done = run()

    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "SLACK_BOT_TOKEN xoxb-… (.env)" in lines
    assert "SLACK_SIGNING_SECRET … (.env)" in lines
    assert "HARBOR_PORT 2 (environment)" in lines
    assert "HARBOR_HOST 127.0.0.1 (default)" in lines
    assert "hushhush" not in done.output
    assert SECRET not in done.output


def test_the_command_exits_with_1_where_something_is_wrong(environment: Path):
    done = run()

    assert done.exit_code == 1
    assert "✗ bot token" in done.stdout
    assert "→ check this machine's network" in done.stdout


def test_the_command_prints_json_for_programs(environment: Path):
    done = run("--json")

    said = json.loads(done.stdout)
    assert said["ok"] is False
    assert {"name": "HARBOR_PORT", "value": "1", "from": ".env"} in said["settings"]
    (token,) = [each for each in said["findings"] if each["check"] == "bot token"]
    assert token["status"] == "failed"
    assert token["next_step"]
    assert "hushhush" not in done.stdout


@pytest.mark.parametrize(
    ("line", "said", "step"),
    [
        ("SLACK_BOT_TOKEN=", "SLACK_BOT_TOKEN: is empty", "Bot User OAuth Token"),
        ("SLACK_BOT_TOKEN=xoxp-1", "is a user token", "Bot User OAuth Token"),
        ("SLACK_SIGNING_SECRET=short", "is no signing secret", "Signing Secret"),
        ("SLACK_APP_TOKEN=xoxb-1", "is no app-level token", "App-Level Tokens"),
        ("HARBOR_PUBLIC_URL=http://acme.test", "must begin with https://", ""),
        ("HARBOR_APROVALS_CHANNEL=#x", "is no setting", ""),
        ("HARBOR_ADMINS=ana", "which is not a Slack user id", ""),
    ],
)
def test_a_setting_that_is_wrong_is_named_and_the_rest_waits(
    environment: Path, line: str, said: str, step: str
):
    with (environment / ".env").open("a") as file:
        file.write(f"{line}\n")

    done = run("--json")

    found = json.loads(done.stdout)["findings"]
    assert done.exit_code == 1
    assert found[0]["check"] == "settings"
    assert said in found[0]["said"]
    assert step in (found[0]["next_step"] or "")
    assert found[-1]["check"] == "the rest"


def test_nothing_set_at_all_is_explained_setting_by_setting(
    environment: Path,
):
    (environment / ".env").unlink()

    done = run()

    assert "SLACK_BOT_TOKEN is not set" in done.stdout
    assert "→ find it at api.slack.com/apps" in done.stdout


# -- the report ------------------------------------------------------------------------------------


def written(*findings: Finding, settings: tuple[Setting, ...] = ()) -> str:
    out = StringIO()
    report.write(Report(settings, findings), out)
    return out.getvalue()


def test_a_line_has_its_sign_and_below_it_the_next_step():
    text = written(bad("disk", "is full", "make room"))

    assert "✗ disk             is full\n" in text
    assert "                   → make room\n" in text


def test_without_a_terminal_there_are_no_colours():
    assert "\x1b" not in written(good("disk", "is there"), bad("clock", "is late"))


@pytest.mark.parametrize(
    ("findings", "verdict", "status"),
    [
        ((good("a", "b"),), "Nothing is wrong.", 0),
        ((good("a", "b"), warning("c", "d")), "Nothing is wrong; 1 worth a look.", 0),
        ((bad("a", "b"), warning("c", "d")), "One to mend.", 1),
    ],
)
def test_the_last_line_is_the_verdict(findings: tuple[Finding, ...], verdict: str, status: int):
    assert written(*findings).rstrip().endswith(verdict)
    assert Report((), findings).is_good is (status == 0)


def test_words_from_outside_move_no_cursor_and_show_no_token():
    text = written(bad("bot token", "knows [bold]us[/bold] as \x1b[2Jme xoxb-12-ab\nand more"))

    assert "[bold]us[/bold]" in text
    assert "\x1b" not in text
    assert "xoxb-12-ab" not in text
    assert "and more" in text.splitlines()[1]


def test_a_setting_with_a_password_in_its_address_is_masked(environment: Path):
    with (environment / ".env").open("a") as file:
        file.write("HARBOR_DATABASE_URL=postgresql://me:hunter2@db/harbor\n")

    done = run()

    assert "postgresql://…@db/harbor" in done.stdout
    assert "hunter2" not in done.output
