"""Answers: what is in the journal answers only what it was asked.

A name finds an entry; what is kept of the question says whether the answer is to this one. Where it
is not, nothing is executed: a person decides, who sees both.
"""

from typing import NoReturn

from store.journal import Entry
from store.tables import EntryKind, EntryStatus
from workflows.asked import Asked, Change, is_call, is_question
from workflows.engine.local.branches import Branch
from workflows.engine.local.journal import label, own_name
from workflows.engine.local.progress import SETTLED, Progress

OTHER_WORDS = "asked in other words now"
OTHER_ARGUMENTS = "called with other arguments now"
NOT_COMPARED = "asked before questions were kept: not compared with the code"

TIMED_OUT = {"kind": "timeout"}
FACTS = frozenset({EntryKind.NOW, EntryKind.UUID, EntryKind.RANDOM, EntryKind.PATCH})


def of_call(progress: Progress, branch: Branch, entry: Entry, asked: str) -> Entry:
    """Answer the entry that a call's answer is in: this one, unless its arguments say otherwise.

    Ends the pass (`Blocked`) where they are those of another use of the name: the calls have
    changed places, and each would get the other's result.
    """
    if entry.asked == asked:
        return entry
    if entry.asked is None:
        progress.note(NOT_COMPARED, entry)
        return entry
    other = progress.journal.other_use(entry, asked)
    if other is None:
        if entry.status not in SETTLED and (before := branch.reading.unread_before(entry)):
            _refuse_other_place(progress, entry, before)
        progress.note(OTHER_ARGUMENTS, entry)
        progress.let_stand.append(entry)
        return entry
    if entry.seq > progress.run.accepted.seq or not branch.reading.exchange(entry, other):
        _refuse_exchange(progress, entry, other)
    return other


def of_new_call(progress: Progress, name: str, asked: str) -> None:
    """End the pass (`Blocked`) where a call that is new is one that was made: it has been moved.

    What was called with these arguments answers another call now, or none beside it: this would
    repeat it. *name* is that with its branch; all have come as far as the journal goes by then.
    """
    own = own_name(name)
    stood = (e for e in progress.let_stand if e.asked == asked and own_name(e.name) == own)
    for entry in (*stood, *progress.journal.not_read(name, asked)):
        if entry.seq > progress.run.accepted.seq:
            _refuse_move(progress, name, entry)


def of_new_waits(progress: Progress) -> None:
    """See `of_new_call`, for the questions and the runs of other jobs that a pass ends with."""
    for name, asked in progress.newly_asked:
        of_new_call(progress, name, asked)


def of_question(progress: Progress, entry: Entry, asked: Asked) -> bool:
    """Whether an entry's answer is to this question; False: it has been taken out, ask again.

    Ends the pass (`Blocked`) where the question is another one and nobody has said what then.
    """
    change = asked.change(entry.asked)
    if change is Change.UNKNOWN:
        progress.note(NOT_COMPARED, entry)
        return True
    later = progress.journal.after(entry) if change is Change.WORDS else ()
    if change is Change.WORDS and later:
        progress.note(OTHER_WORDS, entry)
        return True
    return change is Change.NONE or _said(progress, entry, asked)


def _said(progress: Progress, entry: Entry, asked: Asked) -> bool:
    """Do with a question that has changed what a person has said; see `of_question`."""
    accepted, digest = progress.run.accepted, asked.digest
    is_answered = entry.status is EntryStatus.DONE
    if is_answered and accepted.lets_stand(entry.seq, digest):
        progress.writes.restated[entry.seq] = digest
        return True
    if not (accepted.lets_ask_again(entry.seq) or accepted.lets_stand(entry.seq, digest)):
        _refuse(progress, entry, asked)
    later = [each for each in progress.journal.after(entry) if _is_live(each)]
    if done := [each for each in later if _is_fact(progress, each)]:
        _refuse_contradiction(progress, entry, done)
    progress.ask_again([entry, *(each for each in later if each.kind is EntryKind.WAIT)])
    return False


def _is_live(entry: Entry) -> bool:
    return entry.status is not EntryStatus.SUPERSEDED and entry.kind not in FACTS


def _is_fact(progress: Progress, entry: Entry) -> bool:
    """Whether something was done, or heard, that asking once more would contradict."""
    if entry.kind is EntryKind.STEP:
        return True
    if entry.kind is not EntryKind.WAIT or is_question(entry.asked):
        return False
    is_open_child = entry.status is EntryStatus.STARTED and is_call(entry.asked)
    heard = entry.status in {EntryStatus.DONE, EntryStatus.FAILED}
    return is_open_child or (heard and progress.read(entry, lambda value: value) != TIMED_OUT)


def _refuse_exchange(progress: Progress, entry: Entry, other: Entry) -> NoReturn:
    name, elsewhere = label(entry.name, entry.nth), label(other.name, other.nth)
    progress.block(
        f"nondeterminism: {name!r} is called with what {elsewhere!r} was called with: the calls"
        " have changed places in the code. Nothing was executed. Bring the old code back and"
        " retry, or retry to go on with the code as it is now, each call with its own result; or"
        " cancel the run",
        {"code": "exchanged", "name": name},
    )


def _refuse_other_place(progress: Progress, entry: Entry, before: list[Entry]) -> None:
    if entry.seq <= progress.run.accepted.seq:
        return
    name, done = label(entry.name, entry.nth), ", ".join(label(e.name, e.nth) for e in before)
    progress.block(
        f"nondeterminism: {name!r}, which is about to be tried again, is called with other"
        f" arguments in the code, before what this run has already done: {done}. Nothing was"
        " executed. Guard what is new with ctx.patched(…) or bring the old code back, and retry;"
        " or retry to go on with the code as it is now; or cancel the run",
        {"code": "inserted", "name": name},
    )


def _refuse_move(progress: Progress, name: str, entry: Entry) -> NoReturn:
    before = label(entry.name, entry.nth)
    progress.block(
        f"nondeterminism: what the code now reaches anew as {name!r} is what this run has come to"
        f" as {before!r}, which stands in another place now: they have changed places in the code,"
        " or one was put in. It was not done once more. Bring the old code back and retry; or retry"
        " to go on with the code as it is now, which does it; or cancel the run",
        {"code": "exchanged", "name": before},
    )


def _refuse(progress: Progress, entry: Entry, asked: Asked) -> NoReturn:
    name = label(entry.name, entry.nth)
    progress.block(
        f"nondeterminism: the code asks something else under {name!r} than people were asked."
        " Nothing was executed. Bring the old code back and retry; or retry to have the new"
        " question asked; or cancel the run",
        {"code": "question_changed", "name": name, **_place(entry), "now": asked.told()},
    )


def _refuse_contradiction(progress: Progress, entry: Entry, done: list[Entry]) -> NoReturn:
    name = label(entry.name, entry.nth)
    acted = [label(each.name, each.nth) for each in done]
    progress.block(
        f"nondeterminism: the code asks something else under {name!r} than people were asked, and"
        f" the run has acted on their answer: {', '.join(acted)}. Nothing was executed. Bring the"
        " old code back and retry, or cancel the run",
        {"code": "acted_on", "name": name, **_place(entry), "done": acted},
    )


def _place(entry: Entry) -> dict[str, object]:
    return {"wait": entry.name, "nth": entry.nth, "seq": entry.seq}
