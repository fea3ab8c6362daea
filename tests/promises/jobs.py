"""Small jobs that use every verb, and what they become when their code is changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.workflows.kit import a_job
from workflows.approvals.gate import Approved, Policy
from workflows.context import Context
from workflows.errors import ChildFailed, StepFailed, StepOutcomeUnknown
from workflows.registry import Job
from workflows.schedule import schedule
from workflows.step import Retries

if TYPE_CHECKING:
    from tests.promises.world import World

TRIED = Retries(attempts=4, backoff="2s")
ANSWER = {"timeout": "40s", "expected": ["yes", "no"]}


async def do(world: "World", ctx: Context, name: str, retries: Retries | None = None) -> None:
    """Take a step, and see that a job is given the same the first time as on replay."""
    value = await ctx.step.run(name, world.effects.post, name, retries=retries)
    if value != [name, {"1": name}]:
        world.oracle.found(f"I15 the step {name} answered {value!r}, not what its entry says")


def approvals(world: "World") -> Job:
    """Two questions, the second to two people; a step before, between and after."""

    async def job(ctx: Context, request: Any) -> list[str]:
        await do(world, ctx, "before")
        said = []
        for need in (1, 2):
            policy = Policy(channel_members=True, need=need)
            decision = await ctx.approval("decision", "Go?", policy=policy, timeout="30s")
            said.append(type(decision).__name__.lower())
            if not isinstance(decision, Approved):
                break
            await do(world, ctx, "after")
        return said

    return a_job(job, "approvals")


def waits(world: "World") -> Job:
    """One name waited for again and again, with a step after each answer."""

    async def job(ctx: Context, request: Any) -> list[str]:
        said = []
        for _ in range(3):
            event = await ctx.step.wait_for_event("item", **ANSWER)
            said.append(event.kind)
            if event.kind == "timeout":
                break
            await do(world, ctx, "took")
        return said

    return a_job(job, "waits")


def sleeps(world: "World") -> Job:
    """Sleeps between steps, and the time as the job sees it."""

    async def job(ctx: Context, request: Any) -> list[str]:
        await do(world, ctx, "first")
        began = await ctx.step.now()
        await ctx.step.sleep("nap", "20s")
        await do(world, ctx, "second")
        await ctx.step.sleep("nap", "1s")
        if (await ctx.step.now()) < began:
            world.oracle.found("time ran backwards in a job")
        return ["slept"]

    return a_job(job, "sleeps")


def flaky(world: "World") -> Job:
    """Steps that are tried again; their effects meet the troubles first."""

    async def job(ctx: Context, request: Any) -> list[str]:
        for _ in range(3):
            await do(world, ctx, "try", TRIED)
        return ["tried"]

    return a_job(job, "flaky")


def closing(world: "World") -> Job:
    """Closing code that takes steps of its own, whatever ends the run."""

    async def job(ctx: Context, request: Any) -> list[str]:
        try:
            await do(world, ctx, "open")
            event = await ctx.step.wait_for_event("answer", **ANSWER)
            await do(world, ctx, "use")
        finally:
            await do(world, ctx, "close")
        return [event.kind]

    return a_job(job, "closing")


def gathers(world: "World") -> Job:
    """Two branches at once, each with a step, a wait and a step."""

    async def branch(ctx: Context, side: str) -> str:
        await do(world, ctx, f"{side} first")
        event = await ctx.step.wait_for_event("item", **ANSWER)
        await do(world, ctx, f"{side} last", TRIED)
        return event.kind

    async def job(ctx: Context, request: Any) -> list[str]:
        said = await ctx.step.gather("fan", branch(ctx, "left"), branch(ctx, "right"))
        await do(world, ctx, "joined")
        return said

    return a_job(job, "gathers")


def races(world: "World") -> Job:
    """Several events, of which the first one ends them all; twice."""

    async def job(ctx: Context, request: Any) -> list[str]:
        expected = {"item": ["yes", "no"], "answer": ["yes"]}
        said = []
        for _ in range(2):
            event = await ctx.step.wait_for_any("first", expected, timeout="30s")
            said.append(event.kind)
            await do(world, ctx, "took")
        return said

    return a_job(job, "races")


def once(world: "World") -> Job:
    """Steps that are begun at most once, whatever that costs."""

    async def job(ctx: Context, request: Any) -> list[str]:
        for n in range(2):
            try:
                await ctx.step.run(f"once {n}", world.effects.post, f"once {n}", at_most_once=True)
            except StepOutcomeUnknown:
                await do(world, ctx, f"look {n}")
        return ["once"]

    return a_job(job, "once")


def amends(world: "World") -> Job:
    """A step that fails for good as soon as it fails, and what is done about that."""

    async def job(ctx: Context, request: Any) -> list[str]:
        await do(world, ctx, "grant", TRIED)
        try:
            await do(world, ctx, "work", Retries(attempts=1))
        except StepFailed:
            await do(world, ctx, "revoke", TRIED)
            raise
        await do(world, ctx, "ship", Retries(attempts=1))
        return ["shipped"]

    return a_job(job, "amends")


def early(world: "World") -> Job:
    """A step that fails for good as soon as it fails, before an event that may be there by then."""

    async def job(ctx: Context, request: Any) -> list[str]:
        await ctx.step.sleep("nap", "5s")
        await do(world, ctx, "flake", Retries(attempts=1))
        return [(await ctx.step.wait_for_event("item", **ANSWER)).kind]

    return a_job(job, "early")


def parents(world: "World") -> Job:
    """Three other jobs, one after the other; how each has ended, and a step after it."""

    async def job(ctx: Context, request: Any) -> list[Any]:
        said: list[Any] = []
        for child, timeout in (("early", "40s"), ("closing", "40s"), ("approvals", "70s")):
            try:
                said.append(await ctx.run_job(child, {}, timeout=timeout))
            except ChildFailed as error:
                said.append(error.kind)
            await do(world, ctx, "heard")
        return said

    return a_job(job, "parents")


def orders(world: "World") -> Job:
    """Another job that is often late, so that this one fails; a person retries it."""

    async def job(ctx: Context, request: Any) -> list[str]:
        await ctx.run_job("flaky", {}, timeout="3s")
        await do(world, ctx, "ordered")
        return ["ordered"]

    return a_job(job, "orders")


def compensates(world: "World") -> Job:
    """Something that has to be undone, whatever ends the run, and wherever it stands then."""

    async def job(ctx: Context, request: Any) -> list[str]:
        await do(world, ctx, "grant", TRIED)
        try:
            await do(world, ctx, "work", TRIED)
            event = await ctx.step.wait_for_event("item", **ANSWER)
            await do(world, ctx, "more", TRIED)
        finally:
            await ctx.step.now()
            await do(world, ctx, "revoke", TRIED)
            await do(world, ctx, "tell", TRIED)
        return [event.kind]

    return a_job(job, "compensates")


def firsts(world: "World") -> Job:
    """Steps that race with an event and a pause; what is given up is undone."""

    async def works(ctx: Context) -> str:
        try:
            for n in range(2):
                await do(world, ctx, f"work {n}", TRIED)
                await ctx.step.sleep("rest", "5s")
        finally:
            await do(world, ctx, "undo", TRIED)
        return "made"

    async def waits_for(ctx: Context) -> str:
        return (await ctx.step.wait_for_event("item", **ANSWER)).kind

    async def job(ctx: Context, request: Any) -> list[str]:
        said = []
        for _ in range(2):
            abort, late = waits_for(ctx), ctx.step.sleep("late", "12s")
            found = await ctx.step.first("end", made=works(ctx), abort=abort, late=late)
            said.append(found.name)
            await do(world, ctx, f"took {found.name}")
        return said

    return a_job(job, "firsts")


def outcomes(world: "World") -> Job:
    """Branches whose errors are results, too."""

    async def branch(ctx: Context, side: str) -> str:
        await do(world, ctx, side, Retries(attempts=2, backoff="1s"))
        return (await ctx.step.wait_for_event("item", **ANSWER)).kind

    async def job(ctx: Context, request: Any) -> list[str]:
        both = branch(ctx, "left"), branch(ctx, "right")
        found = await ctx.step.gather("fan", *both, return_exceptions=True)
        said = [each if isinstance(each, str) else type(each).__name__ for each in found]
        for each in said:
            await do(world, ctx, f"for {each}")
        return said

    return a_job(job, "outcomes")


def ticking(world: "World") -> Job:
    """A step; one deploy starts it by itself, every minute."""

    async def job(ctx: Context, request: Any) -> list[str]:
        await do(world, ctx, "tick")
        return ["ticked"]

    return a_job(job, "ticking")


JOBS: dict[str, Callable[["World"], Job]] = {
    job.__name__: job
    for job in (
        approvals,
        waits,
        sleeps,
        flaky,
        closing,
        gathers,
        races,
        once,
        parents,
        amends,
        early,
        orders,
        compensates,
        firsts,
        outcomes,
        ticking,
    )
}


def inserted(job: Job, world: "World") -> Job:
    """Answer *job* with a step before everything else."""

    async def changed(ctx: Context, request: Any) -> Any:
        await do(world, ctx, "inserted")
        return await job.function(ctx, request)

    return a_job(changed, job.name)


def patched(job: Job, world: "World") -> Job:
    """Answer *job* with a new step at its beginning, for runs that are not past it."""

    async def changed(ctx: Context, request: Any) -> Any:
        if ctx.step.patched("greeting"):
            await do(world, ctx, "greeted")
        return await job.function(ctx, request)

    return a_job(changed, job.name)


def appended(job: Job, world: "World") -> Job:
    """Answer *job* with a step after everything else: harmless."""

    async def changed(ctx: Context, request: Any) -> Any:
        result = await job.function(ctx, request)
        await do(world, ctx, "appended")
        return result

    return a_job(changed, job.name)


def registries(world: "World") -> dict[str, tuple[Job, ...]]:
    """Answer the deploys that a schedule may make, by name."""
    today = tuple(job(world) for job in JOBS.values())
    return {
        "today": today,
        "inserted": tuple(inserted(job, world) for job in today),
        "patched": tuple(patched(job, world) for job in today),
        "appended": tuple(appended(job, world) for job in today),
        "missing": today[1::2],
    }


def by_itself(world: "World") -> tuple[Job, ...]:
    """Answer the deploy in which a job starts by itself."""
    *others, last = (job(world) for job in JOBS.values())
    return (*others, replace(last, schedule=schedule("* * * * *", "UTC")))
