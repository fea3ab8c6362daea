"""Every way a run changes state, one function per arrow, one transaction each.

    run   ready ─claim─▶ running ─park─▶ waiting ─deliver | expire | cancel─▶ ready
                            ├─back_off─▶ ready (at a later time)
                            ├─block──▶ blocked (job unknown, journal and code disagree, poison,
                            │          rows that cannot be read)
                            └─finish─▶ completed | cancelled | failed ─retry─▶ ready
          recover, expire_leases: running ▶ ready, its owner being gone
          retry: `retrying`

Whoever decides anything about a run changes its row first, in a statement that also proves the
right to: `Fenced` is raised where it changes none. The statement that ends a wait changes the one
open row or nothing. So of two who race, one commits first and the other sees it.
"""

from collections.abc import Container, Iterable
from datetime import timedelta

from store import (
    addressing,
    audit,
    cards,
    children,
    claims,
    corrupt,
    events,
    gates,
    journal,
    outbox,
    ready,
    recovery,
    runs,
    waits,
)
from store.claims import Limits
from store.database import Topic, Tx
from store.journal import HEAVY, Entry
from store.query import Row
from store.ready import UNBOUNDED, Room
from store.tables import EntryStatus, EventStatus, GateStatus, RunStatus, WaitKind, WaitStatus
from workflows.approvals.gates import close_wait, withdraw_cards
from workflows.engine.base import Done, NotCancelled, NotDone
from workflows.engine.local import questions
from workflows.engine.local.cancelling import CancelAsked, left_as_it_is
from workflows.engine.local.children import tell_parent, too_late
from workflows.engine.local.journal import branch_of
from workflows.engine.local.living import Living
from workflows.engine.local.outcome import Broken, Key, Later, Lease, NewWait, Waiting, Writes
from workflows.errors import Fenced
from workflows.event import Accepted, Declined, Delivery, Disposition, Receipt, Refused
from workflows.failpoint import failpoint
from workflows.plain import canonical, dumps, loads
from workflows.step import WaitKey

LEASE = timedelta(seconds=60)
MOST_BUFFERED = 64  # events waiting for a wait, per run
MOST_BUFFERED_BY_NAME = 16
SWEEP = 500  # waits timed out in one transaction
OVER = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED})
LONGEST_NOTE = 1_000
TIMEOUT = dumps({"kind": "timeout"})
# A flood of these would be a flood of lines.
# Whoever asks an approval without a person's authority is judged, and put on record, by its gate.
NOT_AUDITED = frozenset({Declined.UNKNOWN_RUN, Declined.RATE_LIMITED, Declined.HUMAN_REQUIRED})

Keys = frozenset[tuple[str, int]]  # waits, by name and nth use
Claim = tuple[ready.Claimed, list[Entry]]


# -- a worker's own runs --------------------------------------------------------------------------


def claim(
    tx: Tx,
    jobs: tuple[str, ...],
    owner: str,
    limit: int,
    *,
    limits: Limits = (),
    and_a_suspect: bool = True,
    memory: int = UNBOUNDED,
    is_empty: bool = True,
) -> list[Claim]:
    """ready ▶ running: take up to *limit* runs, each with its journal.

    *limits* says of which jobs only so many runs are executed at once. *and_a_suspect*: one more
    may be of those that died without a word again and again. Their journals take no more than
    *memory* bytes together; with *is_empty* one run is taken, however much it is.
    """
    until, room = tx.now + LEASE, Room(limit, memory, is_empty)
    claimed, room = _within(tx, claims.claim(tx, jobs, limits, owner, until, room), room)
    if and_a_suspect:
        claimed += claims.claim_suspect(tx, jobs, limits, owner, until, room.widest)
    # A run claimed for the first time has no journal to load.
    again = [run.id for run in claimed if run.epoch > 1]
    journals = journal.load_all(tx, again) if again else {}
    return [(run, journals.get(run.id, [])) for run in claimed]


def _within(tx: Tx, claimed: list[ready.Claimed], room: Room) -> tuple[list[ready.Claimed], Room]:
    """Put back the runs whose journals do not fit together; answer the others, and what is left."""
    kept = []
    for run in claimed:
        if run.journal_bytes <= room.widest:
            kept.append(run)
            left = room.bytes - run.journal_bytes
            room = Room(room.runs, left, room.is_empty and not run.journal_bytes)
        else:
            ready.put_back(tx, run)
    return kept, room


