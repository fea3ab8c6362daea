"""What came of a failure, read from journals written out by hand."""

from datetime import UTC, datetime

import pytest

from store.journal import Entry
from store.tables import EntryKind, EntryStatus
from workflows.engine.local.aftermath import aftermath
from workflows.plain import dumps

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KINDS = {kind.value: kind for kind in EntryKind}
STATUSES = {status.value: status for status in EntryStatus}


def journal(text: str) -> list[Entry]:
    """Read a journal: a line for an entry, `name kind status`, and the branch that gave it up."""
    entries = []
    for seq, line in enumerate(text.strip().splitlines(), 1):
        name, kind, status, *branch = line.split()
        value = dumps(branch[0].strip('"')) if branch else None
        name, _, nth = name.partition("@")
        entries.append(
            Entry(seq, name, int(nth or 1), KINDS[kind], STATUSES[status], 1, value, NOON)
        )
    return entries


CASES = {
    "nothing since": ("a step done\nb step failed", 2, "", ""),
    "a step of an except": ("a step failed\nb step done", 1, "b", ""),
    "a step that failed as well": ("a step failed\nb step failed", 1, "b", ""),
    "a step that is tried again": ("a step failed\nb step retrying", 1, "b", ""),
    "a wait that nobody answered": ("a step failed\nb wait cancelled", 1, "b", ""),
    "several, in order": ("a step failed\nb step done\nc wait done", 1, "b c", ""),
    "what was before it": ("a step done\nb wait done\nc step failed", 3, "", ""),
    "what is no deed": (
        "a step failed\nnow now done\nuuid uuid done\nrandom random done",
        1,
        "",
        "",
    ),
    "another way to go": ("a step failed\npatch(x) patch done", 1, "", ""),
    "branches in which nothing was done": ("a step failed\nf gather started", 1, "", ""),
    "what was done in branches": (
        "a step failed\nf gather started\nf#1[0]/b step done",
        1,
        "f#1[0]/b",
        "",
    ),
    "what is superseded": ("a step failed\nb step superseded", 1, "", ""),
    "an error of the job's own": ("a step failed\nb step done", None, "", ""),
    "another branch, before and after": (
        ("f gather started\nf#1[1]/b step done\nf#1[0]/a step failed\nf#1[1]/c step done"),
        3,
        "",
        "",
    ),
    "its own branch": (
        ("f gather started\nf#1[0]/a step failed\nf#1[1]/b step done\nf#1[0]/c step done"),
        2,
        "f#1[0]/c",
        "",
    ),
    "after the gather": ("f gather started\nf#1[0]/a step failed\nb step done", 2, "b", ""),
    "before the gather": ("b step done\nf gather started\nf#1[0]/a step failed", 3, "", ""),
    "a second gather of the name": (
        ("f gather started\nf#1[0]/a step failed\nf@2 gather started\nf#2[0]/b step done"),
        2,
        "f#2[0]/b",
        "",
    ),
    "the tenth branch is not the first": (
        "f gather started\nf#1[1]/a step failed\nf#1[10]/b step done",
        2,
        "",
        "",
    ),
    "a gather whose name begins alike": (
        ("ff gather started\nff#1[0]/b step done\nf gather started\nf#1[0]/a step failed"),
        4,
        "",
        "",
    ),
    "a branch inside a branch": (
        (
            "f gather started\nf#1[0]/g gather started\nf#1[0]/g#1[1]/a step failed\n"
            "f#1[0]/b step done\nf#1[1]/c step done\nd step done"
        ),
        3,
        "f#1[0]/b d",
        "",
    ),
    "a wait given up": (
        'f gather started\nf#1[1]/w wait cancelled "f#1[1]/"\nf#1[0]/a step failed',
        3,
        "",
        "f#1[1]/w",
    ),
    "closing code of a branch given up": (
        (
            'f gather started\nf#1[1]/w wait cancelled "f#1[1]/"\nf#1[1]/c step done\n'
            "f#1[0]/a step failed"
        ),
        4,
        "f#1[1]/c",
        "f#1[1]/w",
    ),
    "a wait that an earlier gather gave up": (
        (
            'e gather started\ne#1[0]/x step failed\ne#1[1]/w wait cancelled "e#1[1]/"\n'
            "e#1[1]/c step done\nb step failed"
        ),
        5,
        "",
        "",
    ),
    "a wait that a gather inside another branch gave up": (
        (
            "f gather started\nf#1[1]/g gather started\n"
            'f#1[1]/g#1[0]/w wait cancelled "f#1[1]/g#1[0]/"\nf#1[1]/c step done\n'
            "f#1[0]/a step failed"
        ),
        5,
        "",
        "",
    ),
    "a wait in a gather inside a branch given up": (
        (
            "f gather started\nf#1[1]/g gather started\n"
            'f#1[1]/g#1[0]/w wait cancelled "f#1[1]/"\nf#1[1]/c step done\n'
            "f#1[0]/a step failed"
        ),
        5,
        "f#1[1]/c",
        "f#1[1]/g#1[0]/w",
    ),
    "an error of the job's own in a branch": (
        ('f gather started\nf#1[1]/w wait cancelled "f#1[1]/"\nf#1[1]/c step done\nb step done'),
        1,
        "f#1[1]/c b",
        "f#1[1]/w",
    ),
    "a wait that was open when the run ended": (
        'a step done\nw wait cancelled ""',
        None,
        "",
        "w",
    ),
    "a wait of which an older version did not say why": (
        "f gather started\nf#1[1]/w wait cancelled\nf#1[0]/a step failed",
        3,
        "",
        "f#1[1]/w",
    ),
}


@pytest.mark.parametrize(("text", "cause", "done", "given_up"), CASES.values(), ids=CASES)
def test_what_was_done_about_a_failure_and_what_was_given_up_by_it_g32(text, cause, done, given_up):
    found = aftermath(journal(text), cause)

    assert " ".join(entry.name for entry in found.done) == done
    assert " ".join(entry.name for entry in found.given_up) == given_up


def test_what_was_only_noted_since_is_taken_anew_g32():
    found = aftermath(journal("now now done\na step failed\nnow@2 now done"), 2)

    assert [(entry.name, entry.nth) for entry in found.noted] == [("now", 2)]
