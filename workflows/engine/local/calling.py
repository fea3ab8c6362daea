"""Calling a step function: what came of it, as the status and the value of a journal entry."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from store.tables import EntryStatus
from workflows.duration import Duration, duration
from workflows.engine.local.calls import Call, Failure, StepTimedOut
from workflows.errors import (
    ChildFailed,
    NotSerializable,
    ResultTooLarge,
    StepFailed,
    StepMisused,
    StepOutcomeUnknown,
)
from workflows.failpoint import Killed, failpoint
from workflows.plain import dumps, loads
from workflows.results import PLAIN, Returned
from workflows.step import CurrentStep, Retries, entered

LARGEST_RESULT = 1024 * 1024  # characters of JSON
LONGEST_PAUSE_S = 3_600.0
RETRIES = Retries()
ONCE = Retries(attempts=1)
SHORTEST_TIMEOUT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a step function is called: how often, how long it may take (None: as long as it does).

    *returned* is how what it returns is kept.
    """

    retries: Retries = RETRIES
    timeout: timedelta | None = None
    at_most_once: bool = False
    returned: Returned = PLAIN


class Result(NamedTuple):
    """What came of one attempt. *again_in* is the pause before the next one."""

    status: EntryStatus
    value: str
    again_in: timedelta = timedelta()


ORDINARY = Manner()


def manner(
    name: str,
    retries: Retries | None,
    timeout: Duration | None,
    returned: Returned = PLAIN,
    *,
    at_most_once: bool,
) -> Manner:
    """Check how a step is to be called. Raises StepMisused naming the argument."""
    if retries is None and timeout is None and not at_most_once:
        return ORDINARY if returned is PLAIN else Manner(returned=returned)
    if retries is not None and not isinstance(retries, Retries):
        raise StepMisused(f"the step {name!r} takes retries=Retries(…), not {retries!r:.80}")
    if at_most_once and retries is not None and retries.attempts > 1:
        raise StepMisused(
            f"the step {name!r} is at_most_once: it cannot be tried {retries.attempts} times;"
            " leave retries= out"
        )
    limit = None if timeout is None else duration(timeout, "timeout", SHORTEST_TIMEOUT)
    return Manner(ONCE if at_most_once else retries or RETRIES, limit, at_most_once, returned)


def check_call(name: str, call: object) -> None:
    """Refuse what has no name to find it by: a step function is a function of a module."""
    if not callable(call) or "<" in getattr(call, "__qualname__", "<"):
        raise StepMisused(
            f"the step {name!r} needs a named function of a module, with plain arguments; not a"
            " lambda, a nested function or the result of a call"
        )


async def attempt(
    name: str, step: CurrentStep, call: Call, args: tuple[Any, ...], how: Manner
) -> Result:
    """Call the step function once. Whatever comes of it is its result.

    Only the end of the pass from outside (CancelledError) is raised here.
    """
    try:
        with entered(step):
            failpoint("step:before-effect")
            ended = await call.made(args, how.timeout, partial(_encoded, name, how.returned))
    except StepTimedOut as late:
        failure = Failure.of(_meant(name, late, how))
    else:
        if ended.failure is None:
            return _passed(Result(EntryStatus.DONE, ended.text))
        failure = ended.failure
    if failure.has_died:
        raise Killed
    if failure.is_final or step.attempt >= how.retries.attempts:
        return _passed(_failed(failure))
    return _passed(_again(failure, how.retries.pause(step.attempt)))


def unknown(name: str) -> Result:
    """Answer what is known of a step that may begin once and has: nothing."""
    error = StepOutcomeUnknown(
        f"the step {name!r} had begun when its process ended, and may be begun at most once:"
        " look whether it happened"
    )
    return _failed(Failure.of(error))


def raised(step: str, failure: Mapping[str, Any]) -> StepFailed:
    """Answer the error that a failed entry stands for."""
    if "run_id" in failure:
        kind, run_id = failure["kind"], failure["run_id"]
        return ChildFailed(failure["message"], step=step, kind=kind, run_id=run_id)
    error = StepOutcomeUnknown if failure["kind"] == StepOutcomeUnknown.__name__ else StepFailed
    return error(failure["message"], step=step, kind=failure["kind"])


def time_left(value: Mapping[str, Any] | None, now: datetime) -> timedelta:
    """Answer how long until a step is to be tried again; zero: now."""
    again_at = (value or {}).get("again_at")
    if again_at is None:
        return timedelta()
    return max(datetime.fromisoformat(again_at) - now, timedelta())


def to_try_again(result: Result, now: datetime) -> str:
    """Answer the value of an entry whose step is tried again, with the time of it."""
    return dumps({**loads(result.value), "again_at": (now + result.again_in).isoformat()})


def _encoded(name: str, returned: Returned, value: Any) -> str:
    try:
        text = returned.write(value)
    except NotSerializable as error:
        if inspect.isawaitable(value):
            message = f"the step {name!r} returned something that was not awaited"
            raise NotSerializable(message) from error
        raise
    if len(text) > LARGEST_RESULT:
        raise ResultTooLarge(
            f"the step {name!r} returned {len(text)} characters of JSON; {LARGEST_RESULT} are kept:"
            " store it elsewhere and return where"
        )
    return text


def _meant(name: str, late: StepTimedOut, how: Manner) -> Exception:
    """Answer what a timeout means: of a step that may begin once, that nobody knows its end."""
    if not how.at_most_once:
        return late
    return StepOutcomeUnknown(
        f"the step {name!r} {late}, and may be begun at most once: look whether it happened"
    )


def _passed(result: Result) -> Result:
    failpoint("step:after-effect")
    return result


def _failed(failure: Failure) -> Result:
    return Result(EntryStatus.FAILED, _value(failure))


def _again(failure: Failure, pause: timedelta) -> Result:
    asked = timedelta(seconds=min(max(failure.retry_after, 0.0), LONGEST_PAUSE_S))
    return Result(EntryStatus.RETRYING, _value(failure), max(pause, asked))


def _value(failure: Failure) -> str:
    return dumps({"kind": failure.kind, "message": failure.message})
