"""Retrying: blocked or failed ▶ ready, by a person's word, which is judged here and put on record.

A run that failed goes on at the step whose failure ended it, with everything before it as it was.
"""

from collections.abc import Mapping

from store import audit, cards, children, gates, journal, runs
from store.database import Topic, Tx
from store.tables import RunStatus
from workflows.engine.base import RETRY, Done, NotDone, NotRetried, Retry
from workflows.engine.local.accepted import Accepted
from workflows.plain import dumps

NONDETERMINISM = "nondeterminism:"
NOTHING_CHANGED = Accepted()
RETRIED = frozenset({RunStatus.BLOCKED, RunStatus.FAILED})


def retry(
    tx: Tx,
    run_id: str,
    *,
    by: str,
    via: str,
    how: Retry = RETRY,
    changed: Accepted | NotRetried = NOTHING_CHANGED,
) -> Done | NotDone | NotRetried:
    """blocked or failed ▶ ready. A failed run goes on at the step whose failure ended it.

    Where that was waiting for another run, which failed, so does that one. *changed*: what *how*
    says of the questions that are others in today's code, or why that is not enough.
    """
    run = runs.get(tx, run_id)
    if run is None:
        return NotDone.UNKNOWN_RUN
    if run.status not in RETRIED:
        return NotDone.NOTHING_TO_RETRY
    if run.pruned_at is not None:
        return NotDone.PRUNED
    if (refused := _objection(tx, run, how)) is not None:
        return _refuse(tx, run, by, via, how, refused)
    if isinstance(changed, NotRetried):
        return _refuse(tx, run, by, via, how, changed)
    _revive(tx, run, by, via, changed)
    _let_stand(tx, run, by, how.note or "", changed.stand)
    _note(tx, run, by, via, "done", how)
    tx.announce(Topic.READY)
    tx.announce(Topic.HOME)
    return Done(RunStatus.READY)


def _objection(tx: Tx, run: runs.Run, how: Retry) -> NotRetried | None:
    """Answer why this run is not retried with nothing more said than *how*; None: it is."""
    return None


def _refuse(tx: Tx, run: runs.Run, by: str, via: str, how: Retry, why: NotRetried) -> NotRetried:
    _note(tx, run, by, via, f"refused:{why.why.value}", how)
    return why


def _let_stand(tx: Tx, run: runs.Run, by: str, note: str, stand: Mapping[int, str]) -> None:
    """Put on record, and on the cards, whose word lets answers count for other questions."""
    for entry in journal.load(tx, run.id) if stand else ():
        if entry.seq in stand:
            gates.stand(tx, run.id, entry.name, entry.nth, by, note)


def _revive(tx: Tx, run: runs.Run, by: str, via: str, changed: Accepted) -> None:
    runs.revive(tx, run.id, accepted_seq=_accepted(tx, run), accepted_answers=changed.dumped())
    if run.failed_seq is not None:
        if child := children.failed_at(tx, run.id, run.failed_seq):
            retry(tx, child, by=by, via=via)
        journal.supersede(tx, run.id, run.failed_seq)
    if run.status is RunStatus.FAILED and run.cancel_requested_at is None:
        # Given up because another branch had failed: they are opened again.
        journal.supersede_cancelled(tx, run.id)
    cards.redraw_run(tx, run.id)


def _accepted(tx: Tx, run: runs.Run) -> int | None:
    """Answer up to where a person accepts that the code differs: all of it, by retrying."""
    if run.blocked_reason is None or not run.blocked_reason.startswith(NONDETERMINISM):
        return run.accepted_seq
    return journal.last_seq(tx, run.id)


def _note(tx: Tx, run: runs.Run, by: str, via: str, outcome: str, how: Retry) -> None:
    said = _said(how)
    audit.append(
        tx,
        actor=by,
        via=via,
        action="retry",
        outcome=outcome,
        run_id=run.id,
        detail=dumps(said) if said else None,
    )


def _said(how: Retry) -> dict[str, object]:
    """Answer what was said with a retry, but for a result: it may be anybody's business."""
    given = {
        "ask_again": how.ask_again or None,
        "answers_stand": how.answers_stand or None,
        "note": how.note,
        "happened": how.happened,
        "step": how.step,
    }
    return {name: value for name, value in given.items() if value is not None}
