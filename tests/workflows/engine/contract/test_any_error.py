"""Whatever other people's code raises is a failure of its own step or run, in its own words."""

import asyncio
import logging
from contextlib import suppress
from typing import Any, NoReturn

import pytest
from pydantic import BaseModel, model_serializer

from bot import logs
from tests.workflows.kit import a_job
from workflows.errors import StepFailed
from workflows.step import Retries

ONCE = Retries(attempts=1)


class Unspeakable(Exception):
    """An error that does not say what it is."""

    def __str__(self) -> str:
        raise SystemExit("in __str__")

    __repr__ = __str__


class Strange(BaseException):
    """An error of nobody's tree."""


def circle() -> BaseException:
    one, other = ValueError("round"), KeyError("and round")
    one.__cause__, other.__cause__ = other, one
    one.__context__, other.__context__ = other, one
    return one


def chain(length: int = 100_000) -> BaseException:
    last: BaseException = ValueError("the first")
    for n in range(length):
        following = RuntimeError(f"link {n}")
        following.__context__, last = last, following
    return last


def nested(depth: int = 10_000) -> BaseException:
    group: Exception = ValueError("the innermost")
    for _ in range(depth):
        group = ExceptionGroup("around", [group])
    return group


ERRORS: dict[str, Any] = {
    "StopIteration": lambda: StopIteration("no more"),
    "StopAsyncIteration": lambda: StopAsyncIteration("no more"),
    "SystemExit": lambda: SystemExit("usage"),
    "KeyboardInterrupt": lambda: KeyboardInterrupt("^C"),
    "GeneratorExit": lambda: GeneratorExit("out"),
    "CancelledError": lambda: asyncio.CancelledError("enough"),
    "Strange": lambda: Strange("who knows"),
    "Unspeakable": Unspeakable,
    "ExceptionGroup": lambda: ExceptionGroup("two", [ValueError("one"), KeyError("other")]),
    "BaseExceptionGroup": lambda: BaseExceptionGroup("two", [SystemExit("a"), ValueError("b")]),
    "circle": circle,
    "chain": chain,
    "nested": nested,
}
every_error = pytest.mark.parametrize("which", ERRORS)


def blow(which: str) -> NoReturn:
    error = ERRORS[which]()
    raise error


class Raising:
    """Step functions that raise one thing."""

    def __init__(self, which: str) -> None:
        self._which = which

    def blocking(self) -> None:
        blow(self._which)

    async def waiting(self) -> None:
        await asyncio.sleep(0)
        blow(self._which)


def said_of(which: str, error: dict[str, Any], *, in_coroutine: bool) -> bool:
    """Whether a failure has the error's own name and words."""
    raised = ERRORS[which]()
    if isinstance(raised, (StopIteration, StopAsyncIteration)) and in_coroutine:
        # Python's own words for what a coroutine must not raise.
        return error["kind"] in {"RuntimeError", "StopAsyncIteration"}
    words = "cannot be told" if which == "Unspeakable" else str(raised)
    return error["kind"] == type(raised).__name__ and words in error["message"]


@every_error
@pytest.mark.parametrize("manner", ["blocking", "waiting"])
async def test_g12_g13_whatever_a_step_raises_is_its_failure(engines, which, manner):
    async def story(ctx, request):
        await ctx.step.run("raise", getattr(Raising(which), manner), retries=ONCE)

    harness = await engines(a_job(story))
    async with asyncio.timeout(20):
        run = await harness.started()

    found = await harness.get(run)
    assert found.status == "failed"
    assert said_of(which, found.error, in_coroutine=manner == "waiting")


@every_error
async def test_g12_a_step_that_raises_is_tried_again_like_any_other(engines, which):
    raising, tries = Raising(which), []

    def twice():
        tries.append(1)
        if len(tries) < 3:
            raising.blocking()
        return "done"

    twice.__qualname__ = "twice"

    async def story(ctx, request):
        return await ctx.step.run("raise", twice)

    harness = await engines(a_job(story))
    run = await harness.started()
    for _ in range(2):
        await harness.move(minutes=1)

    assert await harness.result(run) == "done"


@every_error
async def test_g13_whatever_a_job_raises_is_its_failure(engines, which, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)
        blow(which)

    harness = await engines(a_job(story))
    async with asyncio.timeout(20):
        run = await harness.started()

    found = await harness.get(run)
    assert found.status == "failed"
    assert said_of(which, found.error, in_coroutine=True)
    assert effects.done == ["letter"]


@every_error
async def test_g13_whatever_a_branch_raises_is_the_jobs_to_meet(engines, which):
    async def raising():
        blow(which)

    async def waiting(ctx):
        await ctx.step.sleep("rest", "1h")

    async def story(ctx, request):
        await ctx.step.gather("fan", raising(), waiting(ctx))

    harness = await engines(a_job(story))
    async with asyncio.timeout(20):
        run = await harness.started()
        await harness.move(seconds=1)

    found = await harness.get(run)
    assert found.status == "failed"
    assert said_of(which, found.error, in_coroutine=True)


