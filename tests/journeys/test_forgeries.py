"""What a payload claims is compared with what is stored; a forged one changes nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from bot.sandbox import Fault, Member, Sandbox
from tests.journeys.questions import paint
from tests.journeys.town import MovedClock, Town, town
from workflows.registry import Registry, load

GENERAL = "C0GENERAL"
VALUES = {
    "empty": "",
    "a number": "0",
    "another id": "f" * 32,
    "too long": "a" * 2_001,
    "a path": "../../etc/passwd",
    "a NUL": "abc\x00def",
    "markup": "<script>alert(1)</script>",
    "sql": "' OR 1=1 --",
    "json": '{"gate": {"$ne": null}}',
    "mention": "<!channel>",
}
NOT_OURS = {
    "another app": {"api_app_id": "A0SOMEBODY"},
    "no app": {"api_app_id": None},
    "another team": {"team": {"id": "T0ELSEWHERE", "domain": "else"}},
    "no team": {"team": None},
    "another organisation": {"team": None, "enterprise": {"id": "E0ELSE", "name": "Else"}},
}


@pytest.fixture
async def painters(
    sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path
) -> AsyncIterator[Town]:
    """A town with a job whose form has a menu."""
    async with town(sandbox, tmp_path, moved_clock, Registry([*load(()), paint])) as found:
        yield found


async def undecided(acme: Town) -> bool:
    """Whether no request has been answered and nobody's answer counts."""
    runs = await acme.harbor.engine.list()
    gates = [gate for run in runs for gate in await acme.harbor.gates.of_run(run.id)]
    return all(gate.status == "open" and not gate.votes for gate in gates) and bool(gates)


async def outcomes(acme: Town) -> list[str]:
    return [line.outcome for line in await acme.audited() if line.action == "decide"]


async def told(acme: Town, member: Member) -> str:
    said = await acme.sandbox.until(lambda: member.ephemerals)
    return said[-1].words


def last(acme: Town) -> dict[str, Any]:
    """Answer the payload of the last interaction."""
    found: dict[str, Any] = json.loads(parse_qs(acme.sandbox.sent[-1].body.decode())["payload"][0])
    return found


async def a_click(acme: Town) -> dict[str, Any]:
    """Answer the payload of a click that would decide, without its having been heard."""
    card = await acme.asked("bo")
    bot_url, acme.sandbox.bot_url = acme.sandbox.bot_url, "http://127.0.0.1:9"
    await acme.member("cam").click(card, "approve")
    acme.sandbox.bot_url = bot_url
    return last(acme)


async def rejecting(acme: Town) -> Member:
    """Answer cam, with the form for a reason open."""
    card = await acme.asked("bo")
    cam = acme.member("cam")
    await cam.click(card, "reject")
    await acme.sandbox.until(lambda: cam.view)
    return cam


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", ["approve", "reject"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_x15_a_value_that_is_no_gate_of_ours_decides_nothing(
    acme: Town, value: str, button: str
):
    card = await acme.asked("bo")
    cam = acme.member("cam")

    clicked = await cam.click(card, button, value)

    assert clicked.status == 200
    assert "no longer exists" in await told(acme, cam)
    assert await undecided(acme)


async def test_x14_the_id_of_another_request_decides_neither(acme: Town):
    first, second = await acme.asked("bo"), await acme.asked("bo", context="Refund 43")
    cam = acme.member("cam")

    await cam.click(first, "approve", (await acme.gate(1)).id)

    assert "This button is no longer valid" in await told(acme, cam)
    assert await undecided(acme)
    assert await outcomes(acme) == ["misplaced"]
    assert second.ts != first.ts


async def test_x14_the_choice_comes_from_the_action_and_never_from_the_value(acme: Town):
    card = await acme.asked("bo")
    gate = await acme.gate()

    await acme.member("cam").click(card, "approve", f"{gate.id}:rejected")

    assert "no longer exists" in await told(acme, acme.member("cam"))
    assert await undecided(acme)


