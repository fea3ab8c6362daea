"""What must be true at every commit, asked in SQL, and what the rows may never do, as triggers.

Numbers are those of the invariants. A trigger writes down what a statement did that none may do,
in the very transaction that did it; the queries of `oracle` look at what is committed.
"""

from tests.promises.memory import Memory, Watch
from tests.workflows.engine.oracle import FORBIDDEN

NEVER = {
    "I6 a wait that had ended was changed": (
        "UPDATE ON waits",
        "OLD.status <> 'open' AND (NEW.status, NEW.event_id) IS NOT (OLD.status, OLD.event_id)",
    ),
    "I9 an event ended a wait after its deadline": (
        "UPDATE ON waits",
        "NEW.status = 'resolved' AND OLD.status = 'open' AND NEW.ended_at >= OLD.deadline_at",
    ),
    "I10 a wait timed out before its deadline": (
        "UPDATE ON waits",
        "NEW.status = 'timed_out' AND OLD.status = 'open' AND NEW.ended_at < OLD.deadline_at",
    ),
    "2.3 a deadline was changed": ("UPDATE ON waits", "NEW.deadline_at <> OLD.deadline_at"),
    "I11 a gate's outcome was changed": (
        "UPDATE ON gates",
        "OLD.status <> 'open' AND (NEW.status, NEW.decided_by) IS NOT (OLD.status, OLD.decided_by)",
    ),
    "I12 a journal entry that was final was changed": (
        "UPDATE ON journal",
        """OLD.status IN ('done', 'failed', 'cancelled') AND NEW.status <> 'superseded'
        AND (NEW.status, NEW.value) IS NOT (OLD.status, OLD.value)""",
    ),
    "I11 a run that was over was changed": (
        "UPDATE ON runs",
        """OLD.status IN ('completed', 'cancelled')
        AND (NEW.status, NEW.result) IS NOT (OLD.status, OLD.result)""",
    ),
    "I16 an epoch went back": ("UPDATE ON runs", "NEW.epoch < OLD.epoch"),
    "I1 an event that had its end was changed": (
        "UPDATE ON events",
        """(OLD.status <> 'buffered' AND NOT (OLD.status = 'expired' AND NEW.status = 'buffered'
        AND (SELECT finished_at IS NULL FROM runs WHERE runs.id = OLD.run_id)))
        OR NEW.key <> OLD.key OR NEW.payload <> OLD.payload""",
    ),
    "I23 the audit was changed": ("UPDATE ON audit", "1"),
    **{
        f"I28 a row of {table} was deleted": (f"DELETE ON {table}", "1")
        for table in ("runs", "journal", "waits", "events", "gates", "votes", "audit")
    },
}
ORDER = """SELECT early.run_id FROM waits AS early JOIN waits AS late USING (run_id, name)
    WHERE early.nth < late.nth AND early.event_id > late.event_id AND early.any_name IS NULL"""
ONE_OF_SEVERAL = """SELECT run_id FROM waits WHERE any_name IS NOT NULL AND status = 'resolved'
    GROUP BY run_id, any_name, any_nth HAVING count(DISTINCT event_id) > 1"""
GIVEN_UP = """SELECT events.id FROM events JOIN runs ON runs.id = events.run_id
    WHERE events.status = 'expired' AND finished_at IS NULL"""
ALWAYS = {
    what: query
    for what, query in FORBIDDEN.items()
    if query.lstrip().startswith("SELECT") and "pragma" not in query
} | {
    "I20 events were not used in their order": ORDER,
    "I6 two of several events ended one wait": ONE_OF_SEVERAL,
    "I37 an event was given up though its run goes on": GIVEN_UP,
}


def _schema() -> tuple[str, ...]:
    triggers = [
        f"""CREATE TRIGGER never_{n} BEFORE {when}
        WHEN {condition} AND (SELECT value FROM watched)
        BEGIN INSERT INTO broken VALUES ({_quoted(what)}); END"""  # noqa: S608  our own words
        for n, (what, (when, condition)) in enumerate(NEVER.items())
    ]
    tables = (
        "CREATE TABLE broken (what TEXT)",
        "CREATE TABLE watched (value INTEGER)",  # 0 while a world is made empty
        "INSERT INTO watched VALUES (1)",
    )
    return (*tables, *triggers)


def _in_one(queries: dict[str, str]) -> str:
    """Answer one query in place of many: it is asked at every few commits."""
    parts = [
        f"SELECT {_quoted(what)} AS what, * FROM (SELECT * FROM ({query}) LIMIT 1)"  # noqa: S608
        for what, query in queries.items()
    ]
    return " UNION ALL ".join((*parts, "SELECT what, rowid FROM broken"))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Oracle(Watch):
    """Collects broken promises; *every* says at which commits it looks."""

    schema = _schema()
    query = _in_one(ALWAYS)

    def __init__(self, every: int = 1) -> None:
        self.violations: list[str] = []
        self._every = every

    def found(self, what: str) -> None:
        if what not in self.violations:
            self.violations.append(what)

    def committed(self, memory: Memory) -> None:
        if memory.commits % self._every == 0:
            self.look(memory)

    def look(self, memory: Memory) -> None:
        """Look at the rows now."""
        for what, row in memory.look(self.query):
            self.found(f"{what}: {row}")
