"""What a job may not make up anew on every replay: time, ids and chance."""

from datetime import timedelta
from uuid import UUID

from tests.workflows.kit import NOON, a_job

YES = {"timeout": "1h", "expected": ["yes"]}


async def story(ctx, request):
    facts = [await ctx.step.now(), await ctx.step.uuid(), await ctx.step.uuid()]
    facts += [await ctx.step.random(), await ctx.step.random()]
    await ctx.step.wait_for_event("answer", **YES)
    return [str(fact) for fact in facts]


async def test_facts_are_the_same_on_every_replay(engines):
    harness = await engines(a_job(story))
    run = await harness.started()
    before = [line for line in (await harness.get(run)).timeline if line.name != "answer"]
    harness = await harness.restarted()
    harness.clock.move(minutes=5)
    await harness.deliver(run, "answer", "yes")

    await harness.run()

    at, one, two, low, high = await harness.result(run)
    assert at == str(NOON)
    assert (UUID(one).version, UUID(two).version) == (4, 4)
    assert one != two
    assert low != high
    assert all(0 <= float(number) < 1 for number in (low, high))
    kept = [line for line in (await harness.get(run)).timeline if line.at <= NOON + timedelta(0)]
    assert [line.what for line in before if line.name] == [
        line.what for line in kept if line.name not in {None, "answer"}
    ]


async def test_f68_time_does_not_run_backwards_in_a_job_though_the_clock_does(engines):
    timed = Timed()
    harness = await engines(a_job(timed.story))
    timed.clock = harness.clock
    run = await harness.started()

    harness.clock.move(hours=-2)
    await harness.deliver(run, "answer", "yes")
    await harness.run()

    times = await harness.result(run)
    assert times == sorted(times)
    assert times[0] == NOON.isoformat()


class Timed:
    """A job that asks for the time before and after a wait, and while the clock steps back."""

    clock = None

    async def story(self, ctx, request):
        times = [await ctx.step.now()]
        await ctx.step.wait_for_event("answer", **YES)
        times.append(await ctx.step.now())
        self.clock.move(minutes=-5)
        times.append(await ctx.step.now())
        return [time.isoformat() for time in times]
