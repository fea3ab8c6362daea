"""Slack fails in every way it knows; nothing is lost, nothing is said twice, nobody is stuck."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.sandbox import Credentials, Fault, Message, Sandbox
from bot.slack import client, identity
from store import cards as stored_cards
from store import outbox
from store.database import Tx
from store.query import Query
from store.tables import OUTBOX, SendStatus
from tests.journeys.questions import ask_cam, two_of_us
from tests.journeys.town import MovedClock, Town, settings_for, town
from workflows.approvals.gate import Choice, Vote
from workflows.engine.base import Start
from workflows.errors import ConfigurationError
from workflows.registry import Registry, load

TROUBLES = {
    "429": Fault.rate_limited(1),
    "429 without Retry-After": Fault.rate_limited(None),
    "429 with garbage": Fault.rate_limited("soon"),
    "500": Fault.status(500),
    "503": Fault.status(503, "Service Unavailable"),
    "html": Fault.html(),
    "bad json": Fault.bad_json(),
    "empty": Fault.empty(),
    "plain text": Fault.status(200, "ok"),
    "an empty list": Fault.answer("[]"),
    "a list": Fault.answer("[1]"),
    "null": Fault.answer("null"),
    "ok without ts": Fault.answer('{"ok": true}'),
    "internal_error": Fault.error("internal_error"),
    "an error without a name": Fault.answer('{"ok": false}'),
    "reset before": Fault.reset_before(),
    "reset after": Fault.reset_after(),
    "hang before": Fault.hang(300),
    "hang after": Fault.hang_after(300),
    "redirect": Fault.redirect("http://127.0.0.1:9/"),
    "500 after": Fault.answer("", status=500, is_processed=True),
    "502 after": Fault.answer("<html>Bad gateway</html>", status=502, is_processed=True),
    "internal_error after": Fault.answer(
        '{"ok": false, "error": "internal_error"}', is_processed=True
    ),
    "fatal_error after": Fault.answer('{"ok": false, "error": "fatal_error"}', is_processed=True),
}
# One of each kind, for what is asked of every kind but not of every member.
KINDS = (
    "429",
    "500",
    "html",
    "a list",
    "ok without ts",
    "reset before",
    "reset after",
    "redirect",
    "500 after",
)
ills = pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
STARTED = Start("approve-and-act", {"context": "Refund 42"}, requested_by="api:test", via="api")
some_ills = pytest.mark.parametrize("trouble", [TROUBLES[kind] for kind in KINDS], ids=KINDS)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every call to Slack give up soon: a hang is as long as we say."""
    monkeypatch.setattr(client, "TIMEOUT_S", 0.5)
    monkeypatch.setattr(identity, "AGAIN_S", 0.05)


