"""The one door: what an answer does to the rows, whichever surface it came from."""

import asyncio
from collections import Counter

import pytest

from store import cards
from tests.workflows.engine.oracle import everything, rows, violations
from tests.workflows.kit import Harness, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice, Policy
from workflows.approvals.gates import Closed, Misplaced, Missing, Place
from workflows.approvals.policy import Counted, Decides, NotAllowed, Reason, Repeated

YES, NO = Choice.APPROVED, Choice.REJECTED
DECISIONS = "SELECT actor, outcome FROM audit WHERE action = 'decide' ORDER BY id"
BO, CY, DEE = (f"slack:T0HARBOR:{user}" for user in ("UBO", "UCY", "UDEE"))


class Asked:
    """A run that waits for its approval."""

    def __init__(self, harness, run, gate, path):
        self.harness = harness
        self.run = run
        self.gate = gate
        self.path = path

    async def decide(self, vote, place=None):
        return await self.harness.gates.decide(self.gate, vote, place)

    def rows(self, query):
        return rows(self.path, query)

    async def posted(self, channel="C0APPROVALS", message_ts="1.1"):
        """Note that Slack has the card at a place."""

        def note(tx):
            (copy,) = cards.of_gate(tx, self.gate)
            cards.posted(tx, copy, channel, message_ts)

        await self.harness.db.write(note)


@pytest.fixture
async def ask(db, clock, tmp_path):
    async def asked(**policy):
        async def story(ctx, request):
            decision = await ctx.approval(
                "decision", "Pay?", policy=Policy(channel_members=True, **policy), timeout="1h"
            )
            return type(decision).__name__

        harness = await Harness.opened(db, clock, a_job(story))
        run = await harness.started()
        (gate,) = await harness.gates.of_run(run)
        return Asked(harness, run, gate.id, tmp_path / "harbor.db")

    return asked


async def test_the_deciding_vote_ends_the_wait_and_wakes_the_run_in_one_commit_i7(ask):
    asked = await ask()

    answer = await asked.decide(a_vote(note="fine"))

    assert answer.ruling == Decides(YES)
    assert (answer.gate.status, answer.gate.decided_by, answer.gate.note) == (
        "approved",
        BO,
        "fine",
    )
    assert asked.rows("SELECT status FROM runs") == [("ready",)]
    assert asked.rows("SELECT status FROM waits") == [("resolved",)]
    assert asked.rows("SELECT kind, status, scope FROM events") == [
        ("approved", "consumed", "gate")
    ]
    assert violations(asked.path) == []


async def test_the_decision_queues_the_card_and_the_news_in_the_same_commit(ask):
    asked = await ask()

    await asked.decide(a_vote())

    assert asked.rows("SELECT want_version, status FROM cards") == [(2, "pending")]
    assert asked.rows("SELECT what, gate_id FROM outbox") == [("decided", asked.gate)]


async def test_a_decision_that_cannot_be_stored_leaves_nothing_behind(ask):
    asked = await ask()
    before = everything(asked.path)

    def decide_and_fail(tx):
        asked.harness.gates._decide(tx, asked.gate, a_vote(), None)
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        await asked.harness.db.write(decide_and_fail)

    assert everything(asked.path) == before


async def test_votes_are_counted_until_enough_people_have_approved(ask):
    asked = await ask(need=3)

    answers = [await asked.decide(a_vote(user)) for user in ("UBO", "UCY", "UDEE")]

    assert [answer.ruling for answer in answers] == [Counted(1, 3), Counted(2, 3), Decides(YES)]
    assert [answer.gate.status for answer in answers] == ["open", "open", "approved"]
    assert [len(answer.gate.votes) for answer in answers] == [1, 2, 3]
    assert asked.rows("SELECT want_version FROM cards") == [(4,)]


async def test_the_same_person_counts_once(ask):
    asked = await ask(need=2)

    answers = [await asked.decide(a_vote()) for _ in range(3)]

    assert [answer.ruling for answer in answers] == [Counted(1, 2), Repeated(), Repeated()]
    assert asked.rows("SELECT person FROM votes") == [(BO,)]
    assert asked.rows("SELECT want_version FROM cards") == [(2,)]


async def test_one_rejection_decides(ask):
    asked = await ask(need=3)
    await asked.decide(a_vote("UCY"))

    answer = await asked.decide(a_vote("UBO", NO, "too dear"))
    await asked.harness.run()

    assert answer.ruling == Decides(NO)
    assert await asked.harness.result(asked.run) == "Rejected"


