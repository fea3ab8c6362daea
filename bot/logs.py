"""Logs: one format, bounded values, no secrets; `run_id` and `gate_id` where they are known."""

import logging
import re
import sys
import traceback
from collections import Counter
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from workflows.faults import is_odd, told

LONGEST_VALUE = 1_000
AGAIN_S = 60.0
SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|Bearer\s+\S+|https://hooks\.slack\.com/\S+|lin_api_\w+|hbr_\w+"
)
SECRET_NAMES = re.compile(r"token|secret|password|authorization|cookie|api_key", re.IGNORECASE)
MASK = "[secret]"
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LINES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Errors(logging.Handler):
    """Counts what is logged as an error, by logger, since the start of the process."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count it."""
        self.seen[record.name] += 1


class Seldom(logging.Filter):
    """Lets asyncio say once a minute that it cannot accept connections.

    Without descriptors it says so for each of a hundred that wait, with a traceback, once a second:
    enough to fill the pipe of whoever reads the log, and stop there.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told = -AGAIN_S

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is time for *record*."""
        if not record.getMessage().startswith("socket.accept()"):
            return True
        is_time = record.created - self._told >= AGAIN_S
        if is_time:
            self._told = record.created
        return is_time


ERRORS = Errors()
SELDOM = Seldom()


def configure(log_format: Literal["console", "json"]) -> None:
    """Send everything that is logged to standard error, in one format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_traceback),
        with_facts,
        clean,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if log_format == "console"
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler, ERRORS]
    root.setLevel(logging.INFO)
    # A log that cannot be written must not stop a decision.
    logging.raiseExceptions = False
    for noisy in (
        "httpx",
        "httpx2",
        "mcp",
        "apscheduler",
        "aiohttp.access",
        "alembic",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("asyncio").addFilter(SELDOM)
    # Its warnings are of the start, and of requests that the door speaks of itself.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)


def _traceback(exc_info: ExcInfo) -> str:
    """Answer the traceback, of errors that are odd a part: it has to have an end."""
    error = told(exc_info[1]) if is_odd(exc_info[1]) else exc_info[1]
    return "".join(traceback.format_exception(error)).rstrip("\n")


def with_facts(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Put what a job has said with a line beside it; a name that is taken already gets a ``_``."""
    facts = getattr(event.get("_record"), "facts", {})
    taken = event.keys() - {"run_id", "job"}
    return {**event, **{f"{n}_" if n in taken else n: value for n, value in facts.items()}}


def clean(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Cut long values, escape control characters, and mask what looks like a secret."""
    return {_name(name): _clean(name, value) for name, value in event.items()}


def _clean(name: str, value: Any) -> Any:
    """Clean a value and, where it is a collection, what it holds."""
    if SECRET_NAMES.search(name):
        return MASK
    match value:
        case str():
            # Only a traceback has lines; it is longer than any value, and its end says most.
            return _line(value, LINES, 3) if name == "exception" else _line(value, CONTROLS, 1)
        case dict():
            return {_name(str(key)): _clean(str(key), each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(name, each) for each in value]
        case _:
            return value


def _name(name: str) -> str:
    return name if name.isidentifier() else _line(name, CONTROLS, 1)


def _line(value: str, unwanted: re.Pattern[str], parts: int) -> str:
    shown = unwanted.sub(lambda found: f"\\x{ord(found[0]):02x}", SECRETS.sub(MASK, value))
    longest = parts * LONGEST_VALUE
    return shown if len(shown) <= longest else f"{shown[: longest // 2]} … {shown[-longest // 2 :]}"
