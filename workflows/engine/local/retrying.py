"""Retrying: blocked or failed ▶ ready, by a person's word, which is judged here and put on record.

A run that failed goes on at the step whose failure ended it, with everything before it as it was;
where that was waiting for another run, which failed, so does that one. What a job, or whoever
waits for it, has done about a failure stands: then there is nothing to go on with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from store import audit, cards, children, events, gates, journal, runs
from store.database import Topic, Tx
from store.journal import Entry
from store.tables import EntryStatus, RunStatus
from workflows.engine.base import RETRY, Done, NotDone, NotRetried, Objection, Retry
from workflows.engine.local import adopting, once
from workflows.engine.local.accepted import Accepted
from workflows.engine.local.aftermath import Aftermath, aftermath
from workflows.engine.local.journal import label
from workflows.engine.local.unknown import unknown
from workflows.plain import dumps

NONDETERMINISM = "nondeterminism:"
NOTHING_CHANGED = Accepted()
RETRIED = frozenset({RunStatus.BLOCKED, RunStatus.FAILED})
ACTED_ON = (
    "the job has acted on the failure since: {}. A retry would contradict that; start a new run"
)
TOLD = (
    "the run {parent}, which waited for this one, has been told that it failed, and went on by"
    " that. {next}"
)
WITH_ITS_PARENT = "Retry that one: it has this one go on"
ANEW = "A retry would contradict it; start a new run"
UNKNOWN = (
    "nobody knows whether {} happened, which may begin at most once: look, and say with the retry"
    " that it happened, and what it answered, or that it did not"
)
WHICH = "; say of which"
NONE_UNKNOWN = "no step of this run has to be told whether it happened"

Said = dict[str, object]


@dataclass(frozen=True)
class Stand:
    """Where a run stands that a person wants to go on, and the *child* at whose failure it does.

    *unknown* are steps of which nobody knows whether they happened.
    """

    run: runs.Run
    entries: Sequence[Entry]
    after: Aftermath
    unknown: Sequence[Entry]
    child: "Stand | None" = None
    path: str = ""

    def all(self) -> Iterator["Stand"]:
        """Answer this one and what goes on with it."""
        yield self
        if self.child is not None:
            yield from self.child.all()

    @property
    def steps(self) -> tuple[str, ...]:
        """Of which steps, the child's included, nobody knows whether they happened."""
        return tuple(each.label(entry) for each in self.all() for entry in each.unknown)

    def label(self, entry: Entry) -> str:
        """Answer how a step is shown: one of a child with the child's id before it."""
        return self.path + label(entry.name, entry.nth)


def retry(
    tx: Tx,
    run_id: str,
    *,
    by: str,
    via: str,
    how: Retry = RETRY,
    said: Accepted | NotRetried = NOTHING_CHANGED,
) -> Done | NotDone | NotRetried:
    """blocked or failed ▶ ready, or why not.

    *said*: what *how* says of the questions that are others in today's code, or why that, or what
    it says of a step, does not do.
    """
    run = runs.get(tx, run_id)
    if run is None:
        return NotDone.UNKNOWN_RUN
    if run.status not in RETRIED:
        return NotDone.NOTHING_TO_RETRY
    stand = standing(tx, run)
    if any(each.run.pruned_at is not None for each in stand.all()):
        return NotDone.PRUNED
    if (refused := _objection(tx, stand, how)) is not None:
        return _refuse(tx, run_id, by, via, how, refused)
    if isinstance(said, NotRetried):
        return _refuse(tx, run_id, by, via, how, said)
    for each in stand.all():
        _note(tx, each.run.id, by, via, "done", _said(how) | _taken(each, how))
        _go_on(tx, each, how, said if each is stand else NOTHING_CHANGED)
    _let_stand(tx, stand, by, how.note or "", said.stand)
    tx.announce(Topic.READY)
    tx.announce(Topic.HOME)
    return Done(RunStatus.READY)


def standing(tx: Tx, run: runs.Run, path: str = "") -> Stand:
    """Answer where a blocked or failed run stands."""
    entries, cause = journal.load(tx, run.id), run.failed_seq
    is_failed = run.status is RunStatus.FAILED
    child = _failed_child(tx, run)
    return Stand(
        run,
        entries,
        aftermath(entries, cause) if is_failed else Aftermath(),
        unknown(entries, cause),
        standing(tx, child, f"{child.id}/") if child else None,
        path,
    )


def _failed_child(tx: Tx, run: runs.Run) -> runs.Run | None:
    """Answer the run whose failure ended this one."""
    if run.failed_seq is None:
        return None
    child = children.failed_at(tx, run.id, run.failed_seq)
    return runs.get(tx, child) if child else None


# -- why not --------------------------------------------------------------------------------------


def _objection(tx: Tx, stand: Stand, how: Retry) -> NotRetried | None:
    """Answer why a run is not retried with nothing more said than *how*; None: it is."""
    return _above(tx, stand.run) or _acted_on(stand) or _children(tx, stand) or _unsaid(stand, how)


def _children(tx: Tx, stand: Stand) -> NotRetried | None:
    """Say that a run that would be waited for again was told to end, and is closing or has."""
    for each in stand.all():
        if each.run.cancel_requested_at is None:
            cause = _to_repeat(each)
            again = [*each.after.given_up, *([cause] if cause else [])]
            if (reason := adopting.objection(tx, each.run.id, again)) is not None:
                return NotRetried(Objection.ACTED_ON, f"{reason}. {ANEW}")
    return None