@pytest.fixture
async def others(sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose jobs ask cam, or two people."""
    registry = Registry([*load(()), ask_cam, two_of_us])
    async with town(sandbox, tmp_path, moved_clock, registry) as found:
        await found.known()
        yield found


async def in_time(acme: Town, condition: Callable[[], Any], **step: float) -> Any:
    """Let time pass, a step at a time, until *condition* holds; answer what it answered."""
    async with asyncio.timeout(20):
        for _ in range(30):
            if found := condition():
                return found
            await acme.move(**(step or {"seconds": 5}))
            await acme.harbor.dispatcher.drain()
    raise AssertionError(acme.sandbox.picture())


async def later(acme: Town) -> None:
    """Let so much time pass that whatever is tried again has been."""
    for _ in range(3):
        await acme.move(seconds=61)
        await acme.harbor.dispatcher.drain()


def cards(acme: Town) -> list[Message]:
    return acme.sandbox.messages("#approvals")


def news(acme: Town) -> list[Message]:
    """Answer what bo was told in private about the decision."""
    bo = acme.member("bo")
    return [message for message in bo.history(bo.dm) if "Approved by" in message.words]


def all_letters(tx: Tx) -> list[outbox.Message]:
    return tx.all(
        Query(select(*(OUTBOX.c[name] for name in outbox.Message._fields)), outbox.Message)
    )


def posts(acme: Town) -> int:
    return sum(call.method == "chat.postMessage" for call in acme.sandbox.calls)


async def ready(acme: Town) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{acme.harbor.url}/readyz") as response,
    ):
        return response.status, await response.json()


async def is_ready(acme: Town) -> bool:
    return (await ready(acme))[0] == 200


async def decided_once(acme: Town) -> None:
    """Check that there is one card, which is decided, one result below it, one word to bo."""
    await in_time(acme, lambda: cards(acme) and "Approved by" in cards(acme)[0].words)
    await in_time(acme, lambda: acme.sandbox.replies(cards(acme)[0]))
    await in_time(acme, lambda: news(acme))
    await later(acme)
    (card,) = cards(acme)
    assert not {"approve", "reject"} & set(card.action_ids)
    (result,) = acme.sandbox.replies(card)
    assert "The run is complete" in result.words
    assert len(news(acme)) == 1
    assert len(acme.sandbox.issues) == 1


# -- one call goes wrong ---------------------------------------------------------------------------


@ills
async def test_f75_to_f79_a_card_whose_post_goes_wrong_is_there_once(acme: Town, trouble: Fault):
    acme.sandbox.faults.add("chat.postMessage", trouble)
    await acme.start("bo")
    await acme.run("waiting")
    await in_time(acme, lambda: cards(acme))

    await acme.member("cam").click(cards(acme)[0], "approve")

    await acme.run("completed")
    await decided_once(acme)


@pytest.mark.parametrize("after", ["reset after", "hang after", "500 after"])
async def test_a_vote_while_the_first_post_is_unanswered_makes_no_second_card(
    others: Town, after: str
):
    others.sandbox.faults.add("chat.postMessage", TROUBLES[after])
    await others.start("bo", "two-of-us", about="lunch")
    await others.run("waiting")
    await others.sandbox.until(lambda: cards(others))

    gate = await others.gate()
    cam = await others.harbor.homes.people.person(others.member("cam").id)
    vote = Vote(replace(cam, in_channel=True), Choice.APPROVED, None, "home")
    await others.harbor.gates.decide(gate.id, vote)
    await later(others)

    (card,) = cards(others)
    assert "1 of 2" in card.words
    await others.member("dee").click(card, "approve")
    await others.card_says("Approved by")
    await later(others)
    assert len(cards(others)) == 1


async def test_f8_what_was_read_before_it_was_sent_is_not_sent_again(acme: Town):
    # A look at the outbox takes a moment, in which what it saw may be sent and noted.
    harbor = acme.harbor
    await acme.start("bo")
    await acme.run("waiting")
    await in_time(acme, lambda: cards(acme))
    (gate,) = await harbor.gates.newest_open(1)
    (sent,) = await harbor.db.read(stored_cards.of_gate, gate.id)
    await acme.member("cam").click(cards(acme)[0], "approve")
    await acme.run("completed")
    await decided_once(acme)
    before = posts(acme)

    card = sent._replace(
        channel=None, message_ts=None, status=SendStatus.PENDING, attempts=0, sent_version=0
    )
    await harbor.dispatcher.cards.refresh(card)
    for letter in await harbor.db.read(all_letters):
        stale = letter._replace(status=SendStatus.PENDING, attempts=0)
        await harbor.dispatcher.sender.send(stale)

    assert posts(acme) == before
    await decided_once(acme)


@some_ills
async def test_f75_to_f79_a_card_whose_update_goes_wrong_shows_the_outcome_i31(
    acme: Town, trouble: Fault
):
    card = await acme.asked("bo")
    acme.sandbox.faults.add("chat.update", trouble, times=2)

    await acme.member("cam").click(card, "approve")

    await acme.run("completed")
    await decided_once(acme)


@some_ills
async def test_f75_to_f79_a_result_whose_post_goes_wrong_is_told_once(acme: Town, trouble: Fault):
    card = await acme.asked("bo")
    acme.sandbox.faults.add("chat.postMessage", trouble, times=2)

    await acme.member("cam").click(card, "approve")

    await acme.run("completed")
    await decided_once(acme)


@some_ills
async def test_f79_looking_for_a_lost_card_may_go_wrong_too(acme: Town, trouble: Fault):
    acme.sandbox.faults.add("chat.postMessage", Fault.reset_after())
    acme.sandbox.faults.add("conversations.history", trouble, times=2)
    await acme.start("bo")
    await in_time(acme, lambda: cards(acme))
    await later(acme)

    assert len(cards(acme)) == 1
    await acme.member("cam").click(cards(acme)[0], "approve")

    await decided_once(acme)


# -- how long is waited ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "early", "late"),
    [
        ("30", 28, 4),
        ("99999999", 3_590, 15),
        *((garbage, 4, 3) for garbage in (None, "soon", "-7", "1e9", "inf", "٣")),
    ],
)
async def test_f75_f76_as_long_as_slack_asks_is_waited_and_an_hour_at_most(
    acme: Town, asked: str | None, early: float, late: float
):
    acme.sandbox.faults.add("chat.postMessage", Fault.rate_limited(asked))
    await acme.start("bo")
    await acme.sandbox.until(lambda: posts(acme) == 1 and acme.sandbox.calls[-1].status)
    await acme.harbor.dispatcher.drain()

    await acme.move(seconds=early)
    await acme.harbor.dispatcher.drain()
    assert posts(acme) == 1

    await acme.move(seconds=late)
    await acme.harbor.dispatcher.drain()
    assert posts(acme) == 2
    assert len(cards(acme)) == 1


async def test_what_could_not_be_sent_is_tried_again_at_most_ten_seconds_apart(acme: Town):
    acme.sandbox.faults.add("chat.postMessage", Fault.status(500), times=None)
    await acme.start("bo")
    await acme.sandbox.until(lambda: posts(acme))
    # What Slack said has been written down: the next attempt counts from before the clock moves.
    await acme.harbor.dispatcher.drain()

    for _ in range(4):
        before = posts(acme)
        await acme.move(seconds=10.5)
        await acme.harbor.dispatcher.drain()
        assert posts(acme) > before


async def test_f82_what_waited_for_slack_is_posted_once_each(acme: Town):
    acme.sandbox.faults.add("chat.postMessage", Fault.reset_before(), times=None)
    for number in range(2):
        await acme.start("bo", context=f"Refund {number}", team_id="OPS")
        await acme.run("waiting", number)
        acme.clock.move(seconds=1)
    acme.sandbox.faults.clear()

    await in_time(acme, lambda: len(cards(acme)) == 2)

    await later(acme)
    assert sorted(card.words.partition("?")[0][-1] for card in cards(acme)) == ["0", "1"]


async def test_f82_a_request_that_expired_before_it_could_be_asked_is_not_asked(acme: Town):
    acme.sandbox.faults.add("chat.postMessage", Fault.reset_before(), times=None)
    await acme.start("bo")
    await acme.run("waiting")
    await acme.move(hours=25)
    await acme.run("completed")
    acme.sandbox.faults.clear()

    await later(acme)

    assert cards(acme) == []


async def test_f84_updates_never_show_an_older_state_i31(others: Town):
    card = await others.asked("bo", job="two-of-us", about="the roof")
    others.sandbox.faults.add("chat.update", Fault.slow(0.3))
    await others.member("cam").click(card, "approve")

    await others.member("dee").click(card, "approve")

    await others.run("completed")
    await in_time(others, lambda: "Approved by" in cards(others)[0].words)
    await later(others)
    assert "Approved by" in cards(others)[0].words
    shown = [str(call.arguments) for call in others.sandbox.calls if call.method == "chat.update"]
    states = ["Approved by" in words for words in shown]
    assert states == sorted(states)


# -- where we are not let in -----------------------------------------------------------------------


async def test_f80_a_channel_we_are_not_in_is_shown_to_admins_and_asked_when_we_are(acme: Town):
    ana = acme.member("ana")
    acme.sandbox.remove_from_channel("harbor", "#approvals")
    await acme.start("bo")
    await acme.run("waiting")
    await later(acme)
    await ana.open_home()
    home = await acme.sandbox.until(lambda: ana.home)
    assert "not_in_channel" in home.words
    assert cards(acme) == []

    acme.sandbox.add_to_channel("harbor", "#approvals")
    await later(acme)

    await acme.member("cam").click(cards(acme)[0], "approve")
    await decided_once(acme)
    await ana.open_home()
    await acme.sandbox.until(lambda: ana.home and "Every message reached Slack" in ana.home.words)


async def test_f80_who_is_named_can_decide_at_home_though_no_card_could_be_posted(others: Town):
    cam = others.member("cam")
    others.sandbox.remove_from_channel("harbor", "#approvals")
    await others.start("bo", "ask-cam", about="the roof")
    await others.run("waiting")
    await cam.open_home()
    await others.sandbox.until(lambda: cam.home and "approve" in cam.home.action_ids)

    await cam.click_home("approve")
    await others.sandbox.until(lambda: cam.view)
    await cam.submit({})

    assert (await others.run("completed")).result["said"] == "Approved"
    await in_time(others, lambda: news(others))


async def test_f80_a_request_that_could_not_be_posted_can_be_cancelled_by_who_asked(acme: Town):
    acme.sandbox.remove_from_channel("harbor", "#approvals")
    await acme.start("bo")
    run = await acme.run("waiting")

    await acme.member("bo").command(f"/harbor cancel {run.id}")

    await acme.run("cancelled")


async def test_f80_a_card_that_slack_will_never_take_is_given_up_and_the_run_stays_parked(
    acme: Town,
):
    acme.sandbox.faults.add("chat.postMessage", Fault.error("invalid_blocks"), times=None)
    await acme.start("bo")
    await acme.run("waiting")
    await later(acme)
    ana = acme.member("ana")

    await ana.open_home()

    home = await acme.sandbox.until(lambda: ana.home)
    assert "invalid_blocks" in home.words
    assert "given up" in home.words
    assert posts(acme) == 1
    assert await is_ready(acme)


async def test_f83_a_decision_stands_though_its_card_was_deleted(acme: Town):
    card = await acme.asked("bo")
    acme.sandbox.delete(card)

    await acme.member("cam").click(card, "approve")

    await acme.run("completed")
    await in_time(acme, lambda: news(acme))
    await later(acme)
    assert cards(acme) == []
    assert len(acme.sandbox.issues) == 1


async def test_f83_a_decision_stands_though_the_channel_was_archived(acme: Town):
    card = await acme.asked("bo")
    acme.sandbox.archive("#approvals")

    await acme.member("cam").click(card, "approve")

    await acme.run("completed")
    await in_time(acme, lambda: news(acme))
    assert len(acme.sandbox.issues) == 1


# -- the token -------------------------------------------------------------------------------------


async def test_f81_a_revoked_token_pauses_what_is_sent_until_it_is_good_again(acme: Town):
    acme.sandbox.faults.add("chat.postMessage", Fault.error("token_revoked"), times=None)
    await acme.start("bo")
    await acme.run("waiting")
    await acme.harbor.dispatcher.drain()

    status, body = await ready(acme)
    assert (status, body["slack"]) == (503, "token_revoked")
    await acme.move(seconds=20)
    await acme.harbor.dispatcher.drain()
    assert posts(acme) == 1

    acme.sandbox.faults.clear()
    await acme.move(seconds=31)
    await acme.sandbox.until(lambda: cards(acme))
    await acme.harbor.dispatcher.drain()
    assert await is_ready(acme)


async def test_f81_people_still_decide_while_nothing_can_be_sent_i30(acme: Town):
    card = await acme.asked("bo")
    for method in ("chat.update", "chat.postMessage", "chat.getPermalink"):
        acme.sandbox.faults.add(method, Fault.error("account_inactive"), times=None)

    clicked = await acme.member("cam").click(card, "approve")

    assert clicked.status == 200
    await acme.run("completed")
    assert len(acme.sandbox.issues) == 1
    acme.sandbox.faults.clear()
    await decided_once(acme)


async def test_f81_a_click_is_refused_while_slack_tells_us_nothing_about_anybody(acme: Town):
    card = await acme.asked("bo")
    acme.sandbox.faults.add("*", Fault.error("token_revoked"), times=None)
    cam = acme.member("cam")

    clicked = await cam.click(card, "approve")

    assert clicked.status == 200
    said = await acme.sandbox.until(lambda: cam.ephemerals)
    assert "click again in a minute" in said[-1].words
    assert (await acme.gate()).status == "open"


async def test_readiness_comes_back_with_slack_though_one_channel_stays_closed(acme: Town):
    acme.sandbox.faults.add("chat.postMessage", Fault.status(500))
    acme.sandbox.remove_from_channel("harbor", "#approvals")
    await acme.start("bo")
    await acme.run("waiting")
    await acme.harbor.dispatcher.drain()
    assert not await is_ready(acme)

    await later(acme)

    assert await is_ready(acme)


# -- ourselves -------------------------------------------------------------------------------------


async def test_f18_a_dispatcher_that_meets_a_fault_of_ours_goes_on_sending(
    acme: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def due_posts(*args: Any) -> list[Any]:
        raise ZeroDivisionError("oh")

    with monkeypatch.context() as patch:
        patch.setattr(stored_cards, "due_posts", due_posts)
        await acme.start("bo")
        await acme.sandbox.until(lambda: "the outbox could not be read" in caplog.text)

    acme.harbor.dispatcher.wake()  # as the next tick does
    await acme.sandbox.until(lambda: cards(acme))


# -- the start -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_token_that_slack_refuses_stops_the_start_with_one_line(
    sandbox: Sandbox, tmp_path: Path, code: str
):
    sandbox.faults.add("auth.test", Fault.error(code), times=None)

    with pytest.raises(ConfigurationError) as refused:
        async with town(sandbox, tmp_path):
            pass

    message = str(refused.value)
    assert "SLACK_BOT_TOKEN" in message
    assert code in message
    assert "\n" not in message
    assert sandbox.credentials.bot_token not in message


async def test_a_wrong_token_stops_the_start(sandbox: Sandbox, tmp_path: Path):
    with pytest.raises(ConfigurationError, match="SLACK_BOT_TOKEN: Slack refuses it"):
        async with town(sandbox, tmp_path, SLACK_BOT_TOKEN="xoxb-1-wrong"):
            pass


@some_ills
async def test_slack_being_ill_at_the_start_does_not_stop_it(
    sandbox: Sandbox, tmp_path: Path, trouble: Fault
):
    # Until cleared: a GET that meets a stale connection is asked again by the client.
    sandbox.faults.add("auth.test", trouble, times=None)

    async with town(sandbox, tmp_path) as acme:
        assert not await is_ready(acme)
        sandbox.faults.clear()
        await _until_ready(acme)
        await acme.asked("bo")


async def test_slack_unreachable_at_the_start_does_not_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    credentials = Credentials()
    monkeypatch.setenv("TEST_LINEAR_KEY", credentials.linear_token)
    first = await Sandbox.start(credentials=credentials)
    port = int(first.url.rpartition(":")[2])
    settings = settings_for(first, tmp_path)
    await first.stop()

    async with town(first, tmp_path, SLACK_API_BASE_URL=settings.slack_api_base_url) as acme:
        status, body = await ready(acme)
        assert (status, body["slack"]) == (503, "unreachable")
        again = await Sandbox.start(credentials=credentials, port=port)
        await _until_ready(acme)
        await again.stop()


@pytest.mark.parametrize("trouble", ["no such name", "no TLS"])
async def test_f86_slack_that_cannot_be_connected_to_does_not_stop_the_start(
    sandbox: Sandbox, tmp_path: Path, trouble: str, monkeypatch: pytest.MonkeyPatch
):
    # On a busy machine half a second is too short to hear that nobody has a name.
    monkeypatch.setattr(client, "TIMEOUT_S", 10.0)
    port = sandbox.url.rpartition(":")[2]  # where nobody speaks TLS
    host = "slack.invalid" if trouble == "no such name" else f"127.0.0.1:{port}"

    async with town(sandbox, tmp_path, SLACK_API_BASE_URL=f"https://{host}/api/") as acme:
        status, body = await ready(acme)
        run = (await acme.harbor.engine.start(STARTED)).run_id
        await acme.run("waiting")

        assert (status, body["slack"]) == (503, "unreachable")
        assert await acme.harbor.engine.cancel(run, by="test", via="test")


async def test_a_click_before_slack_has_said_who_we_are_is_answered_503(
    sandbox: Sandbox, tmp_path: Path
):
    sandbox.faults.add("auth.test", Fault.status(500), times=None)

    async with town(sandbox, tmp_path) as acme:
        heard = await acme.member("bo").command("/harbor help")

        assert heard.status == 503


async def _until_ready(acme: Town) -> None:
    for _ in range(100):
        if await is_ready(acme):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(acme.sandbox.picture())


# -- elsewhere -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_f87_a_redirect_is_not_followed_and_nothing_travels(acme: Town, status: int):
    called = asyncio.Event()
    elsewhere = await asyncio.start_server(lambda _r, _w: called.set(), "127.0.0.1", 0)
    place = f"http://127.0.0.1:{elsewhere.sockets[0].getsockname()[1]}/"
    acme.sandbox.faults.add("chat.postMessage", Fault.status(status, headers={"Location": place}))

    await acme.start("bo")
    await in_time(acme, lambda: cards(acme))

    assert not called.is_set()
    elsewhere.close()


@some_ills
async def test_a_home_tab_that_could_not_be_published_is_drawn_at_the_next_change(
    acme: Town, trouble: Fault
):
    cam = acme.member("cam")
    await cam.open_home()
    await acme.sandbox.until(lambda: cam.home)
    acme.sandbox.faults.add("views.publish", trouble)
    await acme.asked("bo")
    await acme.sandbox.until(lambda: not acme.sandbox.faults.planned())

    await acme.asked("bo", context="Refund 43")

    await acme.sandbox.until(lambda: cam.home and "Refund 43" in cam.home.words)
