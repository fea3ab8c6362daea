"""A running Harbor tidies up by itself, and what people decided is still there for them."""

import copy

from bot.sandbox import Fault
from tests.journeys.town import Town
from tests.workflows.engine.oracle import violations
from workflows.engine.base import KEPT


async def test_ninety_days_after_its_end_a_run_is_its_decision_and_no_journal(acme: Town):
    card = await acme.asked("bo")
    await acme.member("cam").click(card, "approve")
    run = await acme.run("completed")
    await acme.card_says("Approved by")
    await acme.harbor.dispatcher.drain()

    await acme.move(days=91)

    found = await acme.harbor.engine.get(run.id)
    told = [line.what for line in found.timeline]
    assert "pruned" in told
    assert "step done" not in told
    assert found.waits[0].outcome == "approved"
    assert found.result["acted"]
    path = acme.settings.database_url.removeprefix("sqlite:///")
    assert violations(path) == []


async def test_a_click_on_a_card_from_long_ago_is_told_what_was_decided(acme: Town):
    card = await acme.asked("bo")
    # Clicked as it was drawn when it was open: a screen may be as old as that.
    open_card = copy.deepcopy(card)
    await acme.member("cam").click(card, "approve")
    await acme.run("completed")
    await acme.harbor.dispatcher.drain()
    await acme.move(days=91)

    dee = acme.member("dee")
    await dee.click(open_card, "approve")

    (said,) = await acme.sandbox.until(lambda: dee.ephemerals)
    assert "approved by" in said.words.lower()


async def test_an_admin_who_retries_a_run_without_its_journal_is_told_why_not(acme: Town):
    acme.sandbox.faults.add("linear.save_issue", Fault.error("the team is archived"), times=None)
    card = await acme.asked("bo")
    await acme.member("cam").click(card, "approve")
    await acme.run("failed")
    ana = acme.member("ana")
    await ana.open_home()
    await acme.sandbox.until(lambda: ana.home and "retry_run" in ana.home.action_ids)
    acme.clock.move(days=91)
    await acme.harbor.engine.prune(KEPT)

    await ana.click_home("retry_run")

    said = await acme.sandbox.until(lambda: ana.view)
    assert "its journal was deleted. Start a new one" in said.words
    await acme.run("failed")
