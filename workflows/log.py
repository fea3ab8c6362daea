"""ctx.log: a job's own lines in Harbor's log, each once, not at every pass.

A line is written where the job says something for the first time; a pass that only goes the way of
an earlier one again is silent. Where a process dies in the middle, a line may come twice.
"""

import logging
from typing import Any, Protocol

from workflows.plain import plain

log = logging.getLogger(__name__)

LONGEST_REPR = 1_000


class Once(Protocol):
    """What tells a first pass from the later ones; any `workflows.step.Step` does."""

    def is_first_time(self) -> bool:
        """Count one line, and say whether no earlier pass has written it."""
        ...


class Log:
    """The log of one run. Facts are any values, by name; what looks like a secret is masked."""

    def __init__(self, once: Once, run_id: str, job: str) -> None:
        self._once = once
        self._of = {"run_id": run_id, "job": job}

    def debug(self, message: str, /, **facts: object) -> None:
        """Say what only somebody who looks for a fault wants to read."""
        self._say(logging.DEBUG, message, facts)

    def info(self, message: str, /, **facts: object) -> None:
        """Say what has happened."""
        self._say(logging.INFO, message, facts)

    def warning(self, message: str, /, **facts: object) -> None:
        """Say what somebody should look at."""
        self._say(logging.WARNING, message, facts)

    def error(self, message: str, /, **facts: object) -> None:
        """Say what has gone wrong."""
        self._say(logging.ERROR, message, facts)

    def exception(self, message: str, /, **facts: object) -> None:
        """Say what has gone wrong, with the traceback of the error that is being handled."""
        self._say(logging.ERROR, message, facts, with_traceback=True)

    def _say(
        self,
        level: int,
        message: str,
        facts: dict[str, object],
        *,
        with_traceback: bool = False,
    ) -> None:
        if self._once.is_first_time() and log.isEnabledFor(level):
            said = {self._named(name): _plain(value) for name, value in facts.items()} | self._of
            log.log(level, "%s", message, exc_info=with_traceback, extra={"facts": said})

    def _named(self, name: str) -> str:
        return f"{name}_" if name in self._of else name


def _plain(value: object) -> Any:
    """Answer a fact as JSON types: what is hidden in an object, the log could not mask."""
    try:
        return plain(value)
    except Exception:  # noqa: BLE001  a line of the log must not end the run
        return _shown(value)


def _shown(value: object) -> str:
    try:
        return repr(value)[:LONGEST_REPR]
    except Exception:  # noqa: BLE001  as above
        return f"<{type(value).__name__}>"
