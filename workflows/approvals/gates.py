"""Gates: the one door for every surface. Open, decide, close; each inside one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self, assert_never

from store import audit, cards, events, gates, outbox
from store.database import Database, Topic, Tx
from store.tables import EventStatus, GateStatus, SendStatus
from workflows.approvals.gate import Card, Choice, Person, Policy, Vote
from workflows.approvals.policy import (
    Counted,
    Decides,
    NotAllowed,
    Reason,
    Repeated,
    Ruling,
    judge,
)
from workflows.approvals.view import GateView, cast, view
from workflows.engine.base import Engine
from workflows.event import Accepted, Declined, Delivery, Disposition, Receipt, Refused
from workflows.ids import gate_id
from workflows.plain import dumps
from workflows.step import WaitKey


@dataclass(frozen=True, slots=True)
class Place:
    """The message a click came from, as Slack says: ids, and the channel's name without #."""

    channel: str
    channel_name: str
    message_ts: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The gate had ended before this answer; its status says how."""


@dataclass(frozen=True, slots=True)
class Misplaced:
    """The click came from a message that is no copy of this gate's card."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """The answer was to an earlier version of the question, which is no longer asked."""

    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such gate."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer did, and the gate as it stands now (None only when it is missing)."""

    ruling: Ruling | Closed | Misplaced | Missing | Outdated
    gate: GateView | None


@dataclass(frozen=True, slots=True)
class Question:
    """What a job asks: written when its wait opens (an `Opening`)."""

    card: Card
    policy: Policy
    digest: str

    def __call__(self, tx: Tx, wait: WaitKey) -> None:
        """Open the gate and queue its card, in the transaction that opens the wait."""
        gate = gate_id()
        gates.insert_open(
            tx,
            gate_id=gate,
            run_id=wait.run_id,
            name=wait.name,
            nth=wait.nth,
            card=self.card.model_dump_json(),
            policy=self.policy.model_dump_json(),
            digest=self.digest,
            requested_by=self.card.requested_by,
        )
        cards.insert(tx, gate, self.card.channel)
        tx.announce(Topic.HOME)


