"""The journal as one pass reads it: by name and nth use, wherever the step now stands.

Every branch of a `gather` has a reading of its own, for its names begin with the branch's: the
second coroutine of ``gather("fan", …)`` writes ``fan#1[1]/post``. What is inserted, removed or
used for the nth time is judged branch by branch; only the order of writing is the run's.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from sys import getsizeof

from store.journal import Entry
from store.tables import EPOCH, EntryKind, EntryStatus
from workflows.asked import KINDS, is_of
from workflows.engine.local import once
from workflows.engine.local.outcome import Key
from workflows.errors import Blocked

SUPERSEDED = EntryStatus.SUPERSEDED


def label(name: str, nth: int) -> str:
    """Answer how people are shown the nth use of a name."""
    return name if nth == 1 else f"{name}#{nth}"


def branch_of(name: str) -> str:
    """Answer what the names of an entry's branch begin with; "": the job itself."""
    branch, bracket, _ = name.rpartition("]/")
    return branch + bracket


RETURNED = "returned()"  # what a job had returned when it was told of a cancel; no step's name


def told_at(entry: Entry | None = None) -> str:
    """Answer what the entry is called that says where a cancel is raised; None: at the first verb.

    No step can be called so.
    """
    if entry is None:
        return "cancel()"
    return f"cancel({label(entry.name.removeprefix(branch_of(entry.name)), entry.nth)})"


def told_where(name: str) -> str:
    """Answer out of which step that is, for people, by the name of the entry; "": the first."""
    branch = branch_of(name)
    return branch + name.removeprefix(branch).removeprefix("cancel(").removesuffix(")")


def own_name(name: str) -> str:
    """Answer what the job calls an entry, in whatever branch."""
    return name[len(branch_of(name)) :]


def gathered_by(branch: str) -> Key:
    """Answer the gather that a branch belongs to, of ``fan#1[0]/``: ``fan``, 1."""
    name, _, nth = branch.rpartition("[")[0].rpartition("#")
    return name, int(nth)


def _told(kind: EntryKind, form: str | None) -> str:
    """Answer what an entry is, for people: waits are of several kinds."""
    known = KINDS.get(form[0]) if form and kind is EntryKind.WAIT else None
    return known or f"a {kind.value}"


class Journal:
    """One run's entries, by branch. Up to *accepted* a person takes the code as it is now."""

    def __init__(self, entries: Sequence[Entry], accepted: int = 0) -> None:
        self._accepted = accepted
        self._entries = entries
        self._branches: defaultdict[str, list[Entry]] = defaultdict(list)
        self._readings: dict[str, Reading] = {}
        self.read: set[int] = set()
        self._live = sum(entry.status is not SUPERSEDED for entry in entries)
        self.written = 0
        self.size = 0  # characters of JSON
        self.bytes = 0  # in memory
        self.latest = EPOCH
        for entry in entries:
            self._branches[branch_of(entry.name)].append(entry)
            self.written = max(self.written, entry.seq)
            self.grow(entry)
            self.latest = max(self.latest, entry.at)

    def grow(self, entry: Entry) -> None:
        """Count an entry."""
        if entry.value is not None:
            self.size += len(entry.value)
            self.bytes += getsizeof(entry.value)

    def let_go(self) -> None:
        """Forget the entries at once: the readings know this one, and it knows them."""
        self._entries = ()
        self._branches.clear()
        for reading in self._readings.values():
            reading.let_go()
        self._readings.clear()

    def reading(self, branch: str = "", of: "Reading | None" = None) -> "Reading":
        """Answer how far a branch has come, one *of* another: nothing of it has been read yet."""
        self._readings[branch] = Reading(self, self._branches[branch], self._accepted, of)
        return self._readings[branch]

    def take_out(self, entry: Entry) -> None:
        """Take a wait out, of whatever branch: it is asked once more, in a place of its own."""
        branch = branch_of(entry.name)
        if branch in self._readings:
            self._readings[branch].take_out(entry)
            return
        entries = self._branches[branch]
        entries[entries.index(entry)] = entry._replace(status=SUPERSEDED)

    def after(self, entry: Entry) -> list[Entry]:
        """Answer what the run came to after an entry: in its branch, and after its gather."""
        branch, seq = branch_of(entry.name), entry.seq
        # Where a cancel is raised is nothing that the run has come to.
        entries = [e for e in self._entries if e.kind is not EntryKind.CANCEL]
        found = [e for e in entries if e.seq > seq and e.name.startswith(branch)]
        while branch:
            name, nth = gathered_by(branch)
            gather = next((e for e in entries if (e.name, e.nth) == (name, nth)), entry)
            branch, siblings = branch_of(name), f"{name}#{nth}["
            found += [
                e
                for e in entries
                if e.seq > gather.seq
                and e.name.startswith(branch)
                and not e.name.startswith(siblings)
            ]
        return found

    def other_use(self, entry: Entry, asked: str) -> Entry | None:
        """Answer another use of an entry's name, in whatever branch, that was asked just this."""
        uses = self._uses[own_name(entry.name), asked]
        return next((each for each in uses if each.seq != entry.seq), None)

    @cached_property
    def _uses(self) -> dict[tuple[str, str | None], list[Entry]]:
        """Entries by what the job calls them and what they were asked, in whatever branch.

        Made where something is called otherwise than it was: it may be every call of a long run.
        """
        uses: defaultdict[tuple[str, str | None], list[Entry]] = defaultdict(list)
        for entry in self._entries:
            if entry.asked is not None and entry.status is not SUPERSEDED:
                uses[own_name(entry.name), entry.asked].append(entry)
        return uses

    def not_read(self, name: str, asked: str) -> list[Entry]:
        """Answer uses of a name in branches beside it that were asked this and answer nothing."""
        if not branch_of(name) or len(self.read) == self._live:  # as nearly always
            return []
        gather = name.partition("[")[0]
        uses = self._uses[own_name(name), asked]
        return [e for e in uses if e.seq not in self.read and e.name.startswith(f"{gather}[")]

    def passed_over(self) -> list[str]:
        """Answer the steps that are done and were passed over: the code has them no more."""
        return [step for reading in self._readings.values() for step in reading.passed_over()]

    def next_seq(self) -> int:
        """Answer the place of a new entry: after all others."""
        self.written += 1
        return self.written