def record(tx: Tx, lease: Lease, writes: Writes) -> bool:
    """Write entries down before the next effect. Raises CancelAsked, as every end of a pass does
    but `block` and `release`, where that is news to the pass: nothing is written then."""
    found = runs.keep(tx, lease.run_id, lease.epoch, tx.now + LEASE)
    _check(lease, found, writes)
    _write(tx, lease.run_id, writes)
    failpoint("record:written")
    # Whether a wait that is watched has ended: nearly always there is none.
    return _any_ended(tx, lease.run_id, writes.watched)


def extend(tx: Tx, lease: Lease) -> None:
    """Keep the lease during a long step."""
    _fence(lease, owned=runs.extend(tx, lease.run_id, lease.epoch, tx.now + LEASE))


def park(tx: Tx, lease: Lease, writes: Writes, waiting: Waiting) -> None:
    """running ▶ waiting, or ▶ ready at once where what it waits for has happened already.

    `park` looks for an early event before it parks, `deliver` for a parked wait; both change the
    run's row first, so in either order the event is seen.
    """
    _check(lease, runs.park(tx, lease.run_id, lease.epoch), writes)
    still_open = _write(tx, lease.run_id, writes)
    failpoint("park:written")
    _look_around(tx, lease.run_id, waiting, still_open)


def back_off(tx: Tx, lease: Lease, writes: Writes, later: Later) -> None:
    """running ▶ ready after a pause: a step is tried again then, or sooner if a wait ends."""
    # The transaction's time, as with a deadline: it never runs backwards.
    _check(lease, runs.back_off(tx, lease.run_id, lease.epoch, tx.now + later.pause), writes)
    still_open = _write(tx, lease.run_id, writes)
    failpoint("back_off:written")
    _look_around(tx, lease.run_id, later, still_open)


def release(tx: Tx, lease: Lease) -> None:
    """running ▶ ready: this process stops, another may go on."""
    _fence(lease, owned=runs.release(tx, lease.run_id, lease.epoch))
    tx.announce(Topic.READY)


def block(tx: Tx, lease: Lease, writes: Writes, broken: Broken) -> None:
    """running ▶ blocked: a person decides."""
    cause = None if broken.cause is None else dumps(questions.told(tx, lease.run_id, broken.cause))
    reason = broken.error or ""
    _fence(lease, owned=runs.block(tx, lease.run_id, lease.epoch, reason, cause))
    _write(tx, lease.run_id, writes)
    _tell_blocked(tx, lease.run_id)


def finish(
    tx: Tx,
    lease: Lease,
    writes: Writes,
    status: RunStatus,
    *,
    result: str | None = None,
    error: str | None = None,
    failed_seq: int | None = None,
) -> None:
    """running ▶ completed, failed or cancelled."""
    ended = runs.finish(
        tx,
        lease.run_id,
        lease.epoch,
        status,
        result=result,
        error=error,
        failed_seq=failed_seq,
    )
    if ended is None:
        raise _fenced(lease)
    _hear(writes, is_to_end=ended.is_to_end)
    _write(tx, lease.run_id, writes)
    _over(tx, lease.run_id, runs.told(tx, lease.run_id) if writes.waits else ended)
    failpoint("finish:written")


# -- everybody else -------------------------------------------------------------------------------


def deliver(tx: Tx, delivery: Delivery) -> Receipt:
    """waiting ▶ ready, if the event ends a wait; else it is buffered or declined."""
    receipt = _deliver(tx, delivery)
    if isinstance(receipt, Refused) and receipt.code not in NOT_AUDITED:
        _audit_event(tx, delivery, f"refused:{receipt.code.value}")
    return receipt


def send(tx: Tx, delivery: Delivery) -> Receipt:
    """Deliver for somebody whom no gate judges: that an approval declines them is on record."""
    receipt = deliver(tx, delivery)
    if receipt == Refused(Declined.HUMAN_REQUIRED):
        _audit_event(tx, delivery, f"refused:{Declined.HUMAN_REQUIRED.value}")
    return receipt


