"""advance: one pass. The job's function is called over its journal, and an outcome comes back."""

import asyncio
import logging

from pydantic import BaseModel

from store.tables import RunStatus
from workflows.context import Context
from workflows.engine.local.calling import LARGEST_RESULT
from workflows.engine.local.outcome import Broken, Done, Outcome
from workflows.engine.local.progress import Progress
from workflows.engine.local.scope import Scope
from workflows.errors import (
    ControlFlow,
    HarborError,
    InputRefused,
    NotSerializable,
    RunCancelled,
    StepFailed,
)
from workflows.plain import dumps, plain
from workflows.registry import Job

log = logging.getLogger(__name__)


async def advance(job: Job, stored_input: str, context: Context, progress: Progress) -> Outcome:
    """Call *job* and say how the pass ended. Raises nothing of the job's own.

    Fenced, NotStored and Stopped mean that the pass has ended without a word.
    """
    try:
        arguments = job.read(stored_input)
    except InputRefused as error:
        return Broken(RunStatus.BLOCKED, f"input: {error}; the job's model has changed")
    except ValueError:
        return Broken(RunStatus.BLOCKED, "corrupt: its input is no JSON any more")
    outcome = await _outcome(job, arguments, context, progress)
    if isinstance(outcome, Done | Broken) and not _is_blocked(outcome):
        progress.let_go()
    progress.writes.passed_over = progress.journal.passed_over()
    return outcome


async def _outcome(job: Job, arguments: BaseModel, context: Context, progress: Progress) -> Outcome:
    try:
        async with Scope(progress.run.run_id):
            result = await job.function(context, arguments)
    except Exception as error:  # noqa: BLE001  the job's own failure is data
        return _swallowed(progress) or _failed(error, progress)
    except RunCancelled:
        return _ending(progress) or Broken(RunStatus.CANCELLED)
    except ControlFlow:
        # What the first signal said: closing code may have met a second one on its way out.
        if progress.has_swallowed:
            return SWALLOWED
        if ending := _ending(progress):
            return ending
        raise
    return _swallowed(progress) or _returned(job, result)


def _is_blocked(outcome: Outcome) -> bool:
    return isinstance(outcome, Broken) and outcome.status is RunStatus.BLOCKED


def _ending(progress: Progress) -> Outcome | None:
    """Answer how the pass ended by itself, if it did. Raises why it could not be written down."""
    if progress.is_stopped:
        # Whatever the job has made of it: the run goes on in another process.
        raise asyncio.CancelledError
    if progress.lost is not None:
        raise progress.lost
    return progress.ending


def _swallowed(progress: Progress) -> Outcome | None:
    """Say that the job caught its own parking, if it did: it went on as if nobody had to answer."""
    ending = _ending(progress)
    if ending is None or isinstance(ending, Broken):
        return ending
    return SWALLOWED


def _failed(error: Exception, progress: Progress) -> Broken:
    if not isinstance(error, HarborError):
        log.warning("the job raised %s", type(error).__name__, exc_info=error)
    cause = _step_failure(error)
    kind = cause.kind if isinstance(error, StepFailed) and cause else type(error).__name__
    step = cause.step if cause else ""
    return Broken(RunStatus.FAILED, _error(kind, str(error), step), progress.failures.get(step))


def _step_failure(error: BaseException | None) -> StepFailed | None:
    """Answer the failed step behind an error, if there is one."""
    while error is not None and not (isinstance(error, StepFailed) and error.step):
        error = error.__cause__ or error.__context__
    return error


def _returned(job: Job, result: object) -> Outcome:
    try:
        text = dumps(plain(result))
    except NotSerializable as error:
        return Broken(RunStatus.FAILED, _error(error.kind, f"what {job.name} returned: {error}"))
    if len(text) > LARGEST_RESULT:
        message = f"{job.name} returned {len(text)} characters of JSON; {LARGEST_RESULT} are kept"
        return Broken(RunStatus.FAILED, _error("ResultTooLarge", message))
    return Done(text)


def _error(kind: str, message: str, step: str = "") -> str:
    text = message.encode(errors="replace").decode()[:2_000]
    return dumps({"kind": kind, "message": text, "step": step or None})


SWALLOWED = Broken(
    RunStatus.FAILED,
    _error(
        "SuspendSwallowed",
        "the job caught the signal that parks it; let BaseException through (a bare `except:`"
        " or `except BaseException` must end in `raise`)",
    ),
)
