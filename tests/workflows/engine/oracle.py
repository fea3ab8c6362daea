"""What must be true of the rows at every commit, asked in SQL and through no cache."""

import sqlite3
from pathlib import Path

# Each answers the rows that must not exist, by what their existence would mean.
FORBIDDEN = {
    "waiting without an open wait": """
        SELECT id FROM runs WHERE status = 'waiting'
        AND id NOT IN (SELECT run_id FROM waits WHERE status = 'open')""",
    "a wait is open though its run does not wait": """
        SELECT run_id FROM waits JOIN runs ON runs.id = run_id
        WHERE waits.status = 'open' AND runs.status <> 'waiting'
        -- While one branch waits, others go on.
        AND (waits.name NOT LIKE '%]/%' OR finished_at IS NOT NULL)""",
    "an approval without its gate": """
        SELECT run_id FROM waits WHERE kind = 'approval' AND NOT EXISTS (SELECT 1 FROM gates
        WHERE gates.run_id = waits.run_id AND gates.name = waits.name AND gates.nth = waits.nth)""",
    "a gate without a card": "SELECT id FROM gates WHERE id NOT IN (SELECT gate_id FROM cards)",
    "gate and wait disagree": """
        SELECT gates.id FROM gates JOIN waits USING (run_id, name, nth)
        WHERE (gates.status, waits.status) NOT IN (VALUES ('open', 'open'),
        ('approved', 'resolved'), ('rejected', 'resolved'), ('expired', 'timed_out'),
        ('cancelled', 'cancelled'))""",
    "a wait resolved without its event": """
        SELECT run_id FROM waits WHERE status = 'resolved' AND kind <> 'child'
        AND NOT EXISTS (SELECT 1 FROM events
        WHERE id = event_id AND events.status = 'consumed' AND events.run_id = waits.run_id
        AND (waits.any_name IS NOT NULL
        OR ((events.name = waits.name OR waits.name LIKE '%]/' || events.name)
        AND events.wait_nth = waits.nth)))
        AND run_id NOT IN (SELECT id FROM runs WHERE pruned_at IS NOT NULL)""",
    "a wait for another run that is not there": """
        SELECT run_id FROM waits WHERE kind = 'child' AND status IN ('open', 'resolved')
        -- A run that is tried again waits for the same one, by a later wait.
        AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.parent_id = waits.run_id
        AND runs.parent_name = waits.name AND runs.parent_nth >= waits.nth)""",
    "a run that is over though its parent waits, or is not though its parent was told": """
        SELECT runs.id FROM runs JOIN waits ON waits.run_id = runs.parent_id
        AND waits.name = runs.parent_name AND waits.nth = runs.parent_nth
        WHERE (waits.status = 'open' AND runs.finished_at IS NOT NULL)
        -- A person may have it tried again whose parent was told that it failed.
        OR (waits.status = 'resolved' AND runs.finished_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM audit WHERE audit.run_id = runs.id AND action = 'retry'))""",
    "a run goes on though nobody waits for it any more, and was not asked to end": """
        SELECT runs.id FROM runs JOIN waits ON waits.run_id = runs.parent_id
        AND waits.name = runs.parent_name AND waits.nth = runs.parent_nth
        WHERE waits.status IN ('cancelled', 'timed_out') AND runs.finished_at IS NULL
        AND runs.cancel_requested_at IS NULL""",
    "an event that is kept though its run waits for it": """
        SELECT events.id FROM events JOIN waits USING (run_id)
        WHERE events.status = 'buffered' AND waits.status = 'open' AND waits.kind = 'event'
        AND (waits.name = events.name OR waits.name LIKE '%]/' || events.name)
        AND ',' || waits.expected || ',' LIKE '%,' || events.kind || ',%'""",
    "an event consumed twice or by nothing": """
        SELECT id FROM events WHERE status = 'consumed'
        AND (SELECT count(*) FROM waits WHERE event_id = events.id
        AND (waits.name = events.name OR waits.name LIKE '%]/' || events.name)
        AND waits.nth = events.wait_nth) <> 1""",
    "an ended wait whose journal entry does not say so": """
        SELECT waits.run_id FROM waits JOIN journal ON journal.run_id = waits.run_id
        AND journal.name = coalesce(any_name, waits.name)
        AND journal.nth = coalesce(any_nth, waits.nth)
        WHERE journal.status <> 'superseded'
        AND (waits.status = 'open') <> (journal.status = 'started')""",
    "a wait without a journal entry": """
        SELECT run_id FROM waits WHERE NOT EXISTS (SELECT 1 FROM journal WHERE
        journal.run_id = waits.run_id AND journal.name = coalesce(any_name, waits.name)
        AND journal.nth = coalesce(any_nth, waits.nth))
        AND run_id NOT IN (SELECT id FROM runs WHERE pruned_at IS NOT NULL)""",
    "running without an owner": """
        SELECT id FROM runs WHERE (status = 'running') <> (owner IS NOT NULL)
        OR (status = 'running') <> (lease_until IS NOT NULL)""",
    "ready without a time, or a time without being ready": """
        SELECT id FROM runs WHERE (status = 'ready') <> (ready_at IS NOT NULL)""",
    "over without saying when": """
        SELECT id FROM runs WHERE (status IN ('completed', 'failed', 'cancelled'))
        <> (finished_at IS NOT NULL)""",
    "a run that is over with an event still buffered": """
        SELECT events.id FROM events JOIN runs ON runs.id = run_id
        WHERE events.status = 'buffered' AND finished_at IS NOT NULL""",
    "a decided gate that nobody is told of": """
        SELECT gates.id FROM gates WHERE status <> 'open' AND NOT EXISTS
        (SELECT 1 FROM outbox WHERE outbox.gate_id = gates.id AND what = 'decided')
        AND run_id NOT IN (SELECT id FROM runs WHERE pruned_at IS NOT NULL)""",
    "a decision without its line in the audit": """
        SELECT id FROM gates WHERE status IN ('approved', 'rejected') AND NOT EXISTS
        (SELECT 1 FROM audit WHERE audit.gate_id = gates.id AND outcome = gates.status)""",
    "pruned, but not over": """
        SELECT id FROM runs WHERE pruned_at IS NOT NULL
        AND status NOT IN ('completed', 'failed', 'cancelled')""",
    "pruned, but not all of it": """
        SELECT id FROM runs WHERE pruned_at IS NOT NULL AND (id IN (SELECT run_id FROM journal)
        OR id IN (SELECT run_id FROM events) OR id IN (SELECT run_id FROM outbox))""",
    "a broken foreign key": "PRAGMA foreign_key_check",
    "a broken file": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
}
TABLES = ("runs", "journal", "waits", "events", "gates", "votes", "cards", "outbox", "audit")


def violations(path: Path) -> list[str]:
    """Answer what the rows say that they must not say."""
    connection = sqlite3.connect(path)
    try:
        found = {what: connection.execute(query).fetchall() for what, query in FORBIDDEN.items()}
    finally:
        connection.close()
    return [f"{what}: {rows}" for what, rows in found.items() if rows]


def rows(path: Path, query: str) -> list[tuple]:
    """Answer what *query* finds in the file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def everything(path: Path, *, but: tuple[str, ...] = ()) -> dict[str, list[tuple]]:
    """Answer every row of every table but some, to compare with later."""
    # The names of the tables are ours.
    return {
        table: rows(path, f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608
        for table in TABLES
        if table not in but
    }
