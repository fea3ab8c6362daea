"""Verbs: what a job has called and has yet to await. Nothing happens before it is awaited."""

import inspect
from collections.abc import Coroutine, Sequence
from typing import Any

from workflows.errors import StepNotAwaited

Work = Coroutine[Any, Any, Any]
# A verb, its name, and the coroutines that it was given to run. Plain: every verb has one.
Called = tuple[str, str | None, Work, Sequence[object]]


class Verbs:
    """The verbs that one pass has called and that are not under way yet."""

    def __init__(self) -> None:
        self._called: dict[int, Called] = {}

    def called(self, verb: str, name: str | None, work: Work, given: Sequence[object] = ()) -> None:
        """Remember *work* until it has begun; what it was *given* is its own to begin."""
        waiting = self._called
        # Nearly always it is the one before, which is over: what waits for longer is rare, and
        # is met again when all that was called after it has begun.
        while waiting:
            key, last = waiting.popitem()
            if not has_begun(last[2]):
                waiting[key] = last
                break
        for each in given:
            waiting.pop(id(each), None)
        waiting[id(work)] = (verb, name, work, given)

    def not_awaited(self) -> StepNotAwaited | None:
        """Answer the error of a job that has returned now, if it has forgotten a verb."""
        forgotten = [
            f"ctx.{verb}({'' if name is None else repr(name)})"
            for verb, name, work, _ in self._called.values()
            if not has_begun(work)
        ]
        if not forgotten:
            return None
        return StepNotAwaited(
            f"the job returned and had called, but not awaited, {', '.join(forgotten)}: nothing of"
            " it has happened; write `await` before it, or take it out"
        )

    def close(self) -> None:
        """Let go of what nobody awaits any more; the interpreter would warn of it."""
        for _, _, called, given in self._called.values():
            for work in (called, *given):
                if inspect.iscoroutine(work) and not has_begun(work):
                    work.close()
        self._called.clear()


def has_begun(work: Any) -> bool:
    """Whether a coroutine is under way, or over."""
    return work.cr_running or work.cr_suspended or work.cr_frame is None