def expire(tx: Tx, wait: waits.Wait) -> None:
    """waiting ▶ ready: the deadline has passed. Harmless where the wait has ended before."""
    if waits.end(tx, wait, WaitStatus.TIMED_OUT):
        if wait.any_name is not None:
            waits.end_others(tx, wait, WaitStatus.TIMED_OUT)
        if wait.kind is WaitKind.CHILD:
            _settle(tx, wait, EntryStatus.FAILED, too_late(tx, wait))
            _cancel_child(tx, wait, by=None)
        else:
            _settle(tx, wait, EntryStatus.DONE, TIMEOUT)
        if wait.kind is WaitKind.APPROVAL:
            close_wait(tx, WaitKey(wait.run_id, wait.name, wait.nth), GateStatus.EXPIRED)
        _wake(tx, wait.run_id)


def _expire_at_once(tx: Tx, wait: waits.Wait) -> None:
    """Time out a wait in the transaction that opens it: nobody is asked what has no time left."""
    expire(tx, wait)
    if wait.kind is WaitKind.APPROVAL:
        withdraw_cards(tx, WaitKey(wait.run_id, wait.name, wait.nth))


def expire_due(tx: Tx) -> int:
    """Time out every wait whose deadline has come, up to a batch; answers how many."""
    due = waits.due(tx, SWEEP)
    for wait in due:
        failpoint("sweep:wait")
        expire(tx, wait)
    return len(due)


def cancel(tx: Tx, run_id: str, *, by: str, via: str, force: bool) -> Done | NotDone | NotCancelled:
    """ready or waiting ▶ ready with a cancel asked for; *force*, or one never begun ▶ cancelled."""
    status = runs.status(tx, run_id)
    if status is None:
        return NotDone.UNKNOWN_RUN
    if status in OVER:
        return NotDone.RUN_OVER
    if status is RunStatus.BLOCKED and not force:
        if runs.has_begun(tx, run_id):
            # It cannot execute its closing code: that is why it is blocked.
            return left_as_it_is(journal.load(tx, run_id))
        force = True
    if not _ask_to_end(tx, run_id, by=by, via=via, force=force):
        return NotDone.ALREADY_ASKED
    return Done(RunStatus.CANCELLED if force else status)


def _ask_to_end(tx: Tx, run_id: str, *, by: str, via: str, force: bool) -> bool:
    """Ask a run to end; False: it had been asked before. A blocked one closes when it goes on."""
    if not runs.request_cancel(tx, run_id, by) and not force:
        return False
    if force:
        _cancel_waits(tx, run_id, by=by)
        _over(tx, run_id, runs.force_cancel(tx, run_id, by))
    else:
        _cancel_waits(tx, run_id, by=by, but=_closing(tx, run_id))
        _wake(tx, run_id)
    audit.append(
        tx,
        actor=by,
        via=via,
        action="cancel",
        outcome="forced" if force else "asked",
        run_id=run_id,
    )
    return True


def sweep(tx: Tx, jobs: tuple[str, ...], living: Living) -> int:
    """Put right what no worker would: due waits, lost leases, poison, unknown jobs.

    Passes of *living* keep their leases, whatever the clock says. Answers how many waits were timed
    out: as many as a batch means there may be more. Safe to run twice and beside anything else.
    """
    recovery.expire_leases(tx, lambda of: living.has(Lease(of.run_id, of.epoch), of.owner))
    for run_id in (*recovery.block_poison(tx), *recovery.block_unknown(tx, jobs)):
        _tell_blocked(tx, run_id)
    return expire_due(tx)


def set_aside(tx: Tx, found: Iterable[corrupt.Corrupt]) -> int:
    """ready ▶ blocked, where a row of the run cannot be read; answers how many."""
    blocked = [each.run_id for each in found if corrupt.set_aside(tx, each)]
    for run_id in blocked:
        _tell_blocked(tx, run_id)
    return len(blocked)


def recover(tx: Tx, jobs: tuple[str, ...]) -> int:
    """At the start: running ▶ ready, and blocked ▶ ready where the missing job is back."""
    return recovery.recover(tx) + recovery.unblock_known(tx, jobs)


