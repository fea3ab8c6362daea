"""Starting: a run is added once for a key, and put on record, in one transaction."""

from store import audit, runs
from store.database import Topic, Tx
from workflows.engine.base import Start, Started
from workflows.errors import KeyReused


def start(tx: Tx, start: Start, arguments: str, new_id: str, address: str) -> Started:
    """Add a run, or answer the one its key has started. Raises KeyReused.

    *address* is that of our pages.
    """
    if start.key is not None and start.scope is not None:
        known = runs.by_start_key(tx, start.scope, start.key)
        if known is not None:
            if (known.job, known.input) != (start.job, arguments):
                raise KeyReused(f"this key started run {known.id}, of another job or input")
            return Started(known.id, repeated=True)
    runs.insert(
        tx,
        run_id=new_id,
        job=start.job,
        arguments=arguments,
        requested_by=start.requested_by,
        via=start.via,
        start_scope=start.scope if start.key else None,
        start_key=start.key,
        address=address,
    )
    audit.append(
        tx, actor=start.requested_by, via=start.via, action="start", outcome="done", run_id=new_id
    )
    tx.announce(Topic.READY)
    return Started(new_id)