async def test_a_rejection_after_ones_own_approval_is_the_answer_that_stands(ask):
    asked = await ask(need=2)
    await asked.decide(a_vote("UBO", YES))

    answer = await asked.decide(a_vote("UBO", NO))

    assert answer.ruling == Decides(NO)
    assert [(cast.person, cast.choice) for cast in answer.gate.votes] == [(BO, NO)]


@pytest.mark.parametrize(("first", "second"), [(YES, NO), (NO, YES), (YES, YES)])
async def test_f22_whoever_comes_second_is_told_what_was_decided_i11(ask, first, second):
    asked = await ask()
    await asked.decide(a_vote("UBO", first))

    late = await asked.decide(a_vote("UCY", second))
    await asked.harness.run()

    assert late.ruling == Closed()
    assert (late.gate.status, late.gate.decided_by) == (first.value, BO)
    assert asked.rows("SELECT person FROM votes") == [(BO,)]
    assert asked.rows("SELECT want_version FROM cards WHERE want_version > 2") != []


async def test_f33_of_two_last_votes_at_once_exactly_one_decides_and_both_are_answered(ask):
    asked = await ask(need=2)
    await asked.decide(a_vote("UBO"))

    answers = await asyncio.gather(asked.decide(a_vote("UCY")), asked.decide(a_vote("UDEE")))

    assert Counter(type(answer.ruling) for answer in answers) == {Decides: 1, Closed: 1}
    assert asked.rows("SELECT count(*) FROM events") == [(1,)]
    assert [outcome for _, outcome in asked.rows(DECISIONS)] == [
        "counted", "approved", "late:approved",
    ]  # fmt: skip


async def test_f31_of_twenty_clicks_at_once_exactly_one_decides(ask):
    asked = await ask()

    answers = await asyncio.gather(
        *(asked.decide(a_vote(f"U{n:03}", (YES, NO)[n % 2])) for n in range(20))
    )
    await asked.harness.run()

    assert Counter(type(answer.ruling) for answer in answers) == {Decides: 1, Closed: 19}
    assert {answer.gate.decided_by for answer in answers} == {"slack:T0HARBOR:U000"}
    assert await asked.harness.result(asked.run) == "Approved"
    assert violations(asked.path) == []


async def test_f88_twenty_copies_of_one_click_count_once(ask):
    asked = await ask(need=2)

    answers = await asyncio.gather(*(asked.decide(a_vote()) for _ in range(20)))

    assert Counter(type(answer.ruling) for answer in answers) == {Counted: 1, Repeated: 19}


@pytest.mark.parametrize("swept", [False, True])
async def test_f20_a_vote_committed_after_the_deadline_does_not_count_i9(ask, swept):
    asked = await ask()
    asked.harness.clock.move(hours=1)
    if swept:
        await asked.harness.engine.sweep()

    answer = await asked.decide(a_vote())
    await asked.harness.run()

    assert answer.ruling == Closed()
    assert (answer.gate.status, answer.gate.votes) == ("expired", ())
    assert await asked.harness.result(asked.run) == "Expired"


async def test_a_vote_just_before_the_deadline_counts(ask):
    asked = await ask()
    asked.harness.clock.move(hours=1, microseconds=-1)

    answer = await asked.decide(a_vote())
    await asked.harness.move(hours=1)

    assert answer.ruling == Decides(YES)
    assert await asked.harness.result(asked.run) == "Approved"


@pytest.mark.parametrize("force", [False, True])
async def test_f21_a_cancelled_gate_takes_no_vote(ask, force):
    asked = await ask()
    await asked.harness.cancel(asked.run, force=force)

    answer = await asked.decide(a_vote())

    assert answer.ruling == Closed()
    assert (answer.gate.status, answer.gate.decided_by) == ("cancelled", "slack:T0HARBOR:UANA")


async def test_a_gate_that_does_not_exist_is_missing(ask):
    asked = await ask()

    answer = await asked.harness.gates.decide("0" * 32, a_vote())

    assert (answer.ruling, answer.gate) == (Missing(), None)


async def test_who_may_not_decide_is_refused_by_the_stored_policy_i24(ask):
    asked = await ask()

    answer = await asked.decide(a_vote("UANA"))

    assert answer.ruling == NotAllowed(Reason.REQUESTER)
    assert answer.gate.status == "open"
    assert asked.rows("SELECT * FROM votes") == []