# -- parts ----------------------------------------------------------------------------------------


def _deliver(tx: Tx, delivery: Delivery) -> Receipt:  # noqa: PLR0911  one per row of the table
    """See `deliver`. A repeated key is looked for first, then the wait, then the run."""
    met = addressing.addressed(tx, delivery.run_id, delivery.name, delivery.scope, delivery.key)
    if met is None:
        return Refused(Declined.UNKNOWN_RUN)
    if met.is_repeated:
        return _repeated(tx, delivery)
    status, wait = met.status, _meant(tx, delivery, met)
    if isinstance(wait, Refused):
        return wait
    if wait is None or (wait.status is WaitStatus.CANCELLED and status in OVER):
        return _without_wait(tx, delivery, status)
    if wait.status is WaitStatus.OPEN and wait.deadline_at <= tx.now:
        expire(tx, wait)
        wait = wait._replace(status=WaitStatus.TIMED_OUT)
    if wait.status is not WaitStatus.OPEN:
        return _ended(tx, wait)
    if delivery.kind not in _expected(wait):
        return Refused(Declined.UNEXPECTED_KIND, {"expected": _expected(wait)})
    if wait.kind is WaitKind.APPROVAL and delivery.gate is None:
        return Refused(Declined.HUMAN_REQUIRED)
    return _resolve(tx, delivery, wait)


def _meant(tx: Tx, delivery: Delivery, met: addressing.Addressed) -> waits.Wait | Refused | None:
    """Answer the wait that an event is for: of several the one opened first that expects it.

    None: there was none so far. Several approvals are told apart by their full names alone.
    """
    is_full = delivery.gate is not None or addressing.BRANCH in delivery.name
    is_open = met.wait is not None and met.wait.status is WaitStatus.OPEN
    if is_full or (is_open and not met.is_elsewhere):
        return met.wait
    opened = addressing.open_waits(tx, delivery.run_id, delivery.name) if met.is_elsewhere else []
    in_time = [wait for wait in opened if wait.deadline_at > tx.now]
    if not in_time:
        late = next(iter(opened), met.wait if is_open else None)
        ended = addressing.last_ended(tx, delivery.run_id, delivery.name)
        return late or ended or met.wait
    asked = [wait for wait in in_time if wait.kind is WaitKind.APPROVAL]
    for wait in in_time:
        if wait.kind is WaitKind.EVENT and delivery.kind in _expected(wait):
            return wait
    if len(asked) > 1:
        return Refused(Declined.SEVERAL_OPEN, {"open": [wait.name for wait in asked]})
    return next(iter(asked), in_time[0])


def _check(lease: Lease, found: list[Row], writes: Writes) -> None:
    """Prove the lease, and that the pass knows of a cancel, by what its run's row answered."""
    _fence(lease, owned=bool(found))
    _hear(writes, is_to_end=found[0][0] is not None)


def _hear(writes: Writes, *, is_to_end: bool) -> None:
    if is_to_end and not writes.has_heard:
        raise CancelAsked


def _fence(lease: Lease, *, owned: bool) -> None:
    if not owned:
        raise _fenced(lease)


def _fenced(lease: Lease) -> Fenced:
    return Fenced(f"run {lease.run_id} has moved on from epoch {lease.epoch}")


def _look_around(tx: Tx, run_id: str, ending: Waiting | Later, still_open: Keys) -> None:
    """Wake a run that has just been let go where something has happened to it meanwhile."""
    if _any_ended(tx, run_id, set(ending.on) - still_open):
        _wake(tx, run_id)


def _write(tx: Tx, run_id: str, writes: Writes) -> Keys:
    """Write down what a pass did; answers which of its new waits nothing can have ended yet."""
    _write_entries(tx, run_id, writes)
    opened = [_open(tx, run_id, wait) for wait in writes.waits]
    over = [wait for wait, _ in opened if wait.deadline_at <= tx.now]
    for wait in over:
        _expire_at_once(tx, wait)
    early = [wait for wait, has_early_events in opened if has_early_events and wait not in over]
    for wait in early:
        if wait.kind is not WaitKind.SLEEP:
            _look_for_early_event(tx, wait)
    for branch, keeping in writes.given_up:
        _give_up_waits(tx, run_id, branch, keeping)
    if writes.said is not None:
        runs.say(tx, run_id, writes.said)
    for what, steps in writes.notes:
        _note(tx, run_id, what, steps)
    if early or over or writes.given_up:
        return frozenset()
    return frozenset(wait.entry for wait in writes.waits)


