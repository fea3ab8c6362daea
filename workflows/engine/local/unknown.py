"""Unknown: of which steps of a run a person has to say whether they happened."""

from collections.abc import Iterable

from store.journal import Entry
from store.tables import EntryStatus
from workflows.engine.local.aftermath import following, gathered_by
from workflows.engine.local.journal import branch_of
from workflows.engine.local.once import is_unknown


def unknown(entries: Iterable[Entry], cause: int | None) -> list[Entry]:
    """Answer the steps of which a person has to say whether they happened, of a run that stands.

    What the job has been told and has handled is a fact, and not among them. *cause*: the place of
    the failure that ended the run.
    """
    live = [entry for entry in entries if entry.status is not EntryStatus.SUPERSEDED]
    asked = [
        entry
        for entry in live
        if is_unknown(entry) and (entry.status is EntryStatus.STARTED or entry.seq == cause)
    ]
    beside = [each for entry in asked for each in _beside(live, entry)]
    return sorted({entry.seq: entry for entry in (*asked, *beside)}.values(), key=_place)


def _beside(live: list[Entry], entry: Entry) -> list[Entry]:
    """Answer those at which other branches of the same gather have ended, which raised this one."""
    branch = branch_of(entry.name)
    if not branch:
        return []
    gather = gathered_by(branch)
    return [
        each
        for each in live
        if each.name.startswith(gather) and is_unknown(each) and _is_last(live, each)
    ]


def _is_last(live: list[Entry], entry: Entry) -> bool:
    branch = branch_of(entry.name)
    return not any(each.name.startswith(branch) for each in following(live, entry))


def _place(entry: Entry) -> int:
    return entry.seq
