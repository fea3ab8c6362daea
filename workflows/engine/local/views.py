"""What readers are shown of a run, drawn from its rows."""

from dataclasses import replace
from typing import Any

from store import audit, children, gates, journal, listing, runs, waits
from store.corrupt import UNREADABLE
from store.database import Tx
from store.tables import EntryKind, EntryStatus, WaitKind
from workflows.engine.base import RunView, TimelineView, WaitView
from workflows.engine.local import blocked, retrying
from workflows.engine.local.advance import PASSED_OVER
from workflows.engine.local.answers import NOT_COMPARED, OTHER_ARGUMENTS, OTHER_WORDS
from workflows.engine.local.journal import RETURNED, label, told_where
from workflows.engine.local.once import is_unknown
from workflows.plain import loads

PRUNED = "its steps and events were deleted; what people decided and the audit are kept"
NOTES = frozenset({PASSED_OVER, OTHER_WORDS, OTHER_ARGUMENTS, NOT_COMPARED})
Children = dict[tuple[str, int], str]
NOT_DONE = frozenset({EntryStatus.FAILED, EntryStatus.RETRYING, EntryStatus.SUPERSEDED})


def whole(tx: Tx, run_id: str) -> RunView | None:
    """Answer a run with its waits and its timeline."""
    run = runs.get(tx, run_id)
    if run is None:
        return None
    waited = waits.of_run(tx, run_id)
    started = _children(tx, waited)
    shown = brief(run, _waits(tx, waited, started), _timeline(tx, run, waited, started))
    return replace(shown, unknown=_unknown(tx, run), changed=blocked.changed(run))


def stuck(tx: Tx, limit: int) -> list[RunView]:
    """Answer the runs that need a person, and what that one has to say, blocked ones first."""
    return [
        replace(brief(run), unknown=_begun(tx, run), changed=blocked.changed(run))
        for run in listing.stuck(tx, limit)
    ]


def brief(
    run: runs.Run,
    waited: tuple[WaitView, ...] = (),
    timeline: tuple[TimelineView, ...] = (),
) -> RunView:
    """Answer a run as lists show it."""
    return RunView(
        id=run.id,
        job=run.job,
        status=run.status,
        input=_read(run.input),
        result=None if run.result is None else _read(run.result),
        error=None if run.error is None else _read(run.error),
        blocked_reason=run.blocked_reason,
        requested_by=run.requested_by,
        created_at=run.created_at,
        updated_at=run.updated_at,
        finished_at=run.finished_at,
        parent_id=run.parent_id,
        waits=waited,
        timeline=timeline,
    )


def _unknown(tx: Tx, run: runs.Run) -> tuple[str, ...]:
    """Answer the steps of which a retry has to be told whether they happened."""
    if run.status not in retrying.RETRIED:
        return ()
    try:
        return retrying.standing(tx, run).steps
    except UNREADABLE:
        return ()


def _begun(tx: Tx, run: runs.Run) -> tuple[str, ...]:
    """Answer the same without a look at the whole journal, nor at the children."""
    try:
        found = journal.begun(tx, run.id, run.failed_seq)
        return tuple(label(entry.name, entry.nth) for entry in found if is_unknown(entry))
    except UNREADABLE:
        return ()


def _read(text: str) -> Any:
    """Answer a stored value; one that somebody has written over by hand is shown as it is."""
    try:
        return loads(text)
    except ValueError:
        return {"unreadable": text}


def _children(tx: Tx, waited: list[waits.Wait]) -> Children:
    """Answer the ids of the runs that a run waited for, by name and use."""
    parents = {wait.run_id for wait in waited if wait.kind is WaitKind.CHILD}
    return {
        (child.parent_name, child.parent_nth): child.id
        for parent in parents
        for child in children.of_run(tx, parent)
    }


def _waits(tx: Tx, waited: list[waits.Wait], started: Children) -> tuple[WaitView, ...]:
    asked = {
        (gate.name, gate.nth): gate
        for run_id in {wait.run_id for wait in waited if wait.kind is WaitKind.APPROVAL}
        for gate in gates.of_run(tx, run_id)
    }
    keys = [(wait.name, wait.nth) for wait in waited]
    return tuple(
        _wait(tx, wait, asked.get(key), started.get(key))
        for wait, key in zip(waited, keys, strict=True)
    )


