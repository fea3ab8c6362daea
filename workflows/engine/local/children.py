"""Children: a run that starts another one, and waits for its end as for an event.

The child is there with its parent's wait, in one transaction; the statement that ends the child
is in one transaction with the one that ends the wait. So there is neither a wait without a child
nor a child that nobody hears of.
"""

from dataclasses import dataclass

from store import audit, children, journal, runs, waits
from store.children import Child
from store.database import Topic, Tx
from store.tables import EntryStatus, RunStatus, WaitStatus
from workflows.engine.local import adopting
from workflows.errors import StepMisused
from workflows.failpoint import failpoint
from workflows.inputs import Given
from workflows.plain import dumps, loads
from workflows.registry import Registry
from workflows.step import WaitKey

DEEPEST = 16  # parents above a run


@dataclass(frozen=True, slots=True)
class NewChild:
    """A run to be started with a wait, for whoever asked for its parent.

    Where there has been a run for that wait that was asked for the same, it is that one still:
    see `adopting`. *use*: of the name, in the code. *is_again*: a person has the parent tried
    again; one that an older version started has an id that says nothing.
    """

    job: str
    arguments: str
    requested_by: str
    depth: int
    address: str
    is_again: bool
    use: int

    def __call__(self, tx: Tx, wait: WaitKey) -> None:
        """Start it, or wait for the one that is there; see `Opening`."""
        before, new_id = adopting.so_far(tx, wait.run_id, wait.name, self.use)
        if before is None and self.is_again:
            before = children.newest(tx, wait.run_id, wait.name)
        is_left = before is not None and adopting.is_untouched(tx, before)
        if before is None or is_left or not self._is_the_same(before):
            self._start(tx, wait, new_id)
            return
        children.adopt(tx, before.id, wait.nth)
        if adopting.is_told_to_end(before) and before.status is not RunStatus.CANCELLED:
            adopting.go_on(tx, before)
            tx.announce(Topic.READY)
        elif before.status in adopting.OVER:
            tell_parent(tx, before.id)

    def _is_the_same(self, child: Child) -> bool:
        asked = (child.job, child.input) == (self.job, self.arguments)
        has_result = child.status is RunStatus.COMPLETED
        return asked and (has_result or child.pruned_at is None)

    def _start(self, tx: Tx, wait: WaitKey, new_id: str) -> None:
        children.insert(
            tx,
            run_id=new_id,
            job=self.job,
            arguments=self.arguments,
            requested_by=self.requested_by,
            parent=(wait.run_id, wait.name, wait.nth),
            depth=self.depth,
            address=self.address,
        )
        audit.append(
            tx,
            actor=f"job:{wait.run_id}",
            via="job",
            action="start",
            outcome="done",
            run_id=new_id,
        )
        failpoint("child:started")
        tx.announce(Topic.READY)


def new_child(
    registry: Registry,
    job: str,
    arguments: Given,
    *,
    requested_by: str,
    parents: int,
    address: str,
    is_again: bool,
    use: int,
) -> NewChild:
    """Answer what to start. Raises JobNotFound, InputRefused, StepMisused: nothing is written."""
    if parents >= DEEPEST:
        raise StepMisused(
            f"run_job({job!r}, …): this run has {parents} parents above it, and {DEEPEST} are the"
            " most: a job that starts itself needs an end"
        )
    accepted = registry.get(job).accept(arguments)
    return NewChild(job, accepted, requested_by, parents + 1, address, is_again, use)


def tell_parent(tx: Tx, child_id: str) -> None:
    """End the wait of a child's parent by the end of the child, and wake the parent.

    After the deadline by that, whether or not anybody has swept. Harmless where the parent waits
    no more.
    """
    child = children.get(tx, child_id)
    wait = waits.get(tx, child.parent_id, child.parent_name, child.parent_nth)
    if wait is None:
        return
    is_late = wait.deadline_at <= tx.now
    if not waits.end(tx, wait, WaitStatus.TIMED_OUT if is_late else WaitStatus.RESOLVED):
        return
    status, value = (EntryStatus.FAILED, too_late(tx, wait)) if is_late else _end(child)
    journal.settle(tx, wait.run_id, *wait.entry, status, value)
    failpoint("child:told")
    runs.wake(tx, wait.run_id)
    tx.announce(Topic.READY)


def too_late(tx: Tx, wait: waits.Wait) -> str:
    """Answer what becomes of a wait whose child has not ended in time."""
    child = children.of_wait(tx, wait.run_id, wait.name, wait.nth)
    late = f"the run {child} did not end in time"
    message = late if child else "its time was over before it began: no run was started"
    return dumps({"kind": "timeout", "message": message, "run_id": child or ""})


def _end(child: Child) -> tuple[EntryStatus, str]:
    """Answer what a parent is told: what the child returned, or why it did not."""
    if child.status is RunStatus.COMPLETED:
        value = {"run_id": child.id, "result": loads(child.result or "null")}
        return EntryStatus.DONE, dumps(value)
    why = loads(child.error) if child.error else {"kind": "cancelled", "message": "cancelled"}
    message = f"the run {child.id} of {child.job} {child.status.value}: {why['message']}"
    if child.status is RunStatus.CANCELLED:
        message = f"the run {child.id} of {child.job} was cancelled"
    told = {"kind": why["kind"], "message": message, "run_id": child.id}
    return EntryStatus.FAILED, dumps(told)
