"""Cron: a job starts by itself at its times, each once, whoever was down meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.workflows.kit import NOON, Anything, a_job
from workflows.approvals.gate import Policy
from workflows.engine.local import cron
from workflows.registry import Job
from workflows.schedule import schedule


async def report(ctx, request):
    return (await ctx.step.now()).isoformat()


def each(expression: str, zone: str = "UTC", job: Job | None = None) -> Job:
    return replace(job or a_job(report, "report"), schedule=schedule(expression, zone))


HOURLY = each("0 * * * *")


async def starts(harness):
    """Answer when runs were started, the oldest first."""
    return [run.created_at for run in reversed(await harness.engine.list(job="report"))]


async def test_a_job_starts_at_each_of_its_times(engines):
    harness = await engines(HOURLY)

    for _ in range(3):
        await harness.move(hours=1)

    assert await starts(harness) == [NOON + timedelta(hours=n) for n in (1, 2, 3)]
    assert {run.requested_by for run in await harness.engine.list()} == {"cron:report"}
    assert {run.status for run in await harness.engine.list()} == {"completed"}


async def test_a_new_schedule_does_not_start_for_the_past(engines):
    harness = await engines(HOURLY)

    await harness.move(minutes=59, seconds=59)

    assert await starts(harness) == []


async def test_the_next_time_arms_the_clock(engines):
    harness = await engines(HOURLY)

    assert await harness.engine.next_due() == NOON + timedelta(hours=1)


async def test_f66_times_that_were_missed_are_made_up_for_by_one_start(engines):
    harness = await engines(HOURLY)
    harness.clock.move(hours=26, minutes=30)

    harness = await harness.restarted()
    await harness.move(seconds=1)

    assert len(await starts(harness)) == 1
    assert await harness.engine.next_due() == NOON + timedelta(hours=27)


async def test_f68_a_clock_that_goes_back_starts_nothing_twice(engines):
    harness = await engines(HOURLY)
    await harness.move(hours=1)

    await harness.move(hours=-2)
    harness = await harness.restarted()
    await harness.move(hours=2)

    assert len(await starts(harness)) == 1


async def test_two_sweeps_start_one_run(engines, db):
    harness = await engines(HOURLY)
    harness.clock.move(hours=1)
    given = cron.arguments(HOURLY)

    for _ in range(2):
        await db.write(cron.fire, HOURLY, given, "")

    assert len(await starts(harness)) == 1


async def test_a_changed_expression_counts_from_now_on(engines):
    harness = await engines(HOURLY)
    await harness.move(minutes=30)

    harness = await harness.deployed(each("0 15 * * *"))
    await harness.move(hours=2)
    assert await starts(harness) == []
    await harness.move(hours=1)

    assert await starts(harness) == [NOON + timedelta(hours=3, minutes=30)]


async def test_a_job_without_its_schedule_starts_no_more(engines):
    harness = await engines(HOURLY)

    harness = await harness.deployed(a_job(report, "report"))
    await harness.move(hours=2)

    assert await starts(harness) == []
    assert await harness.engine.next_due() is None


async def test_i27_a_process_that_does_not_know_the_job_leaves_its_schedule_alone(engines):
    harness = await engines(HOURLY)

    harness = await harness.deployed(a_job(report, "another"))
    await harness.move(hours=1, minutes=30)
    harness = await harness.deployed(HOURLY)
    await harness.move(seconds=1)

    assert len(await starts(harness)) == 1


async def test_a_run_that_still_waits_keeps_no_later_one_from_starting(engines):
    async def wait(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="30d", expected=["yes"])

    harness = await engines(each("0 * * * *", job=a_job(wait, "report")))

    for _ in range(2):
        await harness.move(hours=1)

    assert [run.status for run in await harness.engine.list()] == ["waiting", "waiting"]


async def test_people_may_be_asked_by_a_job_that_nobody_has_asked_for(engines):
    async def ask(ctx, request):
        policy = Policy(channel_members=True, requester_may_decide=False)
        await ctx.approval("decision", "Go?", policy=policy, timeout="1d")

    harness = await engines(each("0 * * * *", job=a_job(ask, "report")))

    await harness.move(hours=1)

    (run,) = await harness.engine.list()
    (gate,) = await harness.gates.of_run(run.id)
    assert (gate.requested_by, gate.status) == ("cron:report", "open")


async def test_f71_nine_in_the_morning_stays_so_when_the_clocks_change(engines, clock):
    spring = datetime(2026, 3, 28, 0, tzinfo=UTC)
    clock.move(seconds=(spring - clock.now()).total_seconds())
    harness = await engines(each("0 9 * * *", "Europe/Berlin"))

    for _ in range(48):
        await harness.move(hours=1)

    assert [f"{at:%d %H}" for at in await starts(harness)] == ["28 08", "29 07"]


async def test_a_job_whose_defaults_are_refused_now_is_passed_over_and_others_start(engines):
    broken = Job("broken", "", report, Refusing, schedule=schedule("0 * * * *", "UTC"))
    harness = await engines(broken, HOURLY)

    await harness.move(hours=1)

    assert len(await starts(harness)) == 1
    assert await harness.engine.list(job="broken") == []


class Refusing(Anything):
    needed: int
