"""approve-and-act: park until an approver decides, then file a follow-up issue."""

import pytest

from workflows.jobs.approve_and_act import Request, approve_and_act
from workflows.testing import Kit, NotAllowed, Reason, member


def save_issue(team: str, title: str, description: str | None = None) -> dict[str, str]:
    return {"url": f"https://linear.example.com/{team}/1", "title": title}


def create_issue(teamId: str, title: str) -> dict[str, str]:  # noqa: N803  as the server calls it
    return save_issue(teamId, title)


def kit(**tools):
    return Kit(approve_and_act, plugins={"linear": tools or {"save_issue": save_issue}})


REQUEST = Request(context="Refund 42", team_id="PAY")


@pytest.mark.parametrize("tool", [save_issue, create_issue], ids=["newer server", "older server"])
async def test_an_approved_request_is_filed_for_the_team_it_names(tool):
    async with kit(**{tool.__name__: tool}) as harbor:
        run = await harbor.start(approve_and_act, REQUEST)

        await run.approve(member("UBO"))

        assert await run.result() == {
            "acted": True,
            "reason": None,
            "issue_url": "https://linear.example.com/PAY/1",
        }
        assert [call.arguments["title"] for call in harbor.calls] == ["Follow-up: Refund 42"]


@pytest.mark.parametrize(("note", "reason"), [("Twice.", "Twice."), (None, "rejected")])
async def test_a_rejected_request_is_not_filed_and_says_why(note, reason):
    async with kit() as harbor:
        run = await harbor.start(approve_and_act, REQUEST)

        await run.reject(member("UBO"), note)

        assert await run.result() == {"acted": False, "reason": reason, "issue_url": None}
        assert harbor.calls == []


async def test_a_request_that_nobody_answers_is_not_filed():
    async with kit() as harbor:
        run = await harbor.start(approve_and_act, REQUEST)

        await harbor.move(hours=24)

        assert (await run.result())["reason"] == "timeout"
        assert harbor.calls == []


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (member("UANA"), Reason.REQUESTER),
        (member("UCY", in_channel=False), Reason.NOT_NAMED),
        (member("UCY", is_guest=True), Reason.GUEST),
        (member("UCY", team="T0OTHER", is_ours=False), Reason.EXTERNAL),
        (member("UCY", is_bot=True), Reason.BOT),
        (member("UCY", is_active=False), Reason.DEACTIVATED),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else value.user,
)
async def test_who_may_not_decide(who, reason):
    async with kit() as harbor:
        run = await harbor.start(approve_and_act, REQUEST, by=member("UANA"))

        assert await run.approve(who) == NotAllowed(reason)
        assert await run.status() == "waiting"


async def test_an_approval_survives_a_restart_on_either_side_of_it():
    async with kit() as harbor:
        run = await harbor.start(approve_and_act, REQUEST)
        await harbor.restart(hours=5)

        await run.approve(member("UBO"))
        await harbor.restart()

        assert (await run.result())["acted"]
        assert len(harbor.calls) == 1
