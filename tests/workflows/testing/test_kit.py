"""The kit for those who write jobs: it is the real engine, and says what is not as expected."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Rejected, Retries, StepFailed, job
from workflows.errors import InputRefused, KeyReused
from workflows.event import Declined, Refused
from workflows.testing import (
    NOON,
    Closed,
    Counted,
    Decides,
    Killed,
    Kit,
    NotAllowed,
    NotSo,
    Reason,
    member,
)

TWO = Policy(channel_members=True, need=2)


class Order(BaseModel):
    item: str
    pieces: int = 1


def price(item: str) -> int:
    raise ConnectionError("no test reaches this")


@job(name="buy")
async def buy(ctx: Context, order: Order) -> dict[str, object]:
    cost = await ctx.step.run("price", price, order.item, retries=Retries(3, backoff="10s"))
    answer = await ctx.approval("ok", f"Buy {order.item}?", show=order, policy=TWO, timeout="1d")
    match answer:
        case Approved(by=by):
            sent = await ctx.plugins.shop.order(item=order.item, pieces=order.pieces)
            return {"cost": cost, "by": by, "sent": sent}
        case Rejected(note=note):
            return {"rejected": note}
        case _:
            return {"expired": True}


@job(name="nag")
async def nag(ctx: Context, order: Order) -> list[str]:
    times = []
    for _ in range(3):
        await ctx.step.sleep("rest", "1h")
        times.append((await ctx.step.now()).isoformat())
    return times


@job(name="hear")
async def hear(ctx: Context, order: Order) -> dict[str, object]:
    event: Event = await ctx.step.wait_for_event("word", timeout="1h", expected=["yes", "no"])
    return {"kind": event.kind, "payload": dict(event.payload), "by": event.actor}


def shop(**replaced):
    def order(item: str, pieces: int) -> str:
        return f"{pieces} {item}"

    return {"shop": {"order": order} | replaced}


def kit(*jobs, **options):
    options = {"plugins": shop(), "steps": {price: lambda item: 7}} | options
    return Kit(*(jobs or (buy, nag, hear)), **options)


async def test_a_policy_is_judged_as_everywhere_and_each_click_is_told_its_ruling():
    async with kit() as harbor:
        run = await harbor.start(buy, Order(item="tea"))

        stranger = await run.approve(member("UDI", in_channel=False))
        first = await run.approve(member("UBO"))
        second = await run.approve(member("UCY"))
        late = await run.reject(member("UEV"), "too late")

        assert stranger == NotAllowed(Reason.NOT_NAMED)
        assert first == Counted(1, 2)
        assert isinstance(second, Decides)
        assert late == Closed()
        assert await run.result() == {"cost": 7, "by": "UCY", "sent": "1 tea"}


async def test_what_people_are_shown_is_there_to_be_looked_at():
    async with kit() as harbor:
        run = await harbor.start("buy", {"item": "tea", "pieces": 2}, by=member("UFE", name="Fe"))

        gate = await run.gate()

        assert gate.card == await run.card("ok")
        assert (gate.card.title, gate.card.channel) == ("Buy tea?", "#approvals")
        assert gate.card.fields == (("Item", "tea"), ("Pieces", "2"))
        assert (gate.requested_by, gate.deadline_at) == (
            "slack:T0HARBOR:UFE",
            NOON + timedelta(days=1),
        )


async def test_what_becomes_due_happens_at_its_own_time():
    async with kit() as harbor:
        run = await harbor.start(nag, Order(item="tea"))

        await harbor.move(hours=5)

        hours = [NOON + timedelta(hours=hour) for hour in (1, 2, 3)]
        assert await run.result() == [hour.isoformat() for hour in hours]
        assert harbor.clock.now() == NOON + timedelta(hours=5)


async def test_what_became_due_while_the_process_was_down_happens_when_it_is_back():
    async with kit() as harbor:
        run = await harbor.start(buy, Order(item="tea"))

        await harbor.restart(hours=26)

        assert await run.result() == {"expired": True}


async def test_a_restart_is_another_engine_on_the_same_rows():
    async with kit() as harbor:
        before = harbor.engine
        run = await harbor.start(buy, Order(item="tea"))
        await run.approve(member("UBO"))

        await harbor.restart()
        await run.approve(member("UCY"))

        assert harbor.engine is not before
        assert (await run.result())["sent"] == "1 tea"


async def test_a_step_that_dies_with_its_process_is_tried_again_with_the_same_key():
    deaths = [Killed()]

    async def order(item: str, pieces: int) -> str:
        if deaths:
            raise deaths.pop()
        return "sent"

    async with kit(plugins=shop(order=order)) as harbor:
        run = await harbor.start(buy, Order(item="tea"))
        await run.approve(member("UBO"))
        await run.approve(member("UCY"))
        dead = await run.status()

        await harbor.restart()

        assert dead == "running"
        assert (await run.result())["sent"] == "sent"
        assert [(call.tool, call.attempt) for call in harbor.calls] == [("order", 1), ("order", 2)]
        assert harbor.calls[0].key == harbor.calls[1].key


async def test_a_step_function_is_replaced_by_another_and_tried_as_its_step_says():
    tries = [TimeoutError("slow"), None]

    async def slow(item):
        if error := tries.pop(0):
            raise error
        return len(item)

    async with kit(steps={price: slow}) as harbor:
        run = await harbor.start(buy, Order(item="tea"))
        paused = await run.status()
        await harbor.move(seconds=10)

        assert paused == "ready"
        assert [wait.name for wait in await run.waits()] == ["ok"]


async def test_a_tool_refuses_what_its_function_does_not_take():
    def order(item: str) -> str:
        return item

    async with kit(plugins=shop(order=order)) as harbor:
        run = await harbor.start(buy, Order(item="tea"))
        await run.approve(member("UBO"))
        await run.approve(member("UCY"))

        error = await run.error()

        assert error["kind"] == "ArgumentsRefused"
        assert "pieces" in error["message"]
        assert harbor.calls == []


async def test_a_tool_that_says_no_for_good_fails_its_step():
    def order(item: str, pieces: int) -> str:
        raise StepFailed("sold out", kind="sold_out")

    async with kit(plugins=shop(order=order)) as harbor:
        run = await harbor.start(buy, Order(item="tea"))
        await run.approve(member("UBO"))
        await run.approve(member("UCY"))
        failed = await run.error()
        retried = await run.retry()

        assert (failed["kind"], failed["message"]) == ("sold_out", "sold out")
        assert retried.status == "ready"
        assert [call.attempt for call in harbor.calls] == [1, 1]


async def test_an_event_is_delivered_under_its_key_once():
    async with kit() as harbor:
        run = await harbor.start(hear, Order(item="tea"))

        first = await run.deliver("word", {"kind": "yes", "why": "because"}, key="one")
        again = await run.deliver("word", {"kind": "yes", "why": "because"}, key="one")
        other = await run.deliver("word", {"kind": "no"})

        assert (first.repeated, again.repeated) == (False, True)
        assert other.code is Declined.ALREADY_DECIDED
        assert (await run.result())["payload"] == {"kind": "yes", "why": "because"}


async def test_a_program_may_not_decide_for_people():
    async with kit() as harbor:
        run = await harbor.start(buy, Order(item="tea"))

        receipt = await run.deliver("ok", {"kind": "approved"})

        assert receipt == Refused(Declined.HUMAN_REQUIRED)


async def test_a_run_is_cancelled():
    async with kit() as harbor:
        run = await harbor.start(hear, Order(item="tea"))

        await run.cancel(member("UANA"))

        view = await run.view()
        assert view.status == "cancelled"
        assert ("cancel", "slack:T0HARBOR:UANA") in [(t.what, t.name) for t in view.timeline]


async def test_a_start_key_starts_one_run_and_an_input_is_checked():
    async with kit() as harbor:
        first = await harbor.start(hear, Order(item="tea"), key="k")
        again = await harbor.start(hear, Order(item="tea"), key="k")

        assert first.id == again.id
        with pytest.raises(KeyReused):
            await harbor.start(hear, Order(item="rum"), key="k")
        with pytest.raises(InputRefused, match="item"):
            await harbor.start(hear, {})


@job(name="hear")
async def hear_more(ctx: Context, order: Order) -> str:
    event = await ctx.step.wait_for_event("word", timeout="1h", expected=["yes", "no"])
    return f"{event.kind}, and more"


async def test_a_parked_run_goes_on_with_the_code_that_is_deployed():
    async with kit() as harbor:
        run = await harbor.start(hear, Order(item="tea"))

        await harbor.deploy(hear_more)
        await run.deliver("word", {"kind": "yes"})

        assert await run.result() == "yes, and more"


# -- what is not as the test takes it to be -------------------------------------------------------


async def test_what_has_not_completed_has_no_result_and_that_says_where_it_is():
    async with kit() as harbor:
        waiting = await harbor.start(buy, Order(item="tea"))
        failed = await harbor.start(hear, Order(item="tea"))
        await failed.cancel()

        with pytest.raises(NotSo, match=r"not completed: waiting for ok \(approval, until 2026"):
            await waiting.result()
        with pytest.raises(NotSo, match="cancelled"):
            await failed.result()
        with pytest.raises(NotSo, match="not failed: waiting"):
            await waiting.error()


async def test_a_blocked_run_says_why_where_a_result_was_expected():
    async with kit() as harbor:
        run = await harbor.start(hear, Order(item="tea"))
        await harbor.deploy(buy)
        await run.deliver("word", {"kind": "yes"})

        with pytest.raises(NotSo, match="blocked, job_missing"):
            await run.result()


async def test_nobody_can_answer_what_nobody_was_asked():
    async with kit() as harbor:
        run = await harbor.start(hear, Order(item="tea"))
        other = await harbor.start(buy, Order(item="tea"))

        with pytest.raises(NotSo, match=r"has not asked anybody anything: waiting for word"):
            await run.approve(member("UBO"))
        with pytest.raises(NotSo, match=r"has not asked anybody 'okay'"):
            await other.approve(member("UBO"), name="okay")


async def test_a_plugin_that_was_not_given_is_named_with_those_that_were():
    async with kit(plugins={}) as harbor:
        run = await harbor.start(buy, Order(item="tea"))
        await run.approve(member("UBO"))
        await run.approve(member("UCY"))

        assert (await run.error())["kind"] == "PluginNotFound"
        assert "slack" in (await run.error())["message"]


async def test_a_kit_outside_its_block_says_how_it_is_used():
    harbor = kit()

    with pytest.raises(RuntimeError, match="async with Kit"):
        await harbor.start(buy, Order(item="tea"))


async def test_kits_do_not_know_of_each_other():
    async with kit() as one, kit() as other:
        run = await one.start(hear, Order(item="tea"))

        assert await other.engine.get(run.id) is None


async def test_a_run_that_has_started_none_says_so():
    async with Kit(nag) as kit:
        run = await kit.start(nag, Order(item="cup"))

        with pytest.raises(NotSo, match="has not started a run"):
            await run.child()