@every_error
def test_g25_whatever_was_raised_is_logged_to_an_end(which, capsys):
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure("json")
    try:
        try:
            blow(which)
        except BaseException:
            logging.getLogger("test").exception("it was raised")
    finally:
        root.handlers[:], root.level = before

    assert "it was raised" in capsys.readouterr().err


async def test_g13_a_serializer_that_exits_fails_its_step_and_its_job(engines):
    class Exiting(BaseModel):
        @model_serializer
        def leave(self):
            raise SystemExit("in a serializer")

    def make() -> Exiting:
        return Exiting()

    make.__qualname__ = "make"

    async def story(ctx, request):
        with suppress(StepFailed):
            await ctx.step.run("make", make, retries=ONCE)
        return make()

    harness = await engines(a_job(story))

    found = await harness.get(await harness.started())
    assert found.status == "failed"
    assert found.error["kind"] == "NotSerializable"
    assert "SystemExit: in a serializer" in found.error["message"]


async def test_g13_a_job_that_cancels_itself_fails_and_is_not_taken_for_one_that_was_stopped(
    engines,
):
    async def story(ctx, request):
        asyncio.current_task().cancel()
        await ctx.step.now()
        await asyncio.sleep(0)

    async def returning(ctx, request):
        asyncio.current_task().cancel()
        return "done"

    harness = await engines(a_job(story), a_job(returning, "returning"))

    failed, done = await harness.start(), await harness.start("returning")
    await harness.run()

    assert (await harness.get(failed)).error["kind"] == "CancelledError"
    assert await harness.result(done) == "done"


async def test_g13_a_step_that_cancels_its_own_task_fails(engines):
    async def leave():
        asyncio.current_task().cancel()
        await asyncio.sleep(0)

    leave.__qualname__ = "leave"

    async def story(ctx, request):
        await ctx.step.run("leave", leave, retries=ONCE)

    harness = await engines(a_job(story))

    found = await harness.get(await harness.started())
    assert found.error["kind"] == "CancelledError"


async def group_around_a_wait(ctx):
    async with asyncio.TaskGroup():
        await ctx.step.sleep("rest", "1h")


async def group_around_an_attempt(ctx):
    async with asyncio.TaskGroup():
        await ctx.step.run("fail", Raising("Strange").blocking)


async def group_of_steps(ctx):
    async with asyncio.TaskGroup() as group:
        group.create_task(ctx.step.sleep("rest", "1h"))
        group.create_task(ctx.step.now())


async def group_whose_task_fails_meanwhile(ctx):
    async def fail():
        raise ValueError("meanwhile")

    async with asyncio.TaskGroup() as group:
        group.create_task(fail())
        await ctx.step.run("hold", hold)


async def hold() -> None:
    await asyncio.sleep(30)


async def timeout_around_a_wait(ctx):
    async with asyncio.timeout(60):
        await ctx.step.sleep("rest", "1h")


async def timeout_around_a_step(ctx):
    async with asyncio.timeout(60):
        await ctx.step.run("hold", hold)


async def wait_for_a_wait(ctx):
    await asyncio.wait_for(ctx.step.sleep("rest", "1h"), 60)


async def shielded(ctx):
    await asyncio.shield(ctx.step.sleep("rest", "1h"))


async def gathered(ctx):
    await asyncio.gather(ctx.step.sleep("rest", "1h"))


async def in_a_task(ctx):
    await asyncio.create_task(ctx.step.sleep("rest", "1h"))


@pytest.mark.parametrize(
    "misuse",
    [
        group_around_a_wait,
        group_around_an_attempt,
        group_of_steps,
        group_whose_task_fails_meanwhile,
        timeout_around_a_wait,
        timeout_around_a_step,
        wait_for_a_wait,
        shielded,
        gathered,
        in_a_task,
    ],
)
@pytest.mark.parametrize("where", ["job", "branch"])
async def test_g14_asyncios_own_ways_around_a_verb_are_refused_at_once(engines, misuse, where):
    async def story(ctx, request):
        if where == "branch":
            await ctx.step.gather("fan", misuse(ctx))
        await misuse(ctx)

    harness = await engines(a_job(story))
    async with asyncio.timeout(10):
        run = await harness.started()

    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", "ConcurrentStep")
    assert "ctx.step.gather" in found.error["message"]


async def test_g14_a_run_that_is_cancelled_in_a_group_of_asyncios_is_cancelled(engines):
    async def story(ctx, request):
        await ctx.step.sleep("rest", "1h")
        async with asyncio.TaskGroup():
            await ctx.step.now()

    harness = await engines(a_job(story))
    run = await harness.started()
    await harness.engine.cancel(run, by="slack:T:U", via="test")
    await harness.run()

    assert await harness.status(run) == "cancelled"