# -- where the click came from --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        (Place("C0APPROVALS", "approvals", "1.1"), True),
        (Place("C0APPROVALS", "approvals", "2.2"), False),
        (Place("C0OTHER", "approvals", "1.1"), False),
        (Place("C0OTHER", "other", "3.3"), False),
    ],
)
async def test_x16_a_click_counts_only_on_a_copy_of_the_card(ask, place, counts):
    asked = await ask()
    await asked.posted()

    answer = await asked.decide(a_vote(), place)

    assert answer.ruling == (Decides(YES) if counts else Misplaced())
    assert answer.gate.status == ("approved" if counts else "open")


async def test_x14_a_card_whose_place_is_not_stored_yet_is_adopted_in_its_channel(ask):
    asked = await ask(need=2)

    first = await asked.decide(a_vote("UBO"), Place("C0APPROVALS", "approvals", "1.1"))
    elsewhere = await asked.decide(a_vote("UCY"), Place("C0APPROVALS", "approvals", "2.2"))

    assert first.ruling == Counted(1, 2)
    assert asked.rows("SELECT channel, message_ts FROM cards") == [("C0APPROVALS", "1.1")]
    assert elsewhere.ruling == Misplaced()


@pytest.mark.parametrize("name", ["random", "#approvals", ""])
async def test_x14_a_card_is_not_adopted_in_another_channel(ask, name):
    asked = await ask()

    answer = await asked.decide(a_vote(), Place("C0OTHER", name, "1.1"))

    assert answer.ruling == Misplaced()
    assert asked.rows("SELECT channel, message_ts FROM cards") == [(None, None)]


async def test_a_vote_from_a_surface_without_messages_needs_no_place(ask):
    asked = await ask()
    await asked.posted()

    answer = await asked.decide(a_vote())

    assert answer.ruling == Decides(YES)


# -- the audit ------------------------------------------------------------------------------------


async def test_every_attempt_is_written_down_the_refused_ones_too_i23_i25(ask):
    asked = await ask(need=2)
    await asked.posted()

    await asked.decide(a_vote("UBO"))
    await asked.decide(a_vote("UBO"))
    await asked.decide(a_vote("UANA"))
    await asked.decide(a_vote("UGUEST", is_guest=True))
    await asked.decide(a_vote("UCY"), Place("C0OTHER", "other", "1.1"))
    await asked.decide(a_vote("UCY"))
    await asked.decide(a_vote("UDEE"))

    assert asked.rows(DECISIONS) == [
        (BO, "counted"),
        (BO, "repeated"),
        ("slack:T0HARBOR:UANA", "refused:requester"),
        ("slack:T0HARBOR:UGUEST", "refused:guest"),
        (CY, "misplaced"),
        (CY, "approved"),
        (DEE, "late:approved"),
    ]


async def test_a_line_of_the_audit_says_who_how_what_and_of_which_payload_i23(ask):
    asked = await ask()

    await asked.decide(a_vote(note="x" * 600, name="Bo", groups=frozenset({"SOPS"})))

    (gate,) = await asked.harness.gates.of_run(asked.run)
    ((run, gate_id, via, detail),) = asked.rows(
        "SELECT run_id, gate_id, via, detail FROM audit WHERE action = 'decide'"
    )
    assert (run, gate_id, via) == (asked.run, asked.gate, "slack")
    for part in ('"name":"Bo"', '"groups":["SOPS"]', '"team":"T0HARBOR"', gate.digest, "x" * 500):
        assert part in detail
    assert "x" * 501 not in detail


# -- lists ----------------------------------------------------------------------------------------


async def test_open_gates_are_listed_and_what_somebody_decided(ask):
    decided, still_open = await ask(), await ask()
    await decided.decide(a_vote())

    gates = still_open.harness.gates

    assert [gate.id for gate in await gates.newest_open(10)] == [still_open.gate]
    assert [gate.id for gate in await gates.decided_by(BO, 10)] == [decided.gate]
    assert await gates.decided_by(CY, 10) == []


async def test_a_gate_says_what_its_run_has_come_to(ask):
    asked = await ask()
    await asked.decide(a_vote())
    await asked.harness.run()

    gate = await asked.harness.gates.get(asked.gate)

    assert (gate.run_status, gate.result, gate.error) == ("completed", "Approved", None)