def _write_entries(tx: Tx, run_id: str, writes: Writes) -> None:
    """Write entries, take out what is to answer no more, and let stand what is to stand."""
    for seq in writes.superseded:
        journal.supersede(tx, run_id, seq)
    for name, nth in writes.asked_again:
        _ask_again(tx, run_id, name, nth)
    for seq, digest in writes.restated.items():
        journal.restate(tx, run_id, seq, digest)
    if writes.input is not None:
        runs.complete(tx, run_id, writes.input)
    if writes.entries:
        journal.put(tx, run_id, writes.entries)
    if writes.journal_bytes >= HEAVY:
        runs.weigh(tx, run_id, writes.journal_bytes)


def _note(tx: Tx, run_id: str, what: str, steps: str) -> None:
    """Put on record, once, what is so of some steps that this run has done."""
    outcome = steps[:LONGEST_NOTE]
    noted = {line.outcome for line in audit.of_run(tx, run_id) if line.action == what}
    if outcome not in noted:
        audit.append(
            tx,
            actor=f"job:{run_id}",
            via="engine",
            action=what,
            outcome=outcome,
            run_id=run_id,
        )


def _open(tx: Tx, run_id: str, new: NewWait) -> tuple[waits.Wait, bool]:
    """Open a wait; answers it, and whether events of its name were there before."""
    nth = _free(tx, run_id, new)
    shared = new.any_of or (None if nth == new.nth else new.entry)
    any_name, any_nth = shared or (None, None)
    wait = waits.Wait(
        run_id=run_id,
        name=new.name,
        nth=nth,
        kind=new.kind,
        expected=",".join(new.expected),
        status=WaitStatus.OPEN,
        deadline_at=tx.now + new.length,
        event_id=None,
        opened_at=tx.now,
        ended_at=None,
        any_name=any_name,
        any_nth=any_nth,
    )
    has_early_events = waits.insert(tx, wait)
    is_over = new.kind is WaitKind.CHILD and wait.deadline_at <= tx.now
    if new.opening is not None and not is_over:  # A run that nobody would wait for is not started.
        new.opening(tx, WaitKey(run_id, new.name, nth))
    return wait, has_early_events


def _free(tx: Tx, run_id: str, new: NewWait) -> int:
    """Answer which use of its name a new wait is, in a run that may have waited by other code.

    What that code opened nobody waits for any more, where the same name is waited for again.
    """
    last = waits.newest(tx, run_id, new.name)
    if last is None:
        return new.nth
    if last.status is WaitStatus.OPEN:
        _cancel_wait(tx, last, by=None)
    return max(new.nth, last.nth + 1)


def _look_for_early_event(tx: Tx, wait: waits.Wait) -> None:
    """End a bare wait by the first event that arrived before it; an approval takes none."""
    if wait.any_name is not None and not waits.is_open(tx, wait):
        return  # Another of them has been faster; what is buffered stays for a later wait.
    for early in events.buffered(tx, wait.run_id, wait.name, addressing.plain(wait.name)):
        failpoint("park:early-event")
        if wait.kind is WaitKind.EVENT and early.kind in _expected(wait):
            events.consume(tx, early.id, wait.nth)
            _end(tx, wait, early.id, early.kind, early.payload, early.actor)
            return
        events.mismatch(tx, early.id)


def _expected(wait: waits.Wait) -> list[str]:
    # A sleep expects nothing, not the kind "".
    return wait.expected.split(",") if wait.expected else []


def _end(tx: Tx, wait: waits.Wait, event_id: int, kind: str, payload: str, actor: str) -> bool:
    """End an open wait by an event, and write into the journal what the job will be given."""
    if not waits.end(tx, wait, WaitStatus.RESOLVED, event_id):
        return False
    value = {"kind": kind, "payload": loads(payload), "actor": actor, "at": tx.now.isoformat()}
    if wait.any_name is not None:
        value["name"] = wait.name
        waits.end_others(tx, wait, WaitStatus.RESOLVED, event_id)
    _settle(tx, wait, EntryStatus.DONE, dumps(value))
    return True


