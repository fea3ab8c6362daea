"""Retrying: blocked or failed ▶ ready, by a person's word, which is judged here and put on record.

A run that failed goes on at the step whose failure ended it, with everything before it as it was.
"""

from store import audit, cards, children, journal, runs
from store.database import Topic, Tx
from store.tables import RunStatus
from workflows.engine.base import RETRY, Done, NotDone, NotRetried, Retry
from workflows.plain import dumps

NONDETERMINISM = "nondeterminism:"
RETRIED = frozenset({RunStatus.BLOCKED, RunStatus.FAILED})


def retry(
    tx: Tx, run_id: str, *, by: str, via: str, how: Retry = RETRY
) -> Done | NotDone | NotRetried:
    """blocked or failed ▶ ready. A failed run goes on at the step whose failure ended it.

    Where that was waiting for another run, which failed, so does that one.
    """
    run = runs.get(tx, run_id)
    if run is None:
        return NotDone.UNKNOWN_RUN
    if run.status not in RETRIED:
        return NotDone.NOTHING_TO_RETRY
    if run.pruned_at is not None:
        return NotDone.PRUNED
    if (refused := _objection(tx, run, how)) is not None:
        _note(tx, run, by, via, f"refused:{refused.why.value}", how)
        return refused
    _revive(tx, run, by, via)
    _note(tx, run, by, via, "done", how)
    tx.announce(Topic.READY)
    tx.announce(Topic.HOME)
    return Done(RunStatus.READY)


def _objection(tx: Tx, run: runs.Run, how: Retry) -> NotRetried | None:
    """Answer why this run is not retried with nothing more said than *how*; None: it is."""
    return None


def _revive(tx: Tx, run: runs.Run, by: str, via: str) -> None:
    runs.revive(tx, run.id, accepted_seq=_accepted(tx, run))
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
