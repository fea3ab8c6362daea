"""approve-and-act-links: the same with two links instead of buttons, on the bare primitives."""

from html import escape

from pydantic import BaseModel, Field

from workflows import App, Context, Route, job
from workflows.jobs.approve_and_act import Outcome, Request


class Target(BaseModel):
    """The run that waits."""

    run_id: str = Field(pattern=r"^[0-9a-hjkmnp-tv-z]{26}$")


class Delivered(BaseModel):
    """That the event is on record."""

    delivered: bool = True


@job(
    name="approve-and-act-links",
    description="Post two links, park until a signed-in member has followed one, then act.",
)
async def approve_and_act_links(ctx: Context, request: Request) -> Outcome:
    """Ask with two links; file the issue only after somebody has confirmed one of them."""
    await ctx.plugins.slack.post_message(
        channel="#approvals",
        text="\n".join(
            [
                "*Approval needed*",
                f"Context: {as_text(request.context)}",
                f"Approve: {ctx.run.approve_url}",
                f"Reject:  {ctx.run.reject_url}",
            ]
        ),
    )
    event = await ctx.step.wait_for_event(
        "decision", timeout="24h", expected=["approved", "rejected"]
    )
    if event.kind != "approved":
        return Outcome(acted=False, reason=event.kind)
    issue = await ctx.plugins.linear.create_issue(
        team_id=request.team_id, title=f"Follow-up: {request.context}"
    )
    return Outcome(acted=True, issue_url=issue["url"])


def as_text(words: str) -> str:
    """Answer somebody's words so that they are no mention, link or line of the bot's own.

    Slack asks to escape exactly these three: docs.slack.dev, Formatting message text.
    """
    return escape(" ".join(words.split()), quote=False)


@job(name="deliver-event-approved", description="Tell a waiting run that it is approved.")
async def deliver_approved(ctx: Context, target: Target) -> Delivered:
    """Started by the Approve link, as whoever is signed in."""
    await ctx.deliver(target.run_id, "decision", {"kind": "approved"})
    return Delivered()


@job(name="deliver-event-rejected", description="Tell a waiting run that it is rejected.")
async def deliver_rejected(ctx: Context, target: Target) -> Delivered:
    """Started by the Reject link, as whoever is signed in."""
    await ctx.deliver(target.run_id, "decision", {"kind": "rejected"})
    return Delivered()


approvals = App(
    "approvals",
    jobs={"approve": deliver_approved, "reject": deliver_rejected},
    routes={
        "GET /run/{run_id}/approve": Route(auth="workspace_member", job="approve"),
        "GET /run/{run_id}/reject": Route(auth="workspace_member", job="reject"),
    },
)
