"""Tokens, scopes, clock, the way in: what Slack says of us is explained in words."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import manifest
from bot.config import Settings
from bot.doctor import Mark
from bot.doctor.examination import checkup
from bot.sandbox import Fault, Sandbox
from tests.bot.doctor.examining import about, changed, found
from tests.journeys.town import settings_for


class Ahead:
    """A clock that is wrong."""

    def __init__(self, seconds: float) -> None:
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


def known_by(sandbox: Sandbox, **headers: str) -> None:
    """Have the next auth.test answer with *headers*."""
    me = {"ok": True, "team": "Acme", "team_id": "T1", "user": "harbor", "user_id": "U1"}
    answer = Fault.answer(json.dumps(me))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sandbox.faults.add("auth.test", replace(answer, headers=named))


async def test_where_all_is_well_nothing_is_wrong(settings: Settings):
    findings = await checkup(settings)

    assert [finding for finding in findings if finding.mark is Mark.BAD] == []
    (token,) = about(findings, "bot token")
    assert token.said.startswith("Slack knows us as harbor in ")


async def test_a_token_that_slack_refuses_is_to_be_copied_again(settings: Settings):
    wrong = changed(settings, SLACK_BOT_TOKEN="xoxb-1-wrong")

    findings = await checkup(wrong)

    (token,) = about(findings, "bot token")
    assert (token.mark, token.said) == (
        Mark.BAD,
        "Slack refuses SLACK_BOT_TOKEN (invalid_auth)",
    )
    assert "Bot User OAuth Token" in str(token.next_step)
    (channels,) = about(findings, "channels")
    assert channels.mark is Mark.WARNING


@pytest.mark.parametrize(
    "fault",
    [Fault.reset_before(), Fault.status(503), Fault.html(), Fault.empty(), Fault.rate_limited(30)],
)
async def test_slack_being_away_is_a_finding_and_no_crash(
    sandbox: Sandbox, settings: Settings, fault: Fault
):
    sandbox.faults.add("*", fault, times=None)

    token = await found(settings, "bot token")

    assert token.mark is Mark.BAD
    assert f"Slack does not answer at {sandbox.url}/api/" in token.said


async def test_nobody_listening_where_slack_should_be_is_a_finding(settings: Settings):
    token = await found(
        changed(settings, SLACK_API_BASE_URL="http://127.0.0.1:9/api/"), "bot token"
    )

    assert token.said == "Slack does not answer at http://127.0.0.1:9/api/ (unreachable)"
    assert "SLACK_API_BASE_URL" in str(token.next_step)


async def test_scopes_that_the_manifest_asks_for_are_found(sandbox: Sandbox, settings: Settings):
    known_by(sandbox, x_oauth_scopes=",".join(sorted(manifest.scopes())))

    scopes = await found(settings, "scopes")

    assert scopes.mark is Mark.GOOD


async def test_a_missing_scope_is_named_with_where_to_add_it(sandbox: Sandbox, settings: Settings):
    known_by(sandbox, x_oauth_scopes=",".join(sorted(manifest.scopes() - {"users:read"})))

    scopes = await found(settings, "scopes")

    assert (scopes.mark, scopes.said) == (Mark.BAD, "the token lacks users:read")
    assert "reinstall" in str(scopes.next_step)


async def test_a_scope_too_many_is_worth_a_look(sandbox: Sandbox, settings: Settings):
    known_by(sandbox, x_oauth_scopes=",".join(sorted(manifest.scopes() | {"admin"})))

    scopes = await found(settings, "scopes")

    assert scopes.mark is Mark.WARNING
    assert "admin" in scopes.said


@pytest.mark.parametrize(
    ("seconds", "mark"), [(0, Mark.GOOD), (30, Mark.WARNING), (-30, Mark.WARNING), (120, Mark.BAD)]
)
async def test_a_clock_that_is_off_is_measured_against_slacks(
    settings: Settings, seconds: float, mark: Mark
):
    findings = await checkup(settings, Ahead(seconds))

    (clock,) = about(findings, "clock")
    assert clock.mark is mark


async def test_slack_not_saying_the_time_is_no_crash(sandbox: Sandbox, settings: Settings):
    known_by(sandbox, Date="yesterday, or so")

    clock = await found(settings, "clock")

    assert clock.mark is Mark.WARNING


async def test_an_app_token_is_tried_without_opening_a_socket(sandbox: Sandbox, tmp_path: Path):
    sandbox.socket_mode = True

    way_in = await found(settings_for(sandbox, tmp_path, HARBOR_PORT=1), "way in")

    assert (way_in.mark, way_in.said) == (Mark.GOOD, "Socket Mode: Slack would let us connect")
    assert sandbox.sockets.count == 0


async def test_an_app_token_that_slack_refuses_is_explained(settings: Settings):
    way_in = await found(changed(settings, SLACK_APP_TOKEN="xapp-1-wrong"), "way in")

    assert way_in.mark is Mark.BAD
    assert "SLACK_APP_TOKEN" in way_in.said
    assert "connections:write" in str(way_in.next_step)
