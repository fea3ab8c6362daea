"""The error tree of the rules and of the work.

HarborError                      everything here that is an error
├── ConfigurationError           a setting or a file that must be mended before the start
├── JobRefused                   a job whose definition cannot work
├── JobNotFound
├── RunNotFound
├── InputRefused                 a run's input that its job's model does not accept
├── PluginNotFound
├── ToolNotFound
├── ArgumentsRefused             arguments that a tool's own schema does not accept
├── StepMisused                  a verb called where or how it cannot be: a bad name, a bad call
│   ├── NestedStep               inside a step function
│   ├── StepNotAwaited           called, and not awaited before the job returned
│   ├── TruthRefused             a decision or an event was asked whether it is true
│   └── ConcurrentStep           beside another verb: fan-out is `gather`
├── Fenced                       somebody else owns the run now; nothing was written
└── StepFailed                   the only error a job meets from a step
    ├── NotSerializable          the step ran, but its result is no JSON
    ├── ResultMismatch           the step ran, but its result does not fit its annotation
    ├── ResultTooLarge           the step ran, but its result is too large to keep
    ├── ChildFailed              a run that this one waited for failed, was cancelled or is late
    └── StepOutcomeUnknown       it may begin once, has begun, and never said how it ended

ControlFlow (BaseException)      how a pass ends early; never an error, never caught by a job
├── Parked                       a wait is open: the pass is over, the run goes on later
├── Postponed                    a step will be tried again later
├── PassOver                     the pass has ended: the job caught one of these and went on
├── Blocked                      code and journal disagree: a person decides
└── RunCancelled                 raised at a wait or step so that closing code runs
"""

from collections.abc import Mapping
from typing import Any


class HarborError(Exception):
    """Everything that can go wrong here, with a message that says what to do next."""


class ConfigurationError(HarborError):
    """A setting or a file must be mended before Harbor can start."""


class JobRefused(HarborError):
    """A job's definition cannot work; the message names the job and the fault."""


class JobNotFound(HarborError):
    """No job has this name; the message lists those that exist."""


class RunNotFound(HarborError):
    """No run has this id."""


class InputRefused(HarborError):
    """A run's input does not fit its job's model.

    *problems* maps the name of a field ("" for the whole) to what is wrong with it.
    """

    def __init__(self, job: str, problems: dict[str, str]) -> None:
        self.problems = problems
        listed = "; ".join(f"{field or 'input'}: {problem}" for field, problem in problems.items())
        super().__init__(f"{job} does not accept this input: {listed}")


class KeyReused(HarborError):
    """The start key belongs to another run, of another job or with another input."""


class PluginNotFound(HarborError):
    """No plugin has this name; the message lists those that are configured."""


class ToolNotFound(HarborError):
    """A plugin has no tool of this name; the message lists those it has."""


class ArgumentsRefused(HarborError):
    """A tool's own schema refuses these arguments; nothing was sent."""


class StepMisused(HarborError):
    """A durable verb was called where it cannot be; the message says what to do instead."""


class NestedStep(StepMisused):
    """A durable verb was called inside a step function."""


class StepNotAwaited(StepMisused):
    """A job returned, and a durable verb that it had called was never awaited: nothing happened."""


class TruthRefused(StepMisused, TypeError):
    """A decision or an event has no truth; the message says how to ask what it is."""


class ConcurrentStep(StepMisused):
    """A durable verb was called beside another one, or from a task of the job's own."""


class Fenced(HarborError):
    """Another owner holds the run (its epoch moved on); the write did not happen."""


class StepFailed(HarborError):
    """A step ended without a result, and will not be tried again.

    Raised by a step function it means: final, do not retry. A job meets it, live and on replay
    alike, with *step* (``name#nth``), *kind* (the class name of what was raised) and the message.
    """

    def __init__(self, message: str, *, step: str = "", kind: str = "StepFailed") -> None:
        super().__init__(message)
        self.step = step
        self.kind = kind


class NotSerializable(StepFailed):
    """A value is not JSON, or would lose something as JSON; the message says the path to it."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message, kind="NotSerializable")
        self.path = path


class ResultMismatch(StepFailed):
    """What a step or a job returned does not fit its return annotation; it has run."""

    def __init__(self, message: str) -> None:
        super().__init__(message, kind="ResultMismatch")


class ResultTooLarge(StepFailed):
    """A step's result is larger than the journal keeps."""

    def __init__(self, message: str) -> None:
        super().__init__(message, kind="ResultTooLarge")


class StepOutcomeUnknown(StepFailed):
    """A step that may begin once has begun, and nobody knows whether it happened: look."""

    def __init__(self, message: str, *, step: str = "", kind: str = "StepOutcomeUnknown") -> None:
        super().__init__(message, step=step, kind=kind)


class ChildFailed(StepFailed):
    """A run that this one had started (*run_id*) ended without a result, or not in time.

    *kind* is that of its own error, ``cancelled``, or ``timeout``: then it is asked to end.
    """

    def __init__(self, message: str, *, step: str, kind: str, run_id: str) -> None:
        super().__init__(message, step=step, kind=kind)
        self.run_id = run_id


class ControlFlow(BaseException):
    """A pass ends early. Not an error: let it through.

    It derives from ``BaseException`` so that ``except Exception`` in a job does not swallow it.
    """


class Parked(ControlFlow):
    """The run waits. Nothing of it stays in memory; do not catch this, the run goes on later."""


class Postponed(ControlFlow):
    """The step failed and is tried again after a pause; do not catch this."""


class PassOver(ControlFlow):
    """The pass has ended, or what it did could not be stored: nothing more happens in it."""


class Blocked(ControlFlow):
    """The run cannot go on by itself; *reason* is shown to the person who decides what to do.

    *cause* says the same to programs: a ``code`` and what is needed to tell like from unlike.
    """

    def __init__(self, reason: str, cause: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


class RunCancelled(ControlFlow):
    """The run was cancelled, or a branch because another one failed.

    Closing code (``finally``) may still take steps, and wait.
    """