class Title(str):
    """What a run asked last; *named* are the ids of those people and channels that it names."""

    __slots__ = ("named",)

    named: frozenset[str]

    @classmethod
    def of(cls, card: Card) -> Self:
        """Answer a card's title."""
        title = cls(card.title)
        title.named = card.named
        return title


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that has not arrived, and why."""

    what: str
    run_id: str
    error: str
    attempts: int
    at: datetime
    is_final: bool


class Gates:
    """Where people's answers come in, whichever door they took."""

    def __init__(self, db: Database, engine: Engine) -> None:
        self._db = db
        self._engine = engine

    async def get(self, gate: str) -> GateView | None:
        """Answer a gate as it stands."""
        return await self._db.read(load, gate)

    async def channel_of(self, gate: str) -> str | None:
        """Answer the channel a gate's card is in, as Slack names it; None: not posted yet."""
        copies = await self._db.read(cards.of_gate, gate)
        return next((copy.channel for copy in copies if copy.channel), None)

    async def posted_at(self, gate: str) -> tuple[str, str] | None:
        """Answer channel and timestamp of a gate's card; None: it is not posted yet."""
        copies = await self._db.read(cards.of_gate, gate)
        posted = [(copy.channel, copy.message_ts) for copy in copies]
        return next(((where, at) for where, at in posted if where and at), None)

    async def is_copy(self, gate: str, place: Place) -> bool:
        """Whether a message is a copy of a gate's card, as far as is known."""
        copies = await self._db.read(cards.of_gate, gate)
        return any(_is_at(copy, place) or _may_be_at(copy, place) for copy in copies)

    async def unsent(self, limit: int) -> list[Unsent]:
        """Answer what could not be sent so far, cards first."""
        return await self._db.read(_unsent, limit)

    async def of_run(self, run_id: str) -> list[GateView]:
        """Answer a run's gates in the order they were opened."""
        return await self._db.read(_of_run, run_id)

    async def titles(self, runs: Iterable[str]) -> dict[str, str]:
        """Answer what each of these runs asked last, by the run's id; not all of them asked."""
        return await self._db.read(_titles, tuple(runs))

    async def newest_open(self, limit: int) -> list[GateView]:
        """Answer open gates, newest first."""
        return await self._db.read(_newest_open, limit)

    async def decided_by(self, actor: str, limit: int) -> list[GateView]:
        """Answer what somebody decided, newest first."""
        return await self._db.read(_decided_by, actor, limit)

    async def decide(self, gate: str, vote: Vote, place: Place | None = None) -> Answer:
        """Record *vote*, and if it decides, end the wait and wake the run: one commit.

        Policy and deadline are judged inside the transaction, from the stored gate. Raises
        NotStored when nothing was written.
        """
        return await self._db.write(self._decide, gate, vote, place)

    async def deliver(self, delivery: Delivery, person: Person) -> Receipt:
        """Hand an event to a run. Where it meets an open approval it is a vote of *person*'s.

        The checks are those of the engine, in its order; authority comes last, as everywhere.
        """
        return await self._db.write(self._deliver, delivery, person)

    def _deliver(self, tx: Tx, delivery: Delivery, person: Person) -> Receipt:
        receipt = self._engine.deliver(tx, delivery)
        if receipt != Refused(Declined.HUMAN_REQUIRED):
            return receipt
        found = gates.open_of_name(tx, delivery.run_id, delivery.name)
        if found is None:
            return receipt
        vote = _voted(delivery, person)
        if vote is None:
            return _no_version(found)
        return _receipt(tx, delivery, found, self._judged(tx, found, vote))

    def _decide(self, tx: Tx, gate: str, vote: Vote, place: Place | None) -> Answer:
        found = gates.get(tx, gate)
        if found is None:
            return Answer(Missing(), None)
        if place is not None and not _is_copy(tx, found, place):
            _audit(tx, found, vote, "misplaced")
            return Answer(Misplaced(), _view(tx, found))
        if found.status is GateStatus.OPEN and found.deadline_at <= tx.now:
            # Judged by the clock of this transaction, whether or not the sweep has run.
            self._engine.expire(tx, found.run_id, found.name, found.nth)
            found = gates.get(tx, gate) or found
        if found.status is not GateStatus.OPEN:
            _audit(tx, found, vote, f"late:{found.status.value}")
            cards.redraw(tx, gate)  # Their buttons may be stale: that is why they clicked.
            return Answer(Closed(), _view(tx, found))
        return Answer(self._judged(tx, found, vote), load(tx, gate))

    def _judged(self, tx: Tx, found: gates.Gate, vote: Vote) -> Ruling | Outdated:
        """Count an answer to the question that is open now; one to an earlier question is none."""
        if vote.version is None or vote.version == found.version:
            return self._count(tx, found, vote)
        _audit(tx, found, vote, f"outdated:{vote.version}")
        cards.redraw(tx, found.id)  # What they saw may be what stands there still.
        tx.announce(Topic.HOME)
        return Outdated(answered=vote.version, asked=found.version)

    def _count(self, tx: Tx, found: gates.Gate, vote: Vote) -> Ruling:
        earlier = [cast(stored) for stored in gates.votes(tx, found.id)]
        policy = Policy.model_validate_json(found.policy)
        ruling = judge(policy, found.requested_by, earlier, vote)
        match ruling:
            case NotAllowed(reason=reason):
                _audit(tx, found, vote, f"refused:{reason.value}")
            case Repeated():
                _audit(tx, found, vote, "repeated")
            case Counted():
                _put_vote(tx, found, vote)
                _audit(tx, found, vote, "counted")
                cards.redraw(tx, found.id)
                tx.announce(Topic.HOME)
            case Decides(choice=choice):
                _put_vote(tx, found, vote)
                self._end(tx, found, vote, choice)
            case _:
                assert_never(ruling)
        return ruling

    def _end(self, tx: Tx, found: gates.Gate, vote: Vote, choice: Choice) -> None:
        """Close the gate, and write the one event that ends the wait."""
        close(tx, found, GateStatus(choice.value), by=vote.person.actor, note=vote.note)
        votes = [stored._asdict() for stored in gates.votes(tx, found.id)]
        receipt = self._engine.deliver(
            tx,
            Delivery(
                run_id=found.run_id,
                name=found.name,
                kind=choice.value,
                actor=vote.person.actor,
                via=vote.via,
                scope="gate",
                key=found.id,
                payload={"note": vote.note, "votes": votes},
                gate=found.id,
            ),
        )
        if not isinstance(receipt, Accepted):
            # Gate and wait are always ended together; if they disagree, nothing is written.
            raise TypeError(f"gate {found.id} is open but its wait refused: {receipt.code}")
        _audit(tx, found, vote, choice.value)