async def test_the_id_of_the_block_decides_nothing(acme: Town):
    card = await acme.asked("bo")

    await acme.member("cam").click(card, "approve", block="reject")

    assert "Approved by" in (await acme.card_says("Approved by")).words


# -- places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", ["approve", "reject"])
async def test_x16_a_copied_card_does_not_count(acme: Town, button: str):
    card = await acme.asked("bo")
    cam = acme.member("cam")

    await cam.click(replace(card, channel=GENERAL), button)

    assert "This button is no longer valid" in await told(acme, cam)
    assert cam.view is None
    assert await undecided(acme)
    assert await outcomes(acme) == ["misplaced"]


async def test_x16_another_message_of_the_same_channel_does_not_count(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")

    await cam.click(replace(card, ts="1700000000.000100"), "approve")

    assert "This button is no longer valid" in await told(acme, cam)
    assert await undecided(acme)


async def test_x16_an_ephemeral_message_with_our_buttons_does_not_count(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")

    await cam.click(replace(card, is_ephemeral=True), "approve")

    assert "This button is no longer valid" in await told(acme, cam)
    assert await undecided(acme)


async def test_x16_a_click_that_names_no_place_at_all_does_not_count(acme: Town):
    click = await a_click(acme)
    for place in ("message", "channel", "container"):
        del click[place]

    heard = await acme.sandbox.deliver(click)

    assert heard.status == 200
    assert await undecided(acme)
    assert await outcomes(acme) == ["misplaced"]


async def test_x16_a_forged_modal_with_our_buttons_is_no_home_tab(acme: Town):
    click = await a_click(acme)
    for place in ("message", "channel", "container"):
        del click[place]
    click["view"] = {"type": "modal", "id": "V1", "app_installed_team_id": click["team"]["id"]}

    await acme.sandbox.deliver(click)

    assert await undecided(acme)


async def test_a_card_whose_place_is_not_known_yet_is_adopted_where_it_was_sent(acme: Town):
    acme.sandbox.faults.add("chat.postMessage", Fault.reset_after())
    card = await acme.asked("bo")

    await acme.member("cam").click(card, "approve")

    done = await acme.card_says("Approved by")
    assert done.ts == card.ts
    assert len(acme.sandbox.messages("#approvals")) == 1


async def test_a_card_whose_place_is_not_known_yet_is_not_adopted_anywhere_else(acme: Town):
    acme.sandbox.faults.add("chat.postMessage", Fault.reset_after())
    card = await acme.asked("bo")
    cam = acme.member("cam")

    await cam.click(replace(card, channel=GENERAL), "approve")
    await cam.click(replace(card, is_ephemeral=True), "approve")

    assert await outcomes(acme) == ["misplaced", "misplaced"]
    assert await undecided(acme)


# -- origins ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", NOT_OURS.values(), ids=NOT_OURS.keys())
async def test_x20_x21_a_signed_click_of_another_installation_is_ignored(
    acme: Town, claim: dict[str, Any]
):
    click = await a_click(acme)

    heard = await acme.sandbox.deliver(click | claim)

    assert (heard.status, heard.body) == (200, "")
    assert await undecided(acme)
    assert await outcomes(acme) == []
    assert acme.member("cam").ephemerals == []


async def test_x21_the_deprecated_token_of_a_payload_proves_nothing(acme: Town):
    click = await a_click(acme)

    heard = await acme.sandbox.deliver(
        click | {"token": "whatever"}, headers={"X-Slack-Signature": f"v0={'0' * 64}"}
    )

    assert heard.status == 401
    assert await undecided(acme)


async def test_x17_the_team_of_the_click_counts_though_slack_calls_the_person_ours(acme: Town):
    click = await a_click(acme)
    click["user"]["team_id"] = "T0GLOBEX0"

    await acme.sandbox.deliver(click)

    assert "for people of this workspace" in await told(acme, acme.member("cam"))
    assert await undecided(acme)


async def test_x20_a_person_whose_organisation_is_another_is_not_ours(acme: Town):
    click = await a_click(acme)
    click["user"] |= {"team_id": None, "id": acme.member("eve").id}

    await acme.sandbox.deliver(click)

    assert await undecided(acme)
    assert await outcomes(acme) == ["refused:external"]


# -- actions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["approved", "APPROVE", "approve ", "delegate", "", "a" * 300])
async def test_an_action_we_do_not_know_is_refused_in_private(acme: Town, action: str):
    click = await a_click(acme)
    click["actions"][0]["action_id"] = action

    heard = await acme.sandbox.deliver(click)

    assert heard.status == 200
    assert "no longer supported" in await told(acme, acme.member("cam"))
    assert await undecided(acme)


async def test_x13_two_decisions_in_one_payload_are_none(acme: Town):
    click = await a_click(acme)
    click["actions"].append(click["actions"][0] | {"action_id": "reject"})

    heard = await acme.sandbox.deliver(click)

    assert heard.status == 400
    assert await undecided(acme)


async def test_x13_two_decisions_sent_as_json_are_none_either(acme: Town):
    click = await a_click(acme)
    click["actions"] *= 2

    heard = await acme.sandbox.deliver(
        json.dumps(click).encode(), headers={"Content-Type": "application/json"}
    )

    assert heard.status == 400
    assert await undecided(acme)


# -- submissions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_x26_a_reason_for_a_request_that_is_none_decides_nothing(acme: Town, value: str):
    cam = await rejecting(acme)
    view = cam.view
    assert view is not None
    forged = replace(view, content=view.content | {"private_metadata": value})

    sent = await cam.send_submission(forged, {"note": {"value": {"value": "No"}}})

    assert sent.status == 200
    assert await undecided(acme)


async def test_x26_a_form_of_ours_under_an_unknown_name_decides_nothing(acme: Town):
    cam = await rejecting(acme)
    view = cam.view
    assert view is not None

    for name in ("", "decide", "approve2", "a" * 255):
        forged = replace(view, content=view.content | {"callback_id": name})
        assert (await cam.send_submission(forged, {})).status == 200

    assert await undecided(acme)


async def test_x27_blocks_that_the_form_does_not_have_are_ignored(acme: Town):
    cam = await rejecting(acme)
    view = cam.view
    assert view is not None

    await cam.send_submission(
        view,
        {
            "note": {"value": {"type": "plain_text_input", "value": "Too expensive"}},
            "decided_by": {"value": {"type": "plain_text_input", "value": "somebody else"}},
            "gate": {"value": {"type": "plain_text_input", "value": "another"}},
        },
    )

    done = await acme.card_says("Rejected by")
    assert f"Rejected by <@{cam.id}>" in done.words
    assert "Too expensive" in done.words


async def test_x26_a_reason_longer_than_slack_lets_people_write_is_refused(acme: Town):
    cam = await rejecting(acme)

    await cam.submit({"note": "a" * 3_001}, force=True)

    assert "3000 characters" in cam.view_errors["note"]
    assert await undecided(acme)


@pytest.mark.parametrize("state", [None, [], "text", {"note": None}, {"note": {"value": "No"}}])
async def test_x26_a_state_of_another_shape_is_no_error_of_the_server(acme: Town, state: Any):
    cam = await rejecting(acme)
    await cam.submit({"note": ""}, force=True)
    submission = last(acme)
    submission["view"]["state"] = {"values": state} if state else state

    heard = await acme.sandbox.deliver(submission)

    assert heard.status in {200, 400}


async def test_x26_somebody_elses_form_is_judged_by_who_submits_it(acme: Town):
    cam = await rejecting(acme)
    gus = acme.member("gus")
    view = cam.view
    assert view is not None

    await gus.send_submission(view, {"note": {"value": {"value": "No"}}})

    assert await undecided(acme)
    assert await outcomes(acme) == ["refused:guest"]


@pytest.mark.parametrize("option", ["2", "-1", "99", "red", "", "\N{ARABIC-INDIC DIGIT ONE}"])
async def test_x26_an_option_that_was_not_offered_starts_nothing(painters: Town, option: str):
    bo = painters.member("bo")
    await bo.command("/harbor run paint")
    await painters.sandbox.until(lambda: bo.view)

    await bo.submit({"colour": {"text": {"type": "plain_text", "text": "x"}, "value": option}})

    assert "colour" in bo.view_errors
    assert await painters.harbor.engine.list() == []


async def test_x26_a_form_for_a_job_that_is_none_starts_nothing(painters: Town):
    bo = painters.member("bo")
    await bo.command("/harbor run paint")
    view = await painters.sandbox.until(lambda: bo.view)
    assert view is not None

    for name in ("", "../paint", "paint-it", "<!channel>"):
        forged = replace(view, content=view.content | {"private_metadata": name})
        assert (await bo.send_submission(forged, {})).status == 200

    assert await painters.harbor.engine.list() == []


async def test_x27_fields_that_the_job_does_not_have_do_not_reach_it(painters: Town):
    bo = painters.member("bo")
    await bo.command("/harbor run paint")
    await painters.sandbox.until(lambda: bo.view)
    await bo.submit({"colour": "red"})
    await painters.run("completed")
    submission = last(painters)
    await bo.close_modal()
    await bo.command("/harbor run paint")
    second = await painters.sandbox.until(lambda: bo.view)
    submission["view"]["private_metadata"] = second.private_metadata
    submission["view"]["state"]["values"]["requested_by"] = {"value": {"value": "slack:T:UANA"}}

    await painters.sandbox.deliver(submission)

    run = await painters.run("completed", 1)
    assert run.input == {"colour": "red", "coats": 1}
    assert run.requested_by.endswith(bo.id)


# -- answers ---------------------------------------------------------------------------------------


async def test_x22_a_response_url_elsewhere_is_never_called_and_the_answer_still_arrives(
    acme: Town,
):
    called = asyncio.Event()
    elsewhere = await asyncio.start_server(lambda _r, _w: called.set(), "127.0.0.1", 0)
    port = elsewhere.sockets[0].getsockname()[1]
    click = await a_click(acme)
    click["user"]["id"] = acme.member("gus").id
    click["response_url"] = f"http://127.0.0.1:{port}/latest/meta-data"

    await acme.sandbox.deliver(click)

    assert "guests cannot decide it" in await told(acme, acme.member("gus"))
    assert not called.is_set()
    elsewhere.close()


async def test_f85_an_answer_whose_response_url_is_used_up_comes_another_way(acme: Town):
    click = await a_click(acme)
    click["user"]["id"] = acme.member("gus").id
    click["response_url"] += "gone"

    await acme.sandbox.deliver(click)

    assert "guests cannot decide it" in await told(acme, acme.member("gus"))


async def test_x28_a_trigger_used_twice_is_answered_with_a_word_and_no_error(acme: Town):
    await rejecting(acme)
    click = next(sent for sent in acme.sandbox.sent if b"%22reject%22" in sent.body)

    again = await acme.sandbox.replay(click)

    assert again.status == 200
    assert "could not be opened" in await told(acme, acme.member("cam"))
    assert len(acme.member("cam").views) == 1
    assert await undecided(acme)


async def test_x28_a_trigger_that_has_expired_is_answered_with_a_word_and_no_error(acme: Town):
    click = await a_click(acme)
    click["actions"][0]["action_id"] = "reject"
    acme.clock.move(seconds=5)

    heard = await acme.sandbox.deliver(click)

    assert heard.status == 200
    assert "could not be opened" in await told(acme, acme.member("cam"))