def _wait(tx: Tx, wait: waits.Wait, gate: gates.Gate | None, child: str | None) -> WaitView:
    return WaitView(
        name=wait.name,
        nth=wait.nth,
        type=wait.kind,
        status=wait.status,
        expected=tuple(wait.expected.split(",")) if wait.expected else (),
        deadline_at=wait.deadline_at,
        gate_id=gate.id if gate else None,
        outcome=gate.status.value if gate and gate.decided_at else None,
        decided_by=gate.decided_by if gate else None,
        note=gate.note if gate else None,
        votes=tuple(_vote(vote) for vote in gates.votes(tx, gate.id)) if gate else (),
        run_id=child,
        version=gate.version if gate else None,
    )


def _vote(vote: gates.Vote) -> dict[str, object]:
    return {"by": vote.person, "choice": vote.choice, "note": vote.note, "at": vote.at.isoformat()}


def _timeline(
    tx: Tx, run: runs.Run, waited: list[waits.Wait], started: Children
) -> tuple[TimelineView, ...]:
    """Answer everything that happened, in order of time."""
    happened = [TimelineView(run.created_at, "started", run.job, run.requested_by)]
    happened += _entries(tx, run)
    for wait in waited:
        happened += _wait_story(wait, started.get((wait.name, wait.nth)))
    happened += [_attempt(line) for line in audit.of_run(tx, run.id) if line.action != "start"]
    if run.finished_at:
        happened.append(TimelineView(run.finished_at, run.status.value))
    if run.pruned_at:
        happened.append(TimelineView(run.pruned_at, "pruned", None, PRUNED))
    return tuple(sorted(happened, key=lambda line: line.at))


def _attempt(line: audit.Record) -> TimelineView:
    """Answer what somebody did or tried; of removed steps, which they are."""
    if line.action in NOTES:
        return TimelineView(line.at, line.action, line.outcome)
    said = _said(_read(line.detail)) if line.action == "retry" and line.detail else ""
    came = f"{line.outcome}: {said}" if said else line.outcome
    return TimelineView(line.at, line.action, line.actor, came)


def _said(with_a_retry: Any) -> str:
    """Answer what somebody said with a retry, in words."""
    match with_a_retry:
        case {"happened": True, "step": step}:
            return f"{step} happened"
        case {"happened": False, "step": step}:
            return f"{step} did not happen"
        case {"answers_stand": True, "note": note}:
            return f"the answers stand: {note}"
        case {"ask_again": True}:
            return "asked again where the question changed"
        case _:
            return ""


def _entries(tx: Tx, run: runs.Run) -> list[TimelineView]:
    try:
        return [_entry(entry) for entry in journal.load(tx, run.id) if _is_told(entry)]
    except UNREADABLE as error:
        return [TimelineView(run.updated_at, "the journal cannot be read", None, str(error))]


def _is_told(entry: journal.Entry) -> bool:
    return entry.kind is not EntryKind.WAIT and entry.name != RETURNED


def _entry(entry: journal.Entry) -> TimelineView:
    if entry.kind is EntryKind.CANCEL:
        return TimelineView(entry.at, "told to end", None, told_where(entry.name) or None)
    tried = f" (attempt {entry.attempt})" if entry.attempt > 1 else ""
    return TimelineView(
        entry.at,
        f"{entry.kind.value} {entry.status.value}{tried}",
        label(entry.name, entry.nth),
        _detail(entry),
    )


def _detail(entry: journal.Entry) -> str | None:
    """Answer why a step failed, or how many branches a gather has."""
    if entry.kind is EntryKind.GATHER:
        return f"{entry.value} branches"
    if entry.kind is not EntryKind.STEP or entry.status not in NOT_DONE:
        return None
    value = _read(entry.value or "null")
    return value.get("message") if isinstance(value, dict) else None


def _wait_story(wait: waits.Wait, child: str | None) -> list[TimelineView]:
    name, noun = label(wait.name, wait.nth), wait.kind.value
    until = f"until {wait.deadline_at:%F %T} UTC"
    opened = f"run {child}, {until}" if child else until
    story = [TimelineView(wait.opened_at, f"{noun} opened", name, opened)]
    if wait.ended_at:
        story.append(TimelineView(wait.ended_at, f"{noun} {wait.status.value}", name))
    return story
