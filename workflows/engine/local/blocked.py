"""Blocked: the runs that are set aside, by what has set them aside, so that one word does for all.

A cause is told in words that can be typed: what kind it is, and at which step or question of a job:
``question_changed:decision``.
"""

from collections import defaultdict
from typing import Any

from store import listing
from store.database import Tx
from store.listing import Blocked
from store.runs import Run
from workflows.engine.base import BlockedRuns, ChangedQuestion
from workflows.plain import loads


def by_cause(tx: Tx) -> list[BlockedRuns]:
    """Answer every blocked run, under what it is blocked by; the most runs first."""
    groups: defaultdict[tuple[str, str], list[Blocked]] = defaultdict(list)
    for run in listing.blocked(tx):
        groups[cause(run), run.job].append(run)
    found = [_group(name, members) for (name, _), members in groups.items()]
    return sorted(found, key=lambda group: (-len(group.runs), group.cause, group.job))


def cause(run: Blocked) -> str:
    """Answer what a run is blocked by."""
    kept = _kept(run)
    code = kept.get("code") or (run.blocked_reason or "").partition(":")[0]
    return ":".join(str(part) for part in (code, kept.get("name")) if part)


def changed(run: Blocked | Run) -> tuple[ChangedQuestion, ...]:
    """Answer the question that is another one in the code that has blocked a run."""
    match _kept(run):
        case {"code": "question_changed", "name": name, "asked": asked, "now": now}:
            return (ChangedQuestion(name, asked, now),)
        case _:
            return ()


def _group(name: str, members: list[Blocked]) -> BlockedRuns:
    """Answer a group; the difference, and the reason, are those of its first run."""
    first = members[0]
    ids = tuple(run.id for run in members)
    return BlockedRuns(name, first.job, ids, first.blocked_reason or "", changed(first))


def _kept(run: Blocked | Run) -> dict[str, Any]:
    try:
        found = loads(run.blocked_by or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