def load(tx: Tx, gate: str) -> GateView | None:
    """Answer a gate with its votes."""
    found = gates.get(tx, gate)
    return None if found is None else _view(tx, found)


def close(
    tx: Tx, gate: gates.Gate, status: GateStatus, by: str | None = None, note: str | None = None
) -> None:
    """End an open gate: its cards lose their buttons and the requester is told."""
    if not gates.close(tx, gate.id, status, by, note):
        return
    cards.redraw(tx, gate.id)
    outbox.tell(tx, "decided", run_id=gate.run_id, gate_id=gate.id)
    tx.announce(Topic.HOME)


def close_wait(
    tx: Tx, wait: WaitKey, status: GateStatus, by: str | None = None, note: str | None = None
) -> None:
    """End the gate of a wait that ended without an answer (expired, cancelled)."""
    if found := gates.of_wait(tx, wait.run_id, wait.name, wait.nth):
        close(tx, found, status, by, note)


def withdraw_cards(tx: Tx, wait: WaitKey) -> None:
    """Let the cards of a wait's gate be as if there never had been any: nobody has seen one."""
    if found := gates.of_wait(tx, wait.run_id, wait.name, wait.nth):
        cards.withdraw(tx, found.id)


def _voted(delivery: Delivery, person: Person) -> Vote | None:
    """Answer a delivered event as a vote; None: what it says of the version is no number."""
    note, version = delivery.payload.get("note"), delivery.payload.get("version")
    if version is not None and type(version) is not int:  # True and 1.0 equal 1
        return None
    said = note if isinstance(note, str) else None
    return Vote(person, Choice(delivery.kind), said, delivery.via, version)


def _receipt(tx: Tx, delivery: Delivery, found: gates.Gate, ruling: Ruling | Outdated) -> Receipt:
    """Answer what became of a delivered vote; one that counts is kept under its key."""
    match ruling:
        case NotAllowed(reason=reason):
            return _not_allowed(reason)
        case Outdated(answered=answered, asked=asked):
            detail = {"answered": answered, "version": asked}
            return Refused(Declined.QUESTION_CHANGED, detail)
        case Repeated():
            return Accepted(Disposition.COUNTED, _stored(tx, delivery, found), repeated=True)
        case Counted():
            return Accepted(Disposition.COUNTED, _stored(tx, delivery, found))
        case Decides():
            stored = _stored(tx, delivery, found, Disposition.RESOLVED)
            return Accepted(Disposition.RESOLVED, stored)
        case _:
            assert_never(ruling)


def _not_allowed(reason: Reason) -> Refused:
    if reason is Reason.HUMAN_REQUIRED:
        return Refused(Declined.HUMAN_REQUIRED)
    return Refused(Declined.NOT_ALLOWED, {"reason": reason.value})


def _no_version(found: gates.Gate) -> Refused:
    what = f"is the number of the question's version; the open one is {found.version}"
    return Refused(Declined.INVALID, {"errors": [{"where": "payload.version", "detail": what}]})