def _settle(tx: Tx, wait: waits.Wait, status: EntryStatus, value: str | None) -> None:
    """Write into the journal how a wait has ended; several may share an entry."""
    name, nth = wait.entry
    journal.settle(tx, wait.run_id, name, nth, status, value)


def _resolve(tx: Tx, delivery: Delivery, wait: waits.Wait) -> Receipt:
    payload = dumps(delivery.payload)
    event_id = _store(tx, delivery, payload, EventStatus.CONSUMED, wait.nth)
    _end(tx, wait, event_id, delivery.kind, payload, delivery.actor)
    failpoint("deliver:ended")
    _wake(tx, wait.run_id)
    if delivery.gate is None:  # A gate's own audit line says more.
        _audit_event(tx, delivery, Disposition.RESOLVED.value)
    return Accepted(Disposition.RESOLVED, event_id)


def _without_wait(tx: Tx, delivery: Delivery, status: RunStatus) -> Receipt:
    if status in OVER:
        return Refused(Declined.RUN_OVER, {"status": status.value})
    opened = addressing.open_names(tx, delivery.run_id)
    if delivery.must_be_open:
        return Refused(Declined.NOT_WAITING, {"open_waits": opened})
    buffered, by_name = events.count_buffered(tx, delivery.run_id, delivery.name)
    if buffered >= MOST_BUFFERED or by_name >= MOST_BUFFERED_BY_NAME:
        return Refused(Declined.RATE_LIMITED)
    payload = dumps(delivery.payload)
    event_id = _store(tx, delivery, payload, EventStatus.BUFFERED, None, opened)
    _audit_event(tx, delivery, Disposition.BUFFERED.value)
    return Accepted(Disposition.BUFFERED, event_id, open_waits=tuple(opened))


def _ended(tx: Tx, wait: waits.Wait) -> Receipt:
    """Answer for a wait that is no longer open."""
    if wait.status is WaitStatus.TIMED_OUT:
        return Refused(Declined.EXPIRED, {"deadline_at": wait.deadline_at.isoformat()})
    if wait.status is WaitStatus.CANCELLED:
        return Refused(Declined.RUN_OVER, {"status": "cancelled"})
    gate = gates.of_wait(tx, wait.run_id, wait.name, wait.nth)
    at = wait.ended_at.isoformat() if wait.ended_at else None
    by, outcome = (gate.decided_by, gate.status.value) if gate else (None, None)
    return Refused(Declined.ALREADY_DECIDED, {"outcome": outcome, "by": by, "at": at})


def _repeated(tx: Tx, delivery: Delivery) -> Receipt:
    known = events.by_key(tx, delivery.run_id, delivery.scope, delivery.key)
    said = (known.name, known.kind, bool(known.must_be_open))
    same = said == (delivery.name, delivery.kind, delivery.must_be_open)
    if not same or canonical(loads(known.payload)) != canonical(dict(delivery.payload)):
        return Refused(Declined.KEY_REUSED)
    # The first answer again, though the event may have been consumed since.
    opened = None if known.open_waits is None else tuple(loads(known.open_waits))
    return Accepted(Disposition(known.disposition), known.id, repeated=True, open_waits=opened)


def _store(
    tx: Tx,
    delivery: Delivery,
    payload: str,
    status: EventStatus,
    nth: int | None,
    open_waits: list[str] | None = None,
) -> int:
    consumed = status is EventStatus.CONSUMED
    return events.insert_new(
        tx,
        run_id=delivery.run_id,
        name=delivery.name,
        kind=delivery.kind,
        payload=payload,
        scope=delivery.scope,
        key=delivery.key,
        status=status,
        disposition=(Disposition.RESOLVED if consumed else Disposition.BUFFERED).value,
        wait_nth=nth,
        actor=delivery.actor,
        via=delivery.via,
        open_waits=None if open_waits is None else dumps(open_waits),
        must_be_open=delivery.must_be_open,
    )


