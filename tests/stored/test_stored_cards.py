"""Cards, forms and pages that 0.1.0 had sent out still work: people do not see our upgrades."""

from dataclasses import replace

import pytest

from bot.sandbox import Message
from tests.bot.web.browser import Browser, words
from tests.bot.web.door import until_run
from tests.journeys.town import Town
from tests.stored.endings import run_of
from workflows.approvals.digest import SHORT
from workflows.approvals.view import GateView
from workflows.engine.base import RunStatus, RunView

LETTERS = "abcdefghij"


class Stored:
    """A run that was stored, as people see it."""

    def __init__(self, acme: Town, story: str) -> None:
        self.acme = acme
        self.id = run_of(acme.settings.database_url.removeprefix("sqlite:///"), story)

    async def gate(self) -> GateView:
        return (await self.acme.harbor.gates.of_run(self.id))[-1]

    async def cards(self) -> list[Message]:
        gate = await self.gate()
        messages = [*self.acme.sandbox.messages("#approvals"), *self.acme.sandbox.messages("#ops")]
        return [each for each in messages if gate.id[:12] in str(each.blocks)]

    async def card(self) -> Message:
        (found,) = await self.cards()
        return found

    async def until(self, *wanted: str) -> RunView:
        return await until_run(self.acme, self.id, *map(RunStatus, wanted))


@pytest.mark.parametrize(
    "story", ["approval", "approval without payload", "one vote of two", "second question"]
)
async def test_a_button_that_carries_the_id_alone_still_approves(acme: Town, story: str):
    stored = Stored(acme, story)
    card = await stored.card()
    values = [
        element["value"]
        for block in card.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == "approve"
    ]
    assert values == [(await stored.gate()).id]  # as it was drawn then: no version in it

    await acme.member("dee").click(card, "approve")

    gate = await acme.harbor.gates.get(values[0])
    assert gate is not None
    assert (gate.status, gate.decided_by) == ("approved", "slack:T0HARBOR:U00000DEE")
    await acme.sandbox.until(lambda: "Approved by" in _latest(acme, card).words)


def _latest(acme: Town, card: Message) -> Message:
    return acme.sandbox.workspace.messages[card.channel][card.ts]


async def test_a_card_is_rewritten_with_the_digest_that_people_have_seen(acme: Town):
    stored = Stored(acme, "approval")
    card = await stored.card()
    digest = (await stored.gate()).digest[:SHORT]
    assert digest in card.words

    await acme.member("dee").click(card, "approve")

    await acme.sandbox.until(lambda: "Approved by" in _latest(acme, card).words)
    assert digest in _latest(acme, card).words
    assert "Amount" in _latest(acme, card).words


async def test_a_vote_from_before_the_upgrade_is_counted_and_cannot_be_given_twice(acme: Town):
    stored = Stored(acme, "one vote of two")
    card = await stored.card()

    await acme.member("cam").click(card, "approve")
    assert (await stored.gate()).status == "open"
    await acme.member("dee").click(card, "approve")

    assert (await stored.until("completed")).result["votes"] == 2


async def test_a_reason_that_was_being_given_in_an_open_form_still_rejects(acme: Town):
    dee = acme.member("dee")
    assert dee.view is not None
    assert dee.view.callback_id == "reject"

    await dee.submit({"note": "It leaks"})

    stored = Stored(acme, "a reason is being given")
    assert (await stored.until("completed")).result["said"] == "rejected"
    assert (await stored.gate()).note == "It leaks"


async def test_a_long_form_that_was_half_filled_in_starts_its_run(acme: Town):
    cam = acme.member("cam")
    assert cam.view is not None

    await cam.submit(dict.fromkeys(LETTERS[6:], "y"))

    (begun,) = await acme.harbor.engine.list(job="form")
    found = await until_run(acme, begun.id, RunStatus.COMPLETED)
    assert found.input == dict.fromkeys(LETTERS[:6], "x") | dict.fromkeys(LETTERS[6:], "y")


async def test_a_card_whose_post_was_never_answered_is_found_again_and_not_posted_twice(acme: Town):
    await acme.move(hours=1)
    await acme.harbor.dispatcher.drain()

    card = await Stored(acme, "a card without an answer").card()
    await acme.member("dee").click(card, "approve")
    await Stored(acme, "a card without an answer").until("completed")


async def test_a_card_that_was_not_sent_is_sent_once(acme: Town):
    await acme.move(hours=2)
    await acme.harbor.dispatcher.drain()

    card = await Stored(acme, "a card that is not sent").card()
    await acme.member("dee").click(card, "approve")
    await Stored(acme, "a card that is not sent").until("completed")


async def test_a_page_shows_the_digest_and_a_form_without_a_version_still_approves(
    acme: Town, cam: Browser
):
    stored = Stored(acme, "approval")
    gate = await stored.gate()
    path = f"/run/{stored.id}/approve"
    assert gate.digest in words(await cam.get(f"{path}?gate={gate.id}"))
    form = await cam.form(path)

    # What the form of 0.1.0 posted, and nothing else.
    posted = {"csrf": form["csrf"], "gate": gate.id, "note": "Looked at it"}
    answered = await cam.post(path, posted)

    assert answered.status_code == 303
    assert (await stored.until("completed")).result["note"] == "Looked at it"
    assert gate.digest in words(await cam.get(answered.headers["Location"]))


async def test_a_link_without_a_gate_leads_to_the_question(acme: Town, cam: Browser):
    stored = Stored(acme, "approval, rejected")

    assert "Pay approval, rejected?" in words(await cam.get(f"/run/{stored.id}/reject"))


async def test_the_home_tab_draws_what_was_stored(acme: Town):
    cam = acme.member("cam")

    await cam.open_home()

    home = await acme.sandbox.until(lambda: cam.home)
    assert "Close a reason is being given?" in home.words
    assert "Pay decided, approve?" in home.words


async def test_a_click_on_what_was_decided_before_the_upgrade_changes_nothing(acme: Town):
    card = await Stored(acme, "decided, approve").card()
    before = await Stored(acme, "decided, approve").gate()
    dee = acme.member("dee")
    old = replace(card, blocks=(await Stored(acme, "approval").card()).blocks)

    # As it was drawn while it was open.
    await dee.click(old, "approve", before.id)

    await acme.sandbox.until(lambda: dee.ephemerals)
    assert await Stored(acme, "decided, approve").gate() == before