def _stored(
    tx: Tx,
    delivery: Delivery,
    found: gates.Gate,
    disposition: Disposition = Disposition.COUNTED,
) -> int:
    """Keep a delivered vote under its key, so that a repeated delivery gets the same answer."""
    return events.insert_new(
        tx,
        run_id=delivery.run_id,
        name=delivery.name,
        kind=delivery.kind,
        payload=dumps(delivery.payload),
        scope=delivery.scope,
        key=delivery.key,
        status=EventStatus.VOTE,
        disposition=disposition.value,
        wait_nth=found.nth,
        actor=delivery.actor,
        via=delivery.via,
        must_be_open=delivery.must_be_open,
    )


def _view(tx: Tx, found: gates.Gate) -> GateView:
    return view(found, gates.votes(tx, found.id))


def _of_run(tx: Tx, run_id: str) -> list[GateView]:
    return [_view(tx, found) for found in gates.of_run(tx, run_id)]


def _titles(tx: Tx, runs: tuple[str, ...]) -> dict[str, str]:
    asked = {run: gate for run in runs if (gate := gates.last_of_run(tx, run))}
    found = {run: gates.get(tx, gate) for run, gate in asked.items()}
    return {
        run: Title.of(Card.model_validate_json(gate.card)) for run, gate in found.items() if gate
    }


def _newest_open(tx: Tx, limit: int) -> list[GateView]:
    return [_view(tx, found) for found in gates.newest_open(tx, limit)]


def _decided_by(tx: Tx, actor: str, limit: int) -> list[GateView]:
    return [_view(tx, found) for found in gates.decided_by(tx, actor, limit)]


def _put_vote(tx: Tx, found: gates.Gate, vote: Vote) -> None:
    stored = gates.Vote(vote.person.actor, vote.choice.value, vote.note, vote.via, tx.now)
    gates.put_vote(tx, found.id, stored)


def _is_copy(tx: Tx, found: gates.Gate, place: Place) -> bool:
    """Whether the message is a copy of the card; one whose ts is not stored yet is adopted."""
    copies = cards.of_gate(tx, found.id)
    if any(_is_at(copy, place) for copy in copies):
        return True
    for copy in copies:
        if _may_be_at(copy, place):
            cards.posted(tx, copy, place.channel, place.message_ts)
            return True
    return False


def _is_at(copy: cards.Card, place: Place) -> bool:
    return copy.message_ts == place.message_ts and copy.channel == place.channel


def _may_be_at(copy: cards.Card, place: Place) -> bool:
    """Whether the copy was sent to this channel, and where it is has not been heard yet."""
    names = {place.channel, f"#{place.channel_name}"}
    is_new = copy.message_ts is None and place.message_ts != ""
    return is_new and (copy.channel or copy.asked_in) in names


def _unsent(tx: Tx, limit: int) -> list[Unsent]:
    found = [
        Unsent(
            what="card",
            run_id=gate.run_id,
            error=card.last_error or "",
            attempts=card.attempts,
            at=card.next_at,
            is_final=card.status is SendStatus.DEAD,
        )
        for card in cards.failed(tx, limit)
        if (gate := gates.get(tx, card.gate_id))
    ]
    found += [
        Unsent(
            what=message.what,
            run_id=message.run_id,
            error=message.last_error or "",
            attempts=message.attempts,
            at=message.next_at,
            is_final=message.status is SendStatus.DEAD,
        )
        for message in outbox.failed(tx, limit)
    ]
    return found[:limit]


def _audit(tx: Tx, found: gates.Gate, vote: Vote, outcome: str) -> None:
    """Every attempt is written down, the refused ones too."""
    person = vote.person
    facts = {
        "choice": vote.choice.value,
        "note": (vote.note or "")[:500],
        "name": person.name,
        "team": person.team,
        "guest": person.is_guest,
        "groups": sorted(person.groups),
        "digest": found.digest,
    }
    audit.append(
        tx,
        actor=person.actor,
        via=vote.via,
        action="decide",
        outcome=outcome,
        run_id=found.run_id,
        gate_id=found.id,
        detail=dumps(facts),
    )