class Reading:
    """Entries of one branch that are not read yet, and uses so far."""

    def __init__(
        self, journal: Journal, entries: Sequence[Entry], accepted: int, of: "Reading | None" = None
    ) -> None:
        self._of = of
        self._journal = journal
        self._accepted = accepted
        self._unread: dict[Key, Entry] = {}
        self._to_repeat: set[Key] = set()
        self._taken: set[Key] = set()
        self._marks: dict[str, Entry] = {}
        self._begun: set[Key] = set()
        self._last_read = 0
        self._uses: dict[str, int] = {}
        self._times: dict[str, int] = {}
        self.superseded: list[int] = []
        for entry in entries:
            key = (entry.name, entry.nth)
            if entry.kind is EntryKind.CANCEL:
                if entry.status is not SUPERSEDED:
                    self._marks[entry.name.removeprefix(branch_of(entry.name))] = entry
                continue
            if entry.status is not SUPERSEDED:
                self._unread[key] = entry
                continue
            self._to_repeat.add(key)
            if entry.kind is EntryKind.WAIT:
                # One that a person had repeated has left its row behind: its place stays taken.
                self._taken.add(key)
            if entry.kind is EntryKind.STEP:
                self._note(key, entry)

    def _note(self, key: Key, superseded: Entry) -> None:
        """Note whether a step has begun of which a person had nothing said, or that it had not."""
        if once.has_begun(superseded):
            self._begun.add(key)
        else:
            self._begun.discard(key)

    def has_begun(self, name: str, nth: int) -> bool:
        """Whether this use of a name has begun before, for all that anybody has said."""
        return (name, nth) in self._begun

    def let_go(self) -> None:
        """See `Journal.let_go`."""
        self._unread.clear()

    def use(self, name: str) -> int:
        """Count a use of *name* and answer which one it is."""
        nth = self._uses.get(name, 0) + 1
        while (name, nth) in self._taken:
            nth += 1
            self._to_repeat.add((name, nth))
        self._uses[name] = nth
        self._times[name] = self._times.get(name, 0) + 1
        return nth

    def times(self, name: str) -> int:
        """Answer how often the code has used a name: the places of uses that were over left out."""
        return self._times[name]

    def look(self, kind: EntryKind, name: str, form: str | None = None) -> tuple[int, Entry | None]:
        """Count a use of *name*; answer which one, and what it returned before; None: it is new.

        Raises Blocked where the code now means something else by the name: another kind of entry,
        or a wait that asks in another form.
        """
        nth = self.use(name)
        entry = self._unread.pop((name, nth), None)
        if entry is None:
            return nth, None
        if entry.kind is not kind or not is_of(entry.asked, form):
            self._give_up(entry, _told(kind, form))
            return (nth, None) if entry.kind is not EntryKind.WAIT else self.look(kind, name, form)
        self._last_read = max(self._last_read, entry.seq)
        self._journal.read.add(entry.seq)
        return nth, entry

    def exchange(self, entry: Entry, other: Entry) -> bool:
        """Let two uses of a name change places; False: the other one cannot be had any more."""
        place = (other.name, other.nth)
        if self._unread.get(place) is not other:
            return False
        self._unread[place] = entry
        self._journal.read.add(other.seq)
        self._last_read = max(self._last_read, other.seq)
        return True

    def take_out(self, entry: Entry) -> None:
        """Take a wait out of the reading: its place stays taken."""
        self._taken.add((entry.name, entry.nth))
        if self._unread.pop((entry.name, entry.nth), None) is None:
            self._times[entry.name] -= 1
            self._uses[entry.name] -= 1  # It has been read: the next use is the same one.

    def _give_up(self, entry: Entry, now: str) -> None:
        """Take an entry of another kind out of the journal, if a person has accepted that."""
        if entry.seq > self._accepted:
            raise Blocked(
                f"nondeterminism: {label(entry.name, entry.nth)!r} is {now} in the code, but was"
                f" {_told(entry.kind, entry.asked)} when this run reached it. Nothing was executed."
                " Bring the old code back and retry, or retry to go on with the code as it is now,"
                " or cancel the run",
                {"code": "another_kind", "name": label(entry.name, entry.nth)},
            )
        self.superseded.append(entry.seq)
        if entry.kind is EntryKind.WAIT:
            self._taken.add((entry.name, entry.nth))
            self._times[entry.name] -= 1
            self._uses[entry.name] -= 1

    def is_again(self, name: str, nth: int) -> bool:
        """Whether a person has this use of *name* done again, which was over."""
        return (name, nth) in self._to_repeat

    def next_seq(self) -> int:
        """Answer the place of a new entry of this branch."""
        # What this pass writes it has also read: a step after it is no insertion.
        self._last_read = self._journal.next_seq()
        return self._last_read

    @property
    def last_read(self) -> int:
        """The place of the last entry of this branch that has been read or written; 0: none."""
        return self._last_read

    def passed_over(self) -> list[str]:
        """Answer those of this branch, in the order in which they were done."""
        gone = [
            entry
            for entry in self._unread.values()
            if entry.seq < self._last_read and entry.kind is not EntryKind.PATCH
        ]
        return [label(e.name, e.nth) for e in sorted(gone, key=lambda e: e.seq)]

    @property
    def has_marks(self) -> bool:
        """Whether it is written down where a cancel is raised in this branch."""
        return bool(self._marks)

    def is_told_later(self) -> bool:
        """Whether a cancel is raised at what is not read yet."""
        return self.has_marks or any(
            entry.kind is EntryKind.WAIT and entry.status is EntryStatus.CANCELLED
            for entry in self._unread.values()
        )

    def mark(self, where: str) -> Entry | None:
        """Answer what is written down under a name that no step can have."""
        return self._marks.get(where)

    def was_told_at(self, where: str) -> bool:
        """Whether a cancel is raised there; what closing code does comes after it."""
        mark = self._marks.get(where)
        if mark is None:
            return False
        self._last_read = max(self._last_read, mark.seq)
        return True

    def has_gone_further(self) -> bool:
        """Whether the run has already done something that the code reaches later, if at all."""
        return bool(self._later())

    def _later(self, accepted: int = 0) -> list[Entry]:
        """Answer what is unread after the last one read, here and after the gather we are in.

        Whatever stands after that was done when all of its branches had ended.
        """
        known = max(self._last_read, accepted)
        later = sorted((e for e in self._unread.values() if e.seq > known), key=lambda e: e.seq)
        return later + (self._of._later(accepted) if self._of else [])  # noqa: SLF001  our own

    def unread_before(self, entry: Entry) -> list[Entry]:
        """Answer what was done before an entry and has not been reached, if it ever is."""
        return sorted((e for e in self._unread.values() if e.seq < entry.seq), key=lambda e: e.seq)

    def unmet(self) -> list[str]:
        """Answer what the run has done after the last that was read, but for what is accepted."""
        return [label(e.name, e.nth) for e in self._later(self._accepted)]

    def refuse_insertion(self, name: str, nth: int) -> None:
        """Raise Blocked where a new step stands before the point the run had reached.

        Entries unread *after* the last one read prove it: the code has changed there. Unread ones
        before it were passed over; their steps have been removed, which is harmless.
        """
        # A step that a person had repeated stands where it always stood.
        if (later := self.unmet()) and (name, nth) not in self._to_repeat:
            done = ", ".join(later)
            raise Blocked(
                f"nondeterminism: the code now reaches {label(name, nth)!r}, which is new, before"
                f" what this run has already done: {done}. Nothing was executed. Guard it with"
                " ctx.patched(…) or bring the old code back, and retry; or retry to go on with the"
                " code as it is now; or cancel the run",
                {"code": "inserted", "name": label(name, nth)},
            )
