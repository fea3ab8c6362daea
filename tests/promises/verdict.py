"""The verdict on a schedule that is over: rows, ledger and clients must tell one story."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from tests.promises.clients import Clients
from tests.promises.effects import INSTALLATION
from tests.promises.world import World, ids_micros
from workflows.ids import step_key
from workflows.plain import dumps, loads

# What may have made a run fail: a step whose every try was answered by a trouble.
EXPECTED_FAILURES = {"ConnectionResetError", "timeout", "cancelled"}


def judge(world: World, clients: Clients) -> None:
    """Note every broken promise that can be seen from the end."""
    world.oracle.look(world.memory)
    clients.check()
    _effects(world)
    _begun_once(world)
    _amends(world)
    _results(world)
    _children(world)
    _one_child(world)
    _compensated(world)
    _by_themselves(world)


def _effects(world: World) -> None:
    found = world.oracle.found
    by_key: dict[str, set[tuple[str, str]]] = defaultdict(set)
    attempts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for effect in world.effects.ledger:
        by_key[effect.key].add((effect.run_id, effect.what))
        if effect.by_owner:
            attempts[effect.key].append((effect.release, effect.attempt))
    for key, what in by_key.items():
        if len(what) > 1:
            found(f"I13 one key for {what}")
            continue
        # They are counted anew when a person has a run tried again, and by other code: a step that
        # it takes before this one is the one that may have been begun by a pass without a word.
        ((run_id, _),) = what
        if attempts[key] != sorted(attempts[key]) and not world.look(_RETRIED, run_id):
            found(f"I13 the attempts of {what} were numbered {attempts[key]} (release, attempt)")
    journaled = """SELECT run_id, name, nth FROM journal WHERE kind = 'step'
        AND status = 'done' ORDER BY run_id, seq"""
    for run_id, name, nth in world.look(journaled):
        if step_key(INSTALLATION, run_id, name, nth) not in by_key:
            found(f"I12 {name}#{nth} of {run_id} is in the journal and was never done")


def _begun_once(world: World) -> None:
    """Note steps that may begin once and were begun again, though no person had it done."""
    begun = Counter(
        (effect.run_id, effect.what)
        for effect in world.effects.ledger
        if effect.what.startswith("once")
    )
    for (run_id, what), times in begun.items():
        if times > 1 + len(world.look(_HAD_DONE_AGAIN, run_id, what)):
            world.oracle.found(f"I14 {what} of {run_id} was begun {times} times")


def _amends(world: World) -> None:
    """Note runs that went on at a failure about which they had done something."""
    for run_id, both in world.look(_BOTH):
        if both > 1:
            world.oracle.found(f"I37 {run_id} has both revoked and shipped")


def _results(world: World) -> None:
    found = world.oracle.found
    runs = "SELECT id, job, status, result, error FROM runs"
    for run_id, job, status, result, error in world.look(runs):
        if status == "failed" and loads(error)["kind"] not in EXPECTED_FAILURES:
            found(f"the run {run_id} of {job} failed: {error}")
        if status == "completed" and job in _TRUTH:
            truth = [said for (said,) in world.look(_TRUTH[job], run_id)]
            given = loads(result)
            if job == "parents":  # what children return comes out of SQL as text
                given = [dumps(each) if isinstance(each, list) else each for each in given]
            if given != truth:
                found(f"I11 {job} {run_id} returned {result}; the rows say {truth}")


def _children(world: World) -> None:
    """Note parents that were told something else than how the run they waited for has ended."""
    for child, status, value, has_ended, result, parent in world.look(_TOLD):
        told = loads(value or "{}")
        if told.get("run_id") != child:
            world.oracle.found(f"a parent that waited for {child} was told {value}")
        elif status == "done" and (has_ended, told["result"]) != ("completed", loads(result)):
            world.oracle.found(f"a parent was told {value}; {child} {has_ended} with {result}")
        elif (status, has_ended) == ("failed", "completed") and (
            parent == "completed" or not world.look(_RETRIED, child)
        ):
            world.oracle.found(f"I37 a parent was told {value}, and {parent}; {child} completed")


def _one_child(world: World) -> None:
    """Note waits for another run for which two have done something: one thing, done twice."""
    for parent, name, times in world.look(_TWICE):
        world.oracle.found(f"I37 {times} runs for {name} of {parent} have done something")


def _compensated(world: World) -> None:
    """Note runs that have ended, and whose closing code was passed by."""
    for run, status in world.look(_NOT_CLOSED):
        world.oracle.found(f"I36 {run} {status} without its closing code, having done its work")


def _by_themselves(world: World) -> None:
    """Note starts of one time twice, or before it."""
    for key, created_at, times in world.look(_STARTED):
        at = ids_micros(datetime.fromisoformat(key.partition(":")[2]))
        if times > 1 or created_at < at:
            world.oracle.found(f"{key} was started {times} times, first at {created_at}, due {at}")


_TWICE = """SELECT parent_id, parent_name, count(*) FROM runs
    WHERE parent_id IS NOT NULL AND EXISTS (SELECT 1 FROM journal WHERE run_id = runs.id
    AND kind = 'step' AND journal.status = 'done') GROUP BY 1, 2 HAVING count(*) > 1"""
# By force it ends without.
_NOT_CLOSED = """SELECT id, status FROM runs WHERE job = 'compensates' AND finished_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM audit WHERE run_id = runs.id AND outcome = 'forced')
    AND EXISTS (SELECT 1 FROM journal WHERE run_id = runs.id AND name IN ('work', 'item')
    AND journal.status <> 'superseded')
    AND NOT EXISTS (SELECT 1 FROM journal WHERE run_id = runs.id AND name = 'revoke'
    AND journal.status IN ('done', 'failed'))"""
_TOLD = """SELECT runs.id, journal.status, journal.value, runs.status, runs.result,
    (SELECT status FROM runs AS parents WHERE parents.id = waits.run_id)
    FROM waits JOIN journal USING (run_id, name, nth) JOIN runs ON runs.parent_id = waits.run_id
    AND runs.parent_name = waits.name AND runs.parent_nth = waits.nth
    WHERE waits.kind = 'child' AND waits.status = 'resolved' AND journal.status <> 'superseded'"""
_STARTED = """SELECT start_key, min(created_at), count(*) FROM runs
    WHERE start_scope = 'cron' GROUP BY start_key"""
_RETRIED = "SELECT 1 FROM audit WHERE action = 'retry' AND outcome = 'done' AND run_id = ?"
_HAD_DONE_AGAIN = """SELECT 1 FROM audit WHERE action = 'retry' AND outcome = 'done'
    AND run_id = ? AND json_extract(detail, '$.happened') = 0
    AND json_extract(detail, '$.step') = ?"""
_BOTH = """SELECT run_id, count(DISTINCT name) FROM journal
    WHERE name IN ('revoke', 'ship') AND status = 'done' GROUP BY run_id"""
# Waits that a failed run gave up are asked anew when it is tried again.
_ENDED = """SELECT CASE status WHEN 'timed_out' THEN 'timeout'
    ELSE (SELECT kind FROM events WHERE id = event_id) END
    FROM waits WHERE run_id = ? AND kind <> 'sleep' AND status <> 'cancelled' ORDER BY nth"""
_TRUTH: dict[str, Any] = {
    "approvals": "SELECT status FROM gates WHERE run_id = ? ORDER BY nth",
    "waits": _ENDED,
    "gathers": _ENDED.replace("BY nth", "BY name"),
    "closing": _ENDED,
    "early": _ENDED,
    "parents": """SELECT CASE journal.status WHEN 'done' THEN json_extract(value, '$.result')
        ELSE json_extract(value, '$.kind') END FROM waits JOIN journal USING (run_id, name, nth)
        WHERE run_id = ? AND waits.kind = 'child' AND journal.status IN ('done', 'failed')
        ORDER BY seq""",
}
