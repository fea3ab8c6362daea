"""Saying: whether what a person says that a step answered can be what its function returns."""

import sys
from collections.abc import Callable
from typing import Any

from store import runs
from store.database import Database, Tx
from store.journal import Entry
from workflows import results
from workflows.engine.base import NotRetried, Objection, Retry
from workflows.engine.local.once import called
from workflows.engine.local.retrying import RETRIED, standing
from workflows.results import Unkept

MISFIT = "it does not fit what {} says that it returns: {}"


async def misfit(db: Database, run_id: str, how: Retry) -> NotRetried | None:
    """Say what of a result does not fit; None: it does, or no code is here to judge it by."""
    if not how.happened or how.result is None:
        return None
    entry = await db.read(_meant, run_id, how.step)
    function = None if entry is None else _function(called(entry) or "")
    if function is None:
        return None
    try:
        results.of(function).read(how.result)
    except Unkept:
        return None
    except ValueError as error:
        detail = MISFIT.format(function.__qualname__, error)
        return NotRetried(Objection.INVALID, detail, where="result")
    return None


def _meant(tx: Tx, run_id: str, step: str | None) -> Entry | None:
    """Answer the step that a word is about, if it is about one."""
    run = runs.get(tx, run_id)
    if run is None or run.status not in RETRIED:
        return None
    found = [
        entry
        for each in standing(tx, run).all()
        for entry in each.unknown
        if step in {None, each.label(entry)}
    ]
    return found[0] if len(found) == 1 else None


def _function(name: str) -> Callable[..., Any] | None:
    """Answer the function of this name, of a module that is loaded; None: there is none."""
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return found if callable(found) else None
