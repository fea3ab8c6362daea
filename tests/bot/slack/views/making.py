"""Gates and runs for the tests of views: typical ones, and strategies for every possible one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from workflows.approvals.gate import Card, Cast, Choice, Policy
from workflows.approvals.view import GateStatus, GateView, RunStatus
from workflows.engine.base import RunView, TimelineView, WaitKind, WaitStatus, WaitView

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GATE = "0123456789abcdef0123456789abcdef"
RUN = "01hzy3q5v7k9m2n4p6r8s0t1v3"
ANA, BO, CY = "slack:T0HOME:U0ANA", "slack:T0HOME:U0BO", "slack:T0HOME:U0CY"


def at(instant: datetime, form: str = "{date_short_pretty} at {time}") -> str:
    """What Slack is given for a moment."""
    return f"<!date^{int(instant.timestamp())}^{form}|{instant:%Y-%m-%d %H:%M} UTC>"


def a_gate(**changes: Any) -> GateView:
    """An open gate; *changes* replace what a test is about, `title` to `fields` in its card."""
    card = Card(
        title="File a follow-up for checkout?",
        why="Three orders failed since Friday.",
        fields=(("Context", "checkout"), ("Team", "OPS")),
        channel="#approvals",
        job="approve-and-act",
        requested_by=changes.get("requested_by", ANA),
    )
    of_card = {name: changes.pop(name) for name in ("title", "why", "fields") if name in changes}
    gate = GateView(
        id=GATE,
        run_id=RUN,
        job="approve-and-act",
        name="decision",
        nth=1,
        status=GateStatus.OPEN,
        card=card.model_copy(update=of_card),
        policy=Policy(channel_members=True),
        digest="9f86d081884c7d659a2feaa0c55ad015",
        requested_by=ANA,
        opened_at=NOON,
        deadline_at=NOON + timedelta(hours=24),
        decided_at=None,
        decided_by=None,
        note=None,
        votes=(),
        run_status=RunStatus.WAITING,
        blocked_reason=None,
        result=None,
        error=None,
    )
    return replace(gate, **changes)


def decided(status: GateStatus, by: str | None = BO, **changes: Any) -> GateView:
    """A gate that somebody decided an hour after it opened."""
    known = {"run_status": RunStatus.COMPLETED} | changes
    return a_gate(status=status, decided_by=by, decided_at=NOON + timedelta(hours=1), **known)


def approval(person: str, note: str | None = None) -> Cast:
    return Cast(person, Choice.APPROVED, note, NOON)


def a_run(**changes: Any) -> RunView:
    run = RunView(
        id=RUN,
        job="approve-and-act",
        status=RunStatus.RUNNING,
        input={"context": "checkout"},
        result=None,
        error=None,
        blocked_reason=None,
        requested_by=ANA,
        created_at=NOON,
        updated_at=NOON,
        finished_at=None,
    )
    return replace(run, **changes)


ATTACKS = (
    "<!channel>",
    "<@UEVIL>",
    "<https://evil.example|https://bank.example>",
    "&lt;!here&gt; &amp;amp;",
    "```\nrm -rf /\n``` `x` *bold* _it_ ~no~\n> quoted",
    "\u202egnp.exe\u2066",
    "  \t\n\u200b\u2060 ",
    "a" + "\u0301" * 5_000,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 500,
    "&" * 10_000,
    "<" * 3_001,
    "\ud800half",
    "https://example.com/a?b=c&d=e|f",
    "javascript:alert(1)",
    "http://[broken",
    "\x00\x1b[31m",
)
TEXTS = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(max_size=200),
    st.characters().map(lambda each: each * 10_000),
    st.text(alphabet="<>&*_`~|\n\u200d\u0301 @!#^a😀", max_size=4_000),
)
ACTORS = st.sampled_from(
    [ANA, BO, CY, "token:ci", "operator:ana", f"job:{RUN}", "slack:T1:<!channel>", "", "token:"]
) | TEXTS.map(lambda name: f"token:{name}")
INSTANTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001  the zone is a strategy of its own
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=25),
    max_leaves=30,
)
ERRORS = st.none() | st.fixed_dictionaries({}, optional={"kind": TEXTS, "message": TEXTS})
MAYBE = st.none() | TEXTS
BLOCKED = st.none() | st.sampled_from(["job_missing: x", "nondeterminism: <y>", "odd"]) | TEXTS
POLICIES = st.builds(
    Policy,
    users=st.integers(0, 100).map(lambda count: tuple(f"U{i:04}" for i in range(count))),
    groups=st.integers(0, 100).map(lambda count: tuple(f"S{i:04}" for i in range(count))),
    channel_members=st.just(value=True),
    need=st.integers(1, 100),
    requester_may_decide=st.booleans(),
    reason_required=st.booleans(),
    guests=st.booleans(),
    tokens_may_decide=st.booleans(),
)
CARDS = st.builds(
    Card,
    title=TEXTS,
    why=MAYBE,
    fields=st.lists(st.tuples(TEXTS, TEXTS), max_size=60).map(tuple),
    channel=st.just("#approvals"),
    job=st.just("approve-and-act"),
    requested_by=ACTORS,
)
CASTS = st.builds(Cast, ACTORS, st.sampled_from(Choice), MAYBE, INSTANTS)
GATES = st.builds(
    GateView,
    id=st.just(GATE),
    run_id=st.just(RUN),
    job=st.just("approve-and-act"),
    name=TEXTS,
    nth=st.just(1),
    status=st.sampled_from(GateStatus),
    card=CARDS,
    policy=POLICIES,
    digest=st.just("9f86d081884c7d659a2feaa0c55ad015"),
    requested_by=ACTORS,
    opened_at=INSTANTS,
    deadline_at=INSTANTS,
    decided_at=st.none() | INSTANTS,
    decided_by=st.none() | ACTORS,
    note=MAYBE,
    votes=st.lists(CASTS, max_size=30).map(tuple),
    run_status=st.sampled_from(RunStatus),
    blocked_reason=BLOCKED,
    result=PLAIN,
    error=ERRORS,
)
WAITS = st.builds(
    WaitView,
    name=TEXTS,
    nth=st.just(1),
    type=st.sampled_from(WaitKind),
    status=st.sampled_from(WaitStatus),
    expected=st.just(()),
    deadline_at=INSTANTS,
)
RUNS = st.builds(
    RunView,
    id=st.just(RUN),
    job=st.just("approve-and-act") | TEXTS,
    status=st.sampled_from(RunStatus),
    input=PLAIN,
    result=PLAIN,
    error=ERRORS,
    blocked_reason=BLOCKED,
    requested_by=ACTORS,
    created_at=INSTANTS,
    updated_at=INSTANTS,
    finished_at=st.none() | INSTANTS,
    waits=st.lists(WAITS, max_size=8).map(tuple),
    timeline=st.lists(st.builds(TimelineView, INSTANTS, TEXTS, MAYBE, MAYBE), max_size=15).map(
        tuple
    ),
)
