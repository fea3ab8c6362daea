"""Rehearsal: parked runs against the code at hand. Nothing is executed, nothing is written.

It is the engine's own pass over the run's own journal; only, a step that is not in the journal
ends the pass instead of being called. So it tells what will become of a run before the code is
deployed that will meet it.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple, NoReturn, cast

from store import journal, parked
from store.database import Database
from store.journal import Entry
from store.tables import RunStatus
from workflows.clock import Clock
from workflows.context import Context, RunInfo, Surroundings
from workflows.delivering import Delivering
from workflows.duration import Duration
from workflows.engine.local import calling
from workflows.engine.local.accepted import Accepted, accepted
from workflows.engine.local.advance import advance
from workflows.engine.local.calls import Calls
from workflows.engine.local.outcome import Broken, Key, Outcome, Writes
from workflows.engine.local.progress import Pass, Progress, Stop
from workflows.engine.local.replay import Replay
from workflows.errors import ConfigurationError, ControlFlow, HarborError, JobNotFound
from workflows.event import Delivery, Receipt
from workflows.plain import loads
from workflows.plugins.base import Plugin, Plugins
from workflows.registry import Registry
from workflows.results import standing_in
from workflows.step import Retries, Step, Verb

PAGE = 200
AGAIN = Retries(attempts=1000)
NOWHERE = "https://harbor.invalid"


class Verdict(StrEnum):
    """What becomes of a run: it goes on, it is set aside for a person, or its job raises."""

    GOES_ON = "goes_on"
    BLOCKS = "blocks"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A run that has not ended, and what the code at hand would make of it, and why."""

    run_id: str
    job: str
    status: RunStatus
    verdict: Verdict
    reason: str | None


class Passed(NamedTuple):
    """How a rehearsed pass ended; which questions it would ask again, and which it let stand."""

    outcome: Outcome
    asked_again: list[Key]
    restated: dict[int, str]


async def rehearse(db: Database, registry: Registry, clock: Clock) -> AsyncIterator[Rehearsed]:
    """Answer every run that has not ended, oldest first, with what would become of it."""
    after = ""
    while runs := await db.read(parked.page, after, PAGE):
        for run in runs:
            verdict, reason = await _rehearsed(db, registry, clock, run)
            yield Rehearsed(run.id, run.job, run.status, verdict, reason)
        after = runs[-1].id


async def _rehearsed(
    db: Database, registry: Registry, clock: Clock, run: parked.Parked
) -> tuple[Verdict, str | None]:
    try:
        registry.get(run.job)
    except JobNotFound as error:
        return Verdict.BLOCKS, f"job_missing: {error}"
    entries = await db.read(journal.load, run.id)
    said = accepted(run.accepted_seq, run.accepted_answers)
    try:
        found = await passed(registry, clock, run, entries, said)
    except ControlFlow as signal:
        return Verdict.FAILS, f"{type(signal).__name__}: raised by the job itself"
    return _judged(found.outcome)


async def passed(
    registry: Registry,
    clock: Clock,
    run: parked.Parked,
    entries: Sequence[Entry],
    said: Accepted,
) -> Passed:
    """Make a pass over a run's journal in which nothing is executed and nothing written."""
    recorded: list[Writes] = []
    passing = Pass(
        installation="",
        run_id=run.id,
        tries=1,
        cancel_requested=run.cancel_requested_at is not None,
        cancel_under_way=run.cancel_under_way,
        record=partial(_kept, recorded),
        clock=clock,
        accepted=said,
        registry=registry,
        calls=Calls(),
        stop=Stop(),
    )
    progress = Progress(entries, passing)
    step = cast(Step, Rehearsing(Replay(progress)))
    address = run.address or NOWHERE
    info = RunInfo(run.id, run.job, run.requested_by, f"{address}/run/{run.id}")
    job = registry.get(run.job)
    outcome = await advance(job, run.input, Context(step, info, SURROUNDINGS), progress)
    recorded.append(progress.writes)
    return Passed(
        outcome,
        [key for writes in recorded for key in writes.asked_again],
        {seq: asked for writes in recorded for seq, asked in writes.restated.items()},
    )


def _judged(outcome: Outcome) -> tuple[Verdict, str | None]:
    match outcome:
        case Broken(status=RunStatus.BLOCKED, error=reason):
            return Verdict.BLOCKS, reason
        case Broken(status=RunStatus.FAILED, error=error):
            told = loads(error or "{}")
            # A failure that is in the journal would end the run on the old code as well.
            if told.get("step") is not None:
                return Verdict.GOES_ON, None
            return Verdict.FAILS, f"{told.get('kind')}: {told.get('message')}"
        case _:
            return Verdict.GOES_ON, None


class Rehearsing:
    """`Step` over a journal, whose new steps are not called: the pass ends there."""

    def __init__(self, step: Replay) -> None:
        self._step = step

    def run(
        self,
        name: str,
        call: Callable[..., Any],
        *args: Any,
        retries: Retries | None = None,
        timeout: Duration | None = None,
        at_most_once: bool = False,
    ) -> Verb[Any]:
        """See `Step.run`."""
        how = partial(calling.manner, name, retries, timeout, at_most_once=at_most_once)
        return self._step.to_await("step.run", name, self._run(name, call, args, how))

    async def _run(
        self, name: str, call: Callable[..., Any], args: tuple[Any, ...], how: Callable[[], object]
    ) -> Any:
        calling.check_call(name, call)
        how()
        # A step that is to be tried again ends the pass, and lets other branches go on.
        return await self._step.run(name, standing_in(not_now, call), *args, retries=AGAIN)

    def is_first_time(self) -> bool:
        """See `Step.is_first_time`: in a rehearsal nothing is said."""
        return False

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._step, verb)


class NotNow(HarborError):
    """A step would be executed here."""


async def not_now(*_: object) -> NoReturn:
    """Take the place of every step function."""
    raise NotNow("in a rehearsal nothing is executed")


class AnyPlugins(Plugins):
    """Plugins of every name: which are configured where the runs go on is not known here."""

    def named(self, name: str) -> Plugin:
        """See `Plugins.named`. What is answered is never called."""
        return cast(Plugin, None)


async def _kept(recorded: list[Writes], writes: Writes) -> bool:
    recorded.append(writes)
    return False


async def _send_nothing(delivery: Delivery) -> Receipt:
    raise ConfigurationError("in a rehearsal nothing is sent")


SURROUNDINGS = Surroundings(NOWHERE, "#approvals", AnyPlugins(), Delivering(_send_nothing))
