"""advance: one pass. The job's function is called over its journal, and an outcome comes back."""

import asyncio
import logging
from contextlib import suppress

from pydantic import BaseModel

from store.tables import RunStatus
from workflows.context import Context
from workflows.engine.local import answers
from workflows.engine.local.branches import beside
from workflows.engine.local.calling import LARGEST_RESULT
from workflows.engine.local.outcome import Broken, Done, Later, Outcome, Waiting, Writes
from workflows.engine.local.progress import Progress
from workflows.engine.local.scope import Scope
from workflows.errors import (
    Blocked,
    ControlFlow,
    HarborError,
    InputRefused,
    RunCancelled,
    StepFailed,
    StepMisused,
)
from workflows.failpoint import Killed
from workflows.faults import explicit, kind, members_of, told, words
from workflows.plain import dumps
from workflows.registry import Job

log = logging.getLogger(__name__)

PASSED_OVER = "no longer in the code"


async def advance(job: Job, stored_input: str, context: Context, progress: Progress) -> Outcome:
    """Call *job* and say how the pass ended. Raises nothing of the job's own.

    Fenced, NotStored and Stopped mean that the pass has ended without a word.
    """
    try:
        arguments, progress.writes.input = job.complete(stored_input)
    except InputRefused as error:
        return Broken(RunStatus.BLOCKED, f"input: {error}; the job's model has changed")
    except ValueError:
        return Broken(RunStatus.BLOCKED, "corrupt: its input is no JSON any more")
    except BaseException as error:  # noqa: BLE001  a validator of the author's
        return Broken(RunStatus.BLOCKED, f"input: its model raised {kind(error)}: {words(error)}")
    try:
        outcome = await _outcome(job, arguments, context, progress)
    finally:
        progress.verbs.close()
    if isinstance(outcome, Done | Broken) and not _is_blocked(outcome):
        outcome = progress.to_be_told(outcome)
    if isinstance(outcome, Done | Broken) and not _is_blocked(outcome):
        progress.let_go()
    if isinstance(outcome, Waiting | Later):
        outcome = _moved(progress) or outcome
    if _is_blocked(outcome) and not progress.has_acted:
        # What was reached beside what has changed was reached by code that may not stay.
        progress.writes = Writes()
    progress.writes.notes = _notes(progress)
    return outcome


async def _outcome(job: Job, arguments: BaseModel, context: Context, progress: Progress) -> Outcome:
    try:
        async with Scope(progress.run.run_id) as scope:
            context.given(arguments)
            result = await job.function(context, arguments)
            # Before a task of its own that has not begun it is cancelled.
            forgotten = progress.verbs.not_awaited() or scope.unheard()
    except Killed:
        raise
    except BaseException as error:  # noqa: BLE001  whatever the job raises is its failure
        await _own_task_again(progress)
        return _raised(error, progress)
    await _own_task_again(progress)
    if forgotten is not None:
        return _raised(forgotten, progress)
    return _swallowed(progress) or _returned(job, result)


async def _own_task_again(progress: Progress) -> None:
    """Take back what the job has asked of its task: what is still to be done in it is ours."""
    task = asyncio.current_task()
    if task is None or not task.cancelling() or progress.is_stopped:
        return
    while task.cancelling():
        task.uncancel()
    with suppress(asyncio.CancelledError):  # asked for, and not raised so far
        await asyncio.sleep(0)


def _raised(error: BaseException, progress: Progress) -> Outcome:
    """Say what an error or a signal that came out of the job means."""
    if isinstance(error, ControlFlow):
        return _signalled(error, progress)
    inner = list(members_of(error))
    signals = [each for each in inner if isinstance(each, ControlFlow)]
    if signals:
        return _grouped(signals, progress)
    # An author who asks for several things at once, in asyncio's way, is told of ours.
    misuse = next((each for each in inner if isinstance(each, StepMisused)), error)
    return _swallowed(progress) or _failed(misuse, progress)


def _signalled(signal: ControlFlow, progress: Progress) -> Outcome:
    # What the first signal said: closing code may have met a second one on its way out.
    if isinstance(signal, RunCancelled):
        return _ending(progress) or Broken(RunStatus.CANCELLED)
    if progress.has_swallowed:
        return SWALLOWED
    return _ending(progress) or _failed(signal, progress)


def _grouped(signals: list[ControlFlow], progress: Progress) -> Outcome:
    """Say what it means that an `asyncio.TaskGroup` has wrapped a signal of ours."""
    ending = _ending(progress)
    if isinstance(ending, Broken):
        return ending
    if ending is None and any(isinstance(each, RunCancelled) for each in signals):
        return Broken(RunStatus.CANCELLED)
    return _failed(beside("a step or wait"), progress)


def _moved(progress: Progress) -> Outcome | None:
    """Say that something is asked anew that has been asked in another place, if it is."""
    try:
        answers.of_new_waits(progress)
    except Blocked:
        progress.writes = progress.writes.without_waits()
        return progress.ending
    return None


def _notes(progress: Progress) -> list[tuple[str, str]]:
    """Answer what people should know of the code that this pass met."""
    passed_over = progress.journal.passed_over()
    if not passed_over and not progress.notes:
        return []  # nearly always
    notes = {**progress.notes, PASSED_OVER: passed_over}
    return [(what, ", ".join(steps)) for what, steps in notes.items() if steps]


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


def _failed(error: BaseException, progress: Progress) -> Broken:
    if not isinstance(error, HarborError):
        log.warning("the job raised %s", kind(error), exc_info=told(error))
    chain = explicit(error)
    step = next((each for each in chain if isinstance(each, StepFailed) and _step(each)), None)
    named = step.kind if step is not None and step is error else kind(error)
    described = _error(named, words(error), _step(step) if step else "")
    return Broken(RunStatus.FAILED, described, progress.cause(chain))


def _step(failure: StepFailed) -> str:
    return vars(failure).get("step") or ""


def _returned(job: Job, result: object) -> Outcome:
    try:
        text = job.returned.write(result)
    except StepFailed as error:
        return Broken(RunStatus.FAILED, _error(error.kind, f"what {job.name} returned: {error}"))
    except BaseException as error:  # noqa: BLE001  a serializer of the author's
        message = f"what {job.name} returned cannot be written down: {words(error)}"
        return Broken(RunStatus.FAILED, _error(kind(error), message))
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