def _refuse(tx: Tx, run_id: str, by: str, via: str, how: Retry, why: NotRetried) -> NotRetried:
    _note(tx, run_id, by, via, f"refused:{why.why.value}", _said(how))
    return why


def _above(tx: Tx, run: runs.Run) -> NotRetried | None:
    """Say that whoever waited for a run has acted on its failure, or somebody above that one."""
    if run.parent_id is None or run.status is not RunStatus.FAILED or run.cancel_requested_at:
        return None  # A cancelled one only has its closing code to go on with.
    parent = runs.get(tx, run.parent_id)
    if parent is None:
        return None
    if parent.status is RunStatus.FAILED and _failed_child(tx, parent) == run:
        if aftermath(journal.load(tx, parent.id), parent.failed_seq).done:
            return _told(parent, ANEW)
        return _above(tx, parent)
    return _told(parent, WITH_ITS_PARENT if parent.status is RunStatus.FAILED else ANEW)


def _told(parent: runs.Run, what_next: str) -> NotRetried:
    return NotRetried(Objection.ACTED_ON, TOLD.format(parent=parent.id, next=what_next))


def _acted_on(stand: Stand) -> NotRetried | None:
    done = tuple(each.label(entry) for each in stand.all() for entry in each.after.done)
    return NotRetried(Objection.ACTED_ON, ACTED_ON.format(", ".join(done)), done) if done else None


def _unsaid(stand: Stand, how: Retry) -> NotRetried | None:
    """Say of which steps a person has to say whether they happened, or that the word fits none."""
    steps = stand.steps
    if how.happened is None or (how.step is None and len(steps) > 1):
        if not steps:
            return None
        which = WHICH if len(steps) > 1 else ""
        detail = UNKNOWN.format(", ".join(steps)) + which
        return NotRetried(Objection.OUTCOME_UNKNOWN, detail, steps)
    if not steps:
        return NotRetried(Objection.INVALID, NONE_UNKNOWN, where="happened")
    if how.step is not None and how.step not in steps:
        detail = f"it is none of those that may have happened: {', '.join(steps)}"
        return NotRetried(Objection.INVALID, detail, steps, where="step")
    return None


# -- and how --------------------------------------------------------------------------------------


def _go_on(tx: Tx, stand: Stand, how: Retry, changed: Accepted) -> None:
    run, run_id = stand.run, stand.run.id
    for entry in stand.unknown:
        if how.step in {None, stand.label(entry)}:
            _take_word(tx, run_id, entry, how)
    if (cause := _to_repeat(stand)) is not None:
        journal.supersede(tx, run_id, cause.seq)
    journal.supersede(tx, run_id, *(entry.seq for entry in stand.after.noted))
    if run.cancel_requested_at is None:
        # Given up because the run failed: they are opened again.
        journal.supersede(tx, run_id, *(entry.seq for entry in stand.after.given_up))
    runs.revive(tx, run_id, accepted_seq=_accepted(tx, run), accepted_answers=changed.dumped())
    events.revive(tx, run_id)
    cards.redraw_run(tx, run_id)


def _let_stand(tx: Tx, stand: Stand, by: str, note: str, answers: Mapping[int, str]) -> None:
    """Put on record, and on the cards, whose word lets answers count for other questions."""
    for entry in stand.entries:
        if entry.seq in answers:
            gates.stand(tx, stand.run.id, entry.name, entry.nth, by, note)


def _to_repeat(stand: Stand) -> Entry | None:
    """Answer the entry whose failure ended the run; not of a step that a person decides about."""
    asked = {entry.seq for entry in stand.unknown}
    return next(
        (
            entry
            for entry in stand.entries
            if entry.seq == stand.run.failed_seq
            and entry.status is EntryStatus.FAILED
            and entry.seq not in asked
        ),
        None,
    )


def _take_word(tx: Tx, run_id: str, entry: Entry, how: Retry) -> None:
    """Have a step answer with what a person says it did, or be begun again, under the same key."""
    if not how.happened:
        journal.supersede_as(tx, run_id, entry.seq, once.may_begin(entry))
        return
    journal.supersede(tx, run_id, entry.seq)
    place = (journal.last_seq(tx, run_id) or 0) + 1
    done = entry._replace(seq=place, status=EntryStatus.DONE, value=how.result)
    journal.put(tx, run_id, [done])


def _accepted(tx: Tx, run: runs.Run) -> int | None:
    """Answer up to where a person accepts that the code differs: all of it, by retrying."""
    if run.blocked_reason is None or not run.blocked_reason.startswith(NONDETERMINISM):
        return run.accepted_seq
    return journal.last_seq(tx, run.id)


def _note(tx: Tx, run_id: str, by: str, via: str, outcome: str, said: Said) -> None:
    audit.append(
        tx,
        actor=by,
        via=via,
        action="retry",
        outcome=outcome,
        run_id=run_id,
        detail=dumps(said) if said else None,
    )


def _said(how: Retry) -> Said:
    """Answer what was said with a retry, but for a result: it may be anybody's business."""
    given = {
        "ask_again": how.ask_again or None,
        "answers_stand": how.answers_stand or None,
        "note": how.note,
        "happened": how.happened,
        "step": how.step,
    }
    return {name: value for name, value in given.items() if value is not None}


def _taken(stand: Stand, how: Retry) -> Said:
    """Answer of which step of a run it is on record that it happened, or did not."""
    if how.happened is None:
        return {}
    meant = [entry for entry in stand.unknown if how.step in {None, stand.label(entry)}]
    return {"step": label(meant[0].name, meant[0].nth)} if meant else {}
