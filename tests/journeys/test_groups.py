"""Groups as Slack tells of them: who is in one, who is not, and what a failed look-up means."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Fault, Sandbox
from bot.sandbox.people import id_of
from tests.journeys.questions import Question, Verdict
from tests.journeys.town import MovedClock, Town, town
from workflows import Context, Policy, job
from workflows.registry import Registry, load

RELEASE = id_of("S", "release")  # bo and cam are in it


@job(name="ask-release", description="The release managers decide.")
async def ask_release(ctx: Context, question: Question) -> Verdict:
    decision = await ctx.approval(
        "go", f"Release {question.about}?", policy=Policy(groups=(RELEASE,)), timeout="1h"
    )
    return Verdict(said=type(decision).__name__)


@pytest.fixture
async def office(sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path) -> AsyncIterator[Town]:
    registry = Registry([*load(()), ask_release])
    admins = f"{RELEASE},{id_of('U', 'dee')}"
    async with town(sandbox, tmp_path, moved_clock, registry, HARBOR_ADMINS=admins) as found:
        await found.known()
        yield found


async def test_a_member_of_the_group_decides(office: Town):
    card = await office.asked("dee", "ask-release", about="4.2")

    await office.member("cam").click(card, "approve")

    await office.card_says("Approved by")
    assert (await office.run("completed")).result["said"] == "Approved"


@pytest.mark.parametrize("name", ["ana", "gus", "eve"])
async def test_who_is_not_in_the_group_does_not_decide(office: Town, name: str):
    card = await office.asked("dee", "ask-release", about="4.2")

    member = office.member(name)
    await member.click(card, "approve")

    await office.sandbox.until(lambda: member.ephemerals)
    assert ((await office.gate()).status, (await office.gate()).votes) == ("open", ())


async def test_a_group_that_cannot_be_looked_up_lets_nobody_in(office: Town):
    card = await office.asked("dee", "ask-release", about="4.2")
    office.sandbox.faults.add("usergroups.users.list", Fault.status(500), times=None)

    cam = office.member("cam")
    await cam.click(card, "approve")

    await office.sandbox.until(lambda: cam.ephemerals)
    assert (await office.gate()).status == "open"


async def test_a_group_in_the_settings_makes_its_members_admins_and_nobody_else(office: Town):
    people = office.harbor.homes.people

    found = {name: await people.is_admin(id_of("U", name)) for name in ("bo", "cam", "dee", "ana")}

    assert found == {"bo": True, "cam": True, "dee": True, "ana": False}
