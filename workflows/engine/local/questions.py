"""Questions that have changed: what a retry would make of them, and what people are told of both.

Before a person's retry is taken, today's code is rehearsed over the run's journal: so whoever
retries hears at once that something else is asked now. What is then said holds for the questions
that the rehearsal has met, and for no other.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from store import gates, journal, parked
from store.database import Database, Tx
from store.journal import Entry
from store.tables import EntryStatus, RunStatus
from workflows.approvals.digest import question_of
from workflows.clock import Clock
from workflows.engine.base import ChangedQuestion, NotRetried, Objection, Retry
from workflows.engine.local import rehearsal
from workflows.engine.local.accepted import Accepted, Every
from workflows.engine.local.aftermath import DEEDS, aftermath
from workflows.engine.local.outcome import Broken
from workflows.plain import dumps
from workflows.registry import Registry

log = logging.getLogger(__name__)

LONGEST_PART = 2_000  # characters of one part of a question, where both are told
LONGEST_S = 5.0  # that a rehearsal may take: what it does not say, the pass itself will
CHANGED = "question_changed"
FORGOTTEN = frozenset({"labels", "channel"})  # which the author named, and which we filled in


async def said(
    db: Database, registry: Registry, clock: Clock, run_id: str, how: Retry
) -> Accepted | NotRetried:
    """Answer what a retry, said like this, says of the questions that have changed."""
    run = await db.read(parked.one, run_id)
    if run is None or run.status not in {RunStatus.BLOCKED, RunStatus.FAILED}:
        return Accepted()
    entries = _as_retried(run, await db.read(journal.load, run_id))
    every = Every.AGAIN if how.ask_again else Every.STANDS if how.answers_stand else Every.NONE
    accepted = Accepted(max((entry.seq for entry in entries), default=0), every=every)
    found = await _rehearsed(rehearsal.passed(registry, clock, run, entries, accepted))
    if found is None:
        return Accepted()
    if isinstance(found.outcome, Broken) and found.outcome.cause is not None:
        cause = await db.read(told, run_id, found.outcome.cause)
        if (objection := _objection(cause, found.outcome.error or "")) is not None:
            return objection
    return _word(entries, found)


async def _rehearsed(
    passing: Coroutine[Any, Any, rehearsal.Passed],
) -> rehearsal.Passed | None:
    """Answer how a rehearsal ended; None: it did not, or the job cannot be called.

    In a task of its own, as every pass: the job's code may do what it likes to that. Whatever it
    does here, it does again in the pass that follows, and people are told then.
    """
    task = asyncio.create_task(passing)
    await asyncio.wait({task}, timeout=LONGEST_S)
    if not task.done():
        task.cancel()
        return None
    if task.cancelled() or task.exception() is not None:
        log.info("a rehearsal before a retry ended without a word")
        return None
    return task.result()


def told(tx: Tx, run_id: str, cause: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the cause of a block as it is kept: with what was asked beside what is asked now."""
    if cause.get("code") != CHANGED:
        return dict(cause)
    gate = gates.of_wait(tx, run_id, cause["wait"], cause["nth"])
    asked = {} if gate is None else question_of(gate.card, gate.policy).told()
    return {**cause, "asked": in_words(asked, cause["now"]), "now": in_words(cause["now"], asked)}


def in_words(parts: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Answer the title of a question and those parts of it that are not so in the *other* one."""
    differing = [name for name in parts if other.get(name) != parts[name]]
    # What a stored question has forgotten is told only where nothing else explains it.
    telling = [name for name in differing if name not in FORGOTTEN] or differing
    shown = ["title", *(name for name in telling if name != "title")]
    return "; ".join(_part(name, parts[name]) for name in shown if name in parts)


def _part(name: str, part: Any) -> str:
    text = part if isinstance(part, str) else dumps(part)
    if len(text) > LONGEST_PART:
        text = f"{text[:LONGEST_PART]}… (shortened: it has {len(text)} characters)"
    return text if name == "title" else f"{name}: {text}"


def _as_retried(run: parked.Parked, entries: list[Entry]) -> list[Entry]:
    """Answer the journal as a retry leaves it: what had failed, or was given up, is done again."""
    if run.status is not RunStatus.FAILED:
        return entries
    after = aftermath(entries, run.failed_seq)
    again = {entry.seq for entry in (*after.given_up, *after.noted)}
    again |= {e.seq for e in entries if e.seq == run.failed_seq and e.kind in DEEDS}
    superseded = EntryStatus.SUPERSEDED
    return [e._replace(status=superseded) if e.seq in again else e for e in entries]


def _objection(cause: Mapping[str, Any], reason: str) -> NotRetried | None:
    match cause.get("code"):
        case "question_changed":
            changed = ChangedQuestion(cause["name"], cause["asked"], cause["now"])
            return NotRetried(Objection.QUESTION_CHANGED, reason, questions=(changed,))
        case "acted_on":
            return NotRetried(Objection.ACTED_ON, reason, steps=tuple(cause["done"]))
        case _:
            return None


def _word(entries: list[Entry], found: rehearsal.Passed) -> Accepted:
    places = {(entry.name, entry.nth): entry.seq for entry in entries}
    again = frozenset(places[key] for key in found.asked_again)
    return Accepted(again=again, stand=found.restated)
