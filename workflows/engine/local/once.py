"""Once: what the entry of a step keeps that may begin at most once.

Which function was called is kept in the entry, so that what a person says of its result can be
read by its annotation. An entry that failed says that it was of this kind: an error of a step's
own does not prove that nothing happened.
"""

from collections.abc import Callable
from typing import Any

from store.journal import Entry
from store.tables import EntryKind, EntryStatus
from workflows.errors import StepOutcomeUnknown
from workflows.plain import dumps, loads

ONCE = "once"
MAY_BEGIN = "may_begin"


def begun(call: Callable[..., Any]) -> str:
    """Answer the value of an entry whose step is about to begin."""
    return dumps({ONCE: f"{call.__module__}:{call.__qualname__}"})


def failed(before: str | None, failure: str) -> str:
    """Answer the value of an entry that has failed, which was *before* when the step began."""
    return dumps({**loads(failure), ONCE: _kept(before)})


def called(entry: Entry) -> str | None:
    """Answer the function that was called, as ``module:name``; None: an older version's entry."""
    found = _value(entry.value).get(ONCE)
    return found if isinstance(found, str) else None


def may_begin(entry: Entry) -> str:
    """Answer the value of an entry of which a person has said that nothing happened."""
    return dumps({**_value(entry.value), MAY_BEGIN: True})


def has_begun(entry: Entry) -> bool:
    """Whether a step whose entry was superseded has begun, and nobody said that it did not."""
    return MAY_BEGIN not in _value(entry.value)


def is_unknown(entry: Entry) -> bool:
    """Whether nobody knows whether a step happened, which may begin once."""
    if entry.kind is not EntryKind.STEP:
        return False
    if entry.status is EntryStatus.STARTED:
        return True
    value = _value(entry.value)
    is_once = ONCE in value or value.get("kind") == StepOutcomeUnknown.__name__
    return entry.status is EntryStatus.FAILED and is_once


def _kept(before: str | None) -> Any:
    return _value(before).get(ONCE)


def _value(text: str | None) -> dict[str, Any]:
    value = loads(text) if text else {}
    return value if isinstance(value, dict) else {}
