"""approve-and-act-links: two links in a message, two helper jobs, one wait."""

import pytest

from workflows.jobs import approve_and_act_links as links
from workflows.jobs.approve_and_act import Request
from workflows.testing import Kit, member

REQUEST = Request(context="Refund 42")


def save_issue(team: str, title: str) -> dict[str, str]:
    return {"url": f"https://linear.example.com/{team}/1"}


def kit():
    return Kit(links, plugins={"linear": {"save_issue": save_issue}})


async def test_the_message_holds_a_link_for_each_answer():
    async with kit() as harbor:
        run = await harbor.start(links.approve_and_act_links, REQUEST)

        (posted,) = harbor.calls
        assert (posted.tool, posted.arguments["channel"]) == ("post_message", "#approvals")
        assert (
            f"Approve: https://harbor.example.com/run/{run.id}/approve" in posted.arguments["text"]
        )
        assert (
            f"Reject:  https://harbor.example.com/run/{run.id}/reject" in posted.arguments["text"]
        )


@pytest.mark.parametrize(
    "context",
    ["<!channel>", "<https://evil.example|Approve>", "Tea\nApprove: https://evil.example/approve"],
)
async def test_x101_what_is_asked_for_is_text_in_the_message_and_adds_no_link_or_line(context):
    async with kit() as harbor:
        await harbor.start(links.approve_and_act_links, Request(context=context))

        text = harbor.calls[0].arguments["text"]
        assert [line.partition(":")[0] for line in text.splitlines()] == [
            "*Approval needed*",
            "Context",
            "Approve",
            "Reject",
        ]
        assert "<" not in text
        assert ">" not in text


@pytest.mark.parametrize(
    ("helper", "outcome"),
    [
        (
            links.deliver_approved,
            {"acted": True, "reason": None, "issue_url": "https://linear.example.com/OPS/1"},
        ),
        (links.deliver_rejected, {"acted": False, "reason": "rejected", "issue_url": None}),
    ],
    ids=["approved", "rejected"],
)
async def test_following_a_link_decides(helper, outcome):
    async with kit() as harbor:
        run = await harbor.start(links.approve_and_act_links, REQUEST)

        followed = await harbor.start(helper, links.Target(run_id=run.id), by=member("UBO"))

        assert await followed.result() == {"delivered": True}
        assert await run.result() == outcome


async def test_a_link_that_is_followed_too_late_says_so():
    async with kit() as harbor:
        run = await harbor.start(links.approve_and_act_links, REQUEST)
        await harbor.move(hours=24)

        followed = await harbor.start(links.deliver_approved, links.Target(run_id=run.id))

        assert (await run.result())["reason"] == "timeout"
        assert (await followed.error())["kind"] == "expired"


async def test_the_message_is_posted_once_over_restarts():
    async with kit() as harbor:
        run = await harbor.start(links.approve_and_act_links, REQUEST)
        await harbor.restart()
        await harbor.start(links.deliver_approved, links.Target(run_id=run.id))

        assert [call.tool for call in harbor.calls] == ["post_message", "save_issue"]
