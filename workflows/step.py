"""Step: the durable verbs, the contract that any engine keeps."""

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol, TypeVar, TypeVarTuple, overload
from uuid import UUID

from store.database import Tx
from workflows.asked import Asked
from workflows.duration import Duration, duration
from workflows.errors import StepMisused
from workflows.event import Event, Silence
from workflows.first import First
from workflows.ids import step_key
from workflows.inputs import Given

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:/-]{0,127}", re.ASCII)
KIND = re.compile(r"[a-z][a-z0-9_.-]{0,63}", re.ASCII)
MOST_KINDS = 20
MOST_EVENTS = 20
MOST_BRANCHES = 256

T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
T5 = TypeVar("T5")
T6 = TypeVar("T6")
Args = TypeVarTuple("Args")

# What a verb answers. Not Awaitable: of this one mypy says that an `await` is missing.
Verb = Coroutine[Any, Any, T]


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a step is tried, and how long between: backoff, doubled each time, up to longest.

    *attempts* counts the first try. A step function that raises StepFailed is not tried again.
    """

    attempts: int = 5
    backoff: Duration = "1s"
    longest: Duration = "1m"

    def __post_init__(self) -> None:
        if type(self.attempts) is not int or not 1 <= self.attempts <= 1000:  # noqa: PLR2004
            raise StepMisused(f"Retries(attempts={self.attempts!r}): from 1 to 1000")
        duration(self.backoff, "backoff", timedelta())
        duration(self.longest, "longest", timedelta())

    def pause(self, attempt: int) -> timedelta:
        """How long to wait after *attempt* (1 is the first) failed."""
        longest = duration(self.longest, "longest", timedelta())
        doubled = duration(self.backoff, "backoff", timedelta()).total_seconds()
        doubled *= 2.0 ** min(attempt - 1, 32)
        return min(timedelta(seconds=min(doubled, longest.total_seconds())), longest)


class CurrentStep(NamedTuple):
    """What a step function may know of itself; *attempt* counts from 1 and is for logs."""

    installation: str
    run_id: str
    name: str
    nth: int
    attempt: int

    @property
    def key(self) -> str:
        """The same over retries and restarts: send it along as an idempotency key."""
        return step_key(self.installation, self.run_id, self.name, self.nth)


_current: ContextVar[CurrentStep] = ContextVar("current_step")


def current_step() -> CurrentStep:
    """Answer the step this function runs in. Raises StepMisused outside of one."""
    try:
        return _current.get()
    except LookupError:
        raise StepMisused(
            "current_step() has an answer only inside a function that ctx.step.run called"
        ) from None


def in_step() -> bool:
    """Whether this code runs inside a step function."""
    return _current.get(None) is not None


class entered:  # noqa: N801  a block, like `suppress`
    """Make *step* the current one for the block."""

    __slots__ = ("_step", "_token")

    def __init__(self, step: CurrentStep) -> None:
        self._step = step

    def __enter__(self) -> None:
        self._token = _current.set(self._step)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


@dataclass(frozen=True, slots=True)
class WaitKey:
    """Which wait: the nth use of a name in a run."""

    run_id: str
    name: str
    nth: int


class Opening(Protocol):
    """What else is written in the transaction that opens a wait: an approval opens its gate."""

    def __call__(self, tx: Tx, wait: WaitKey) -> None:
        """Write it, in *tx*."""


class Step(Protocol):
    """What a job may do durably. Every verb takes a name; the nth use of it is one entry.

    Nothing happens before what a verb answers is awaited, which has to be before the job returns.
    """

    @overload
    def run(
        self,
        name: str,
        call: Callable[[*Args], Awaitable[T]],
        *args: *Args,
        retries: Retries | None = None,
        timeout: Duration | None = None,
        at_most_once: bool = False,
    ) -> Verb[T]:
        """Call a named module-level function, sync or async, with plain arguments, once.

        Answers what its journal entry decodes to. Raises StepFailed when it failed for good. A
        *timeout* ends an attempt, not the step; a sync function cannot be interrupted and goes on
        in its thread. With *at_most_once* it is never begun again: where it had begun and its
        process died, StepOutcomeUnknown is raised.
        """
        ...

    @overload
    def run(
        self,
        name: str,
        call: Callable[[*Args], T],
        *args: *Args,
        retries: Retries | None = None,
        timeout: Duration | None = None,
        at_most_once: bool = False,
    ) -> Verb[T]: ...

    def wait_for_event(
        self,
        name: str,
        *,
        timeout: Duration,
        expected: Sequence[str],
        opening: Opening | None = None,
        asked: Asked | None = None,
    ) -> Verb[Event | Silence]:
        """Park until an event *name* of an expected kind arrives, or the timeout passes.

        With an *opening* the wait is an approval: it takes no event that arrived earlier, and its
        answer is to what was *asked*, and to nothing else.
        """
        ...

    def wait_for_any(
        self, name: str, events: Mapping[str, Sequence[str]], *, timeout: Duration
    ) -> Verb[Event | Silence]:
        """Park until the first of several events, each with its expected kinds, or the timeout.

        The answer's `name` says which one; at a timeout it is *name*. The others are over then.
        """
        ...

    @overload
    def gather(
        self, name: str, c1: Verb[T1], /, *, return_exceptions: Literal[False] = False
    ) -> Verb[tuple[T1]]:
        """Do several things at once, and answer their results in order.

        A branch that waits lets the others go on; when none can, the run parks and any of its
        waits wakes it. If one fails, the waits of the others are over (their closing code runs),
        and the first error, in order, is raised when every branch has ended. The answer is a
        list; up to six are declared as a tuple, so that each has its own type. With
        *return_exceptions* no error ends another branch: each is answered in its place.
        """
        ...

    @overload
    def gather(
        self, name: str, c1: Verb[T1], c2: Verb[T2], /, *, return_exceptions: Literal[False] = False
    ) -> Verb[tuple[T1, T2]]: ...
    @overload
    def gather(
        self,
        name: str,
        c1: Verb[T1],
        c2: Verb[T2],
        c3: Verb[T3],
        /,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Verb[tuple[T1, T2, T3]]: ...
    @overload
    def gather(
        self,
        name: str,
        c1: Verb[T1],
        c2: Verb[T2],
        c3: Verb[T3],
        c4: Verb[T4],
        /,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Verb[tuple[T1, T2, T3, T4]]: ...
    @overload
    def gather(
        self,
        name: str,
        c1: Verb[T1],
        c2: Verb[T2],
        c3: Verb[T3],
        c4: Verb[T4],
        c5: Verb[T5],
        /,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Verb[tuple[T1, T2, T3, T4, T5]]: ...
    @overload
    def gather(
        self,
        name: str,
        c1: Verb[T1],
        c2: Verb[T2],
        c3: Verb[T3],
        c4: Verb[T4],
        c5: Verb[T5],
        c6: Verb[T6],
        /,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Verb[tuple[T1, T2, T3, T4, T5, T6]]: ...
    @overload
    def gather(
        self, name: str, *coroutines: Verb[T], return_exceptions: Literal[False] = False
    ) -> Verb[list[T]]: ...
    @overload
    def gather(
        self, name: str, c1: Verb[T1], /, *, return_exceptions: Literal[True]
    ) -> Verb[tuple[T1 | Exception]]: ...
    @overload
    def gather(
        self, name: str, c1: Verb[T1], c2: Verb[T2], /, *, return_exceptions: Literal[True]
    ) -> Verb[tuple[T1 | Exception, T2 | Exception]]: ...
    @overload
    def gather(
        self,
        name: str,
        c1: Verb[T1],
        c2: Verb[T2],
        c3: Verb[T3],
        /,
        *,
        return_exceptions: Literal[True],
    ) -> Verb[tuple[T1 | Exception, T2 | Exception, T3 | Exception]]: ...
    @overload
    def gather(
        self,
        name: str,
        c1: Verb[T1],
        c2: Verb[T2],
        c3: Verb[T3],
        c4: Verb[T4],
        /,
        *,
        return_exceptions: Literal[True],
    ) -> Verb[tuple[T1 | Exception, T2 | Exception, T3 | Exception, T4 | Exception]]: ...
    @overload
    def gather(
        self,
        name: str,
        c1: Verb[T1],
        c2: Verb[T2],
        c3: Verb[T3],
        c4: Verb[T4],
        c5: Verb[T5],
        /,
        *,
        return_exceptions: Literal[True],
    ) -> Verb[
        tuple[T1 | Exception, T2 | Exception, T3 | Exception, T4 | Exception, T5 | Exception]
    ]: ...
    @overload
    def gather(
        self,
        name: str,
        c1: Verb[T1],
        c2: Verb[T2],
        c3: Verb[T3],
        c4: Verb[T4],
        c5: Verb[T5],
        c6: Verb[T6],
        /,
        *,
        return_exceptions: Literal[True],
    ) -> Verb[
        tuple[
            T1 | Exception,
            T2 | Exception,
            T3 | Exception,
            T4 | Exception,
            T5 | Exception,
            T6 | Exception,
        ]
    ]: ...
    @overload
    def gather(
        self, name: str, *coroutines: Verb[T], return_exceptions: Literal[True]
    ) -> Verb[list[T | Exception]]: ...

    def first(self, name: str, /, **coroutines: Verb[T]) -> Verb[First[T]]:
        """Do several things at once until the first has ended; `match` the answer by its name.

        The others are given up: their waits, cards and runs end, and their closing code runs
        before this answers. Of two that end in one pass the one named first was it. A step under
        way is awaited, and its result kept. An error that comes first is raised.
        """
        ...

    def run_job(self, name: str, job: str, arguments: Given, *, timeout: Duration) -> Verb[Any]:
        """Start a run of another job, park until it has ended, and answer what it returned.

        Raises JobNotFound and InputRefused before anything is started, ChildFailed where the run
        failed, was cancelled, or did not end in time.
        """
        ...

    def sleep(self, name: str, length: Duration) -> Verb[None]:
        """Park for *length*."""
        ...

    def now(self) -> Verb[datetime]:
        """Answer the time (aware UTC), the same on every replay."""
        ...

    def uuid(self) -> Verb[UUID]:
        """Answer a random UUID (version 4), the same on every replay."""
        ...

    def random(self) -> Verb[float]:
        """Answer a random number from 0 up to 1, the same on every replay."""
        ...

    def patched(self, name: str) -> bool:
        """Whether this run takes the new way: False only where it had gone past this point before.

        The nth use of a name keeps its answer.
        """

    def is_first_time(self) -> bool:
        """Count one line of the log, and say whether no earlier pass has written it."""

    def to_await(self, verb: str, name: str | None, work: Verb[T]) -> Verb[T]:
        """Answer *work* of a verb that is made of others, to be awaited before the job returns."""
        ...


def checked_name(name: object) -> str:
    """Answer *name* if a step may be called so; raises StepMisused that says what may."""
    if isinstance(name, str) and NAME.fullmatch(name):
        return name
    raise StepMisused(
        f"{name!r:.80} cannot name a step: 1 to 128 ASCII letters, digits, spaces and _ . : / -,"
        " beginning with a letter or digit"
    )


def checked_kinds(expected: object) -> tuple[str, ...]:
    """Answer *expected* if it lists kinds of events; raises StepMisused that says what does."""
    if isinstance(expected, str) or not isinstance(expected, Sequence):
        raise StepMisused(f"expected={expected!r:.80} must be a list of kinds, like ['approved']")
    kinds = tuple(expected)
    if not 1 <= len(kinds) <= MOST_KINDS or len(set(kinds)) != len(kinds):
        raise StepMisused(f"expected= needs 1 to {MOST_KINDS} different kinds, not {len(kinds)}")
    for kind in kinds:
        if not isinstance(kind, str) or not KIND.fullmatch(kind) or kind == "timeout":
            raise StepMisused(
                f"expected= holds {kind!r:.80}: a kind is a lower-case word such as 'approved',"
                " and 'timeout' is what silence is called"
            )
    return kinds


def checked_events(events: object) -> dict[str, tuple[str, ...]]:
    """Answer events by name with their kinds; raises StepMisused where they are none."""
    if not isinstance(events, Mapping) or not 1 <= len(events) <= MOST_EVENTS:
        raise StepMisused(
            f"wait_for_any takes 1 to {MOST_EVENTS} events with their kinds, like"
            " {'decision': ['approved'], 'abort': ['now']}"
        )
    return {checked_name(name): checked_kinds(kinds) for name, kinds in events.items()}