def _any_ended(tx: Tx, run_id: str, on: Iterable[Key]) -> bool:
    return any(journal.has_ended(tx, run_id, name, nth) for name, nth in on)


def _closing(tx: Tx, run_id: str) -> tuple[str, ...]:
    """Answer the branches that are over, another one having failed: closing code waits there."""
    return tuple({branch_of(name) for name in journal.told(tx, run_id)} - {""})


def _give_up_waits(tx: Tx, run_id: str, branch: str, keeping: Container[Key]) -> None:
    """End the open waits of a branch that is over ("": the run is), and say so in their entries."""
    for wait in waits.open_of_run(tx, run_id):
        if wait.name.startswith(branch) and wait.entry not in keeping:
            _cancel_wait(tx, wait, by=None, value=dumps(branch))


def _cancel_waits(tx: Tx, run_id: str, by: str | None, but: tuple[str, ...] = ()) -> None:
    """End the open waits of a run, *but* those of some branches."""
    for wait in waits.open_of_run(tx, run_id):
        if not wait.name.startswith(but):
            _cancel_wait(tx, wait, by)


def _cancel_wait(tx: Tx, wait: waits.Wait, by: str | None, value: str | None = None) -> None:
    failpoint("cancel:wait")
    waits.end(tx, wait, WaitStatus.CANCELLED)
    _settle(tx, wait, EntryStatus.CANCELLED, value)
    if wait.kind is WaitKind.APPROVAL:
        close_wait(tx, WaitKey(wait.run_id, wait.name, wait.nth), GateStatus.CANCELLED, by)
    if wait.kind is WaitKind.CHILD:
        _cancel_child(tx, wait, by)


def _ask_again(tx: Tx, run_id: str, name: str, nth: int) -> None:
    """Let go of a wait whose question is asked in other words now; its card says so."""
    wait = waits.get(tx, run_id, name, nth)
    if wait is not None and wait.status is WaitStatus.OPEN:
        _cancel_wait(tx, wait, by=None)
    if gates.ask_again(tx, run_id, name, nth) and (gate := gates.of_wait(tx, run_id, name, nth)):
        cards.redraw(tx, gate.id)


def _cancel_child(tx: Tx, wait: waits.Wait, by: str | None) -> None:
    """Ask a run to end for which nobody waits any more."""
    child = children.of_wait(tx, wait.run_id, wait.name, wait.nth)
    if child is not None and runs.status(tx, child) not in OVER:
        _ask_to_end(tx, child, by=by or f"job:{wait.run_id}", via="job", force=False)


def _wake(tx: Tx, run_id: str) -> None:
    runs.wake(tx, run_id)
    tx.announce(Topic.READY)


def _over(tx: Tx, run_id: str, run: runs.Told) -> None:
    """What a run leaves behind: unused events expire, cards show the result, people are told."""
    if run.has_buffered:
        events.expire(tx, run_id)
    _tell(tx, run_id, run, "ended")
    if run.parent_id is not None:
        tell_parent(tx, run_id)


def _tell_blocked(tx: Tx, run_id: str) -> None:
    _tell(tx, run_id, runs.told(tx, run_id), "blocked")


def _tell(tx: Tx, run_id: str, run: runs.Told, what: str) -> None:
    """Queue the news of a run: in the thread of its last card, else to the person who asked.

    Whoever asked for a run is told of its end, not of the ends of those that it started.
    """
    gate = gates.last_of_run(tx, run_id) if run.has_gates else None
    if gate is not None:
        cards.redraw_run(tx, run_id)
    is_part = what == "ended" and run.parent_id is not None
    if gate is not None or (run.requested_by.startswith("slack:") and not is_part):
        outbox.tell(tx, what, run_id=run_id, gate_id=gate, nth=str(run.epoch))
        tx.announce(Topic.HOME)


def _audit_event(tx: Tx, delivery: Delivery, outcome: str) -> None:
    audit.append(
        tx,
        actor=delivery.actor,
        via=delivery.via,
        action="deliver",
        outcome=outcome,
        run_id=delivery.run_id,
        detail=dumps({"name": delivery.name, "kind": delivery.kind}),
    )
