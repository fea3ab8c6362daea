"""An admin gives their word on the Home tab where a retry takes one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.sandbox import Sandbox, View
from tests.journeys.test_home import home, shown
from tests.journeys.town import MovedClock, Town, town
from workflows import Approved, Context, Policy, job
from workflows.engine.base import Start
from workflows.registry import Registry, load

TROUBLE: list[Exception] = []
PAID: list[int] = []


class Bill(BaseModel):
    """What is paid."""

    amount: int = 7


def pay(amount: int) -> int:
    PAID.append(amount)
    if TROUBLE:
        raise TROUBLE.pop()
    return amount


@job(name="pay-once", description="Pays, once.")
async def pay_once(ctx: Context, bill: Bill) -> int:
    paid: int = await ctx.step.run("pay", pay, bill.amount, at_most_once=True)
    return paid


@job(name="pay-both", description="Pays twice, side by side, each once.")
async def pay_both(ctx: Context, bill: Bill) -> list[int]:
    async def one(amount: int) -> int:
        paid: int = await ctx.step.run("pay", pay, amount, at_most_once=True)
        return paid

    return await ctx.step.gather("both", one(1), one(2))


@pytest.fixture
async def office(sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path) -> AsyncIterator[Town]:
    TROUBLE.clear()
    PAID.clear()
    registry = Registry([*load(()), pay_once, pay_both])
    async with town(sandbox, tmp_path, moved_clock, registry) as found:
        yield found


async def failed(office: Town, job: str = "pay-once", times: int = 1) -> None:
    TROUBLE.extend(ConnectionError("no answer") for _ in range(times))
    start = Start(job, {}, requested_by=f"slack:T0HARBOR:{office.member('bo').id}", via="test")
    await office.harbor.engine.start(start)
    await office.run("failed")


async def asked(office: Town, action: str):
    """Press a button of a stuck run, and answer the form it opens."""
    ana = office.member("ana")
    await home(office, "ana", "Stuck", "no answer")
    await ana.click_home(action)
    await office.sandbox.until(lambda: ana.view)
    return ana


def with_button(view: View, action: str) -> View:
    """Answer a tab with one more button, as somebody may forge it."""
    words = {"type": "plain_text", "text": "Forged"}
    button = {"type": "button", "action_id": action, "text": words, "value": "x"}
    forged = {"type": "actions", "block_id": "forged", "elements": [button]}
    return replace(view, content={**view.content, "blocks": [*view.blocks, forged]})


async def test_an_admin_says_that_it_happened_and_what_it_answered_g34(office: Town):
    await failed(office)
    ana = await asked(office, "it_happened")
    assert "pay" in ana.view.words

    await ana.submit({"result": "42"})

    assert (await office.run("completed")).result == 42
    assert PAID == [7]
    lines = [line for line in await office.audited() if line.action == "retry"]
    assert [(line.outcome, line.actor.endswith(ana.id)) for line in lines] == [("done", True)]
    assert '"happened":true' in lines[0].detail
    await shown(office, ana, "Nothing is stuck")


async def test_an_admin_says_that_it_did_not_happen_g34(office: Town):
    await failed(office)
    ana = await asked(office, "it_did_not")

    await ana.submit()

    assert (await office.run("completed")).result == 7
    assert PAID == [7, 7]


async def test_a_retry_asks_first_and_begins_nothing_g34(office: Town):
    await failed(office)
    ana = await asked(office, "retry_run")

    assert "Did it happen" in ana.view.words
    assert (await office.run("failed")).status == "failed"
    assert PAID == [7]
    await ana.submit({"happened": "no"})
    await office.run("completed")


@pytest.mark.parametrize("result", ["", "{", "NaN"])
async def test_what_it_answered_has_to_be_json_g34(office: Town, result: str):
    await failed(office)
    ana = await asked(office, "it_happened")

    await ana.submit({"result": result} if result else {})

    assert "JSON" in ana.view_errors["result"]
    assert (await office.run("failed")).status == "failed"


async def test_of_two_steps_an_admin_says_which_g34(office: Town):
    await failed(office, "pay-both", times=2)
    ana = await asked(office, "it_did_not")

    await ana.submit({"step": "1"})

    await office.sandbox.until(lambda: len(PAID) == 3)
    assert sorted(PAID) == [1, 2, 2]
    await office.run("failed")


@pytest.mark.parametrize("action", ["it_happened", "it_did_not", "ask_again", "answers_stand"])
@pytest.mark.parametrize("name", ["cam", "gus", "eve"])
async def test_a_forged_word_does_nothing_for_others_g34(office: Town, name: str, action: str):
    await failed(office)
    run = await office.run("failed")
    member = office.member(name)
    await home(office, name)
    admins = await home(office, "ana", "Stuck", "no answer")
    office.sandbox.workspace.homes[member.id] = admins
    pressed = action if action in admins.action_ids else "it_did_not"

    await member.click_home(pressed, run.id)

    view = await office.sandbox.until(lambda: member.view and "admins" in member.view.words)
    assert view
    assert (await office.run("failed")).id == run.id
    assert PAID == [7]


async def test_a_form_that_others_submit_does_nothing_g34(office: Town):
    await failed(office)
    ana = await asked(office, "it_did_not")
    cam = office.member("cam")

    await cam.send_submission(
        ana.view, {"happened": {"value": {"selected_option": {"value": "no"}}}}
    )

    assert (await office.run("failed")).status == "failed"
    assert PAID == [7]


# -- questions that have changed ------------------------------------------------------------------

TITLE = ["Pay 1?"]


@job(name="ask", description="Asks.")
async def ask(ctx: Context, bill: Bill) -> str:
    decision = await ctx.approval(
        "decision", TITLE[0], policy=Policy(channel_members=True), timeout="24h"
    )
    return "yes" if isinstance(decision, Approved) else "no"


@pytest.mark.parametrize("action", ["ask_again", "answers_stand", "retry_run"])
async def test_an_admin_says_how_a_changed_question_goes_on(
    sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path, action: str
):
    registry = Registry([*load(()), ask])
    TITLE[0] = "Pay 1?"
    async with town(sandbox, tmp_path, moved_clock, registry) as acme:
        await acme.asked("bo", job="ask", amount="7")
    TITLE[0] = "Pay 1000?"
    async with town(sandbox, tmp_path, moved_clock, registry) as acme:
        await acme.member("cam").click(sandbox.messages("#approvals")[0], "approve")
        await acme.run("blocked")
        ana = acme.member("ana")
        await home(acme, "ana", "Stuck")

        await ana.click_home(action)
        if action == "ask_again":
            card = await acme.card(1)
            assert "Pay 1000?" in card.words
            return
        view = await acme.sandbox.until(lambda: ana.view)
        assert "Pay 1?" in view.words
        assert "Pay 1000?" in view.words
        await ana.submit({"changed": "stand"})
        assert "why" in ana.view_errors["note"]
        await ana.submit({"changed": "stand", "note": "the words alone"})

        assert (await acme.run("completed")).result == "yes"
        assert "the words alone" in str([line.detail for line in await acme.audited()])


@pytest.mark.parametrize("action", ["ask_all_again", "all_answers_stand"])
async def test_an_admin_takes_over_all_that_one_deploy_has_blocked(
    sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path, action: str
):
    registry = Registry([*load(()), ask])
    TITLE[0] = "Pay 1?"
    async with town(sandbox, tmp_path, moved_clock, registry) as acme:
        for _ in range(3):
            await acme.asked("bo", job="ask", amount="7")
    TITLE[0] = "Pay 1000?"
    async with town(sandbox, tmp_path, moved_clock, registry) as acme:
        for nth in range(3):
            await acme.member("cam").click(sandbox.messages("#approvals")[nth], "approve")
            await acme.run("blocked", nth)
        ana = acme.member("ana")
        view = await home(acme, "ana", "3 runs of ask are blocked by the same", "asks now")
        assert "question_changed:decision" in view.words

        await ana.click_home(action)
        if action == "all_answers_stand":
            await acme.sandbox.until(lambda: ana.view)
            await ana.submit({"changed": "stand", "note": "the words alone"})

        said = await acme.sandbox.until(lambda: ana.view if "3 of 3" in ana.view.words else None)
        assert said
        for nth in range(3):
            await acme.run("waiting" if action == "ask_all_again" else "completed", nth)
        await shown(acme, ana, "Nothing is stuck")


@pytest.mark.parametrize("action", ["ask_all_again", "all_answers_stand", "retry_all"])
@pytest.mark.parametrize("value", ["", "{}", "[]", '{"cause": "x", "job": "y"}'])
async def test_a_button_for_a_cause_that_is_none_is_answered(office: Town, action: str, value: str):
    await failed(office)
    ana = office.member("ana")
    view = await home(office, "ana", "Stuck", "no answer")
    office.sandbox.workspace.homes[ana.id] = with_button(view, action)

    clicked = await ana.click_home(action, value)

    assert clicked.status == 200
    await office.sandbox.until(lambda: ana.view and "Nobody has to say" in ana.view.words)
