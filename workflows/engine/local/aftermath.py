"""Aftermath: what a job has done about the failure that ended it, read from its journal.

Whoever has the failed step done again contradicts all that was done in answer to its failure: a
compensation would stand beside what it compensated for. In a branch everything is in order, so
what comes after a failure there is the answer to it. Around the branch that is whatever the job
did once the `gather` had raised, and the closing code of branches that were given up because of it.
What other branches did of their own accord is no answer, before or after.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from store.journal import Entry
from store.tables import EntryKind, EntryStatus
from workflows.engine.local.journal import branch_of
from workflows.plain import loads

# What else has entries is only looked at or noted: the time, a number, which way the code goes.
DEEDS = frozenset({EntryKind.STEP, EntryKind.WAIT})


class Aftermath(NamedTuple):
    """What was *done* about a failure, which waits were *given_up* because of it, and what else was
    *noted* since, which is taken anew."""

    done: tuple[Entry, ...] = ()
    given_up: tuple[Entry, ...] = ()
    noted: tuple[Entry, ...] = ()


def aftermath(entries: Iterable[Entry], cause: int | None) -> Aftermath:
    """Answer what came of a failure that ended a run.

    *cause* is the place of the entry that failed; of the `gather` through which an error of the
    job's own came; None: that error came from nowhere in the journal, and nothing came after it.
    """
    live = [entry for entry in entries if entry.status is not EntryStatus.SUPERSEDED]
    failed = next((entry for entry in live if entry.seq == cause), None)
    answers = _all(live, [failed] if failed else [])
    given_up = [entry for entry in live if entry.seq not in answers and _is_given_up(entry, failed)]
    answers |= _all(live, given_up)
    for entry in given_up:
        answers.pop(entry.seq, None)
    after = [answers[seq] for seq in sorted(answers)]
    return Aftermath(
        tuple(entry for entry in after if entry.kind in DEEDS),
        tuple(given_up),
        tuple(entry for entry in after if entry.kind not in DEEDS),
    )


def _all(entries: Sequence[Entry], of: Iterable[Entry]) -> dict[int, Entry]:
    return {after.seq: after for entry in of for after in following(entries, entry)}


def following(entries: Sequence[Entry], entry: Entry) -> Iterator[Entry]:
    """Answer what came after an entry, in its branch and around it.

    Around it: after the `gather` that it is a part of, but in none of its other branches.
    """
    seq, inside = entry.seq, f"{entry.name}#{entry.nth}["
    branch = branch_of(entry.name)
    while True:
        yield from (
            each
            for each in entries
            if each.seq > seq and each.name.startswith(branch) and not each.name.startswith(inside)
        )
        if not branch:
            return
        seq, inside = _gather_around(entries, branch)
        branch = branch_of(inside)


def gathered_by(branch: str) -> str:
    """Answer what the names in every branch of a gather begin with, by one of them."""
    return branch[: branch.rindex("[") + 1]


def _gather_around(entries: Sequence[Entry], branch: str) -> tuple[int, str]:
    """Answer the place of the gather that a branch is of, and what the names in it begin with."""
    inside = gathered_by(branch)
    name, _, nth = inside[:-1].rpartition("#")
    of_it = [each for each in entries if (each.name, each.nth) == (name, int(nth))]
    within = of_it or [each for each in entries if each.name.startswith(inside)]
    return min((each.seq for each in within), default=0), inside


def _is_given_up(entry: Entry, failed: Entry | None) -> bool:
    """Whether a wait was let go of because of a failure, by what was written into it then."""
    if entry.kind is not EntryKind.WAIT or entry.status is not EntryStatus.CANCELLED:
        return False
    branch = loads(entry.value) if entry.value else ""
    if not branch:  # the run has ended; or an older version did not say
        return True
    return failed is not None and _is_within(failed, gathered_by(branch))


def _is_within(failed: Entry, gather: str) -> bool:
    return failed.name.startswith(gather) or f"{failed.name}#{failed.nth}[" == gather
