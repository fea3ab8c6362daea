"""approve-and-act: park until an approver decides, then file a follow-up issue."""

from pydantic import BaseModel, Field

from workflows import Approved, Context, Expired, Policy, Rejected, job

TRIAGERS = Policy(channel_members=True, need=1, requester_may_decide=False)


class Request(BaseModel):
    """What to follow up."""

    context: str = Field(
        title="Context",
        description="What happened, in a sentence: it becomes the issue's title.",
        min_length=1,
        max_length=200,
    )
    team_id: str = Field(
        default="OPS",
        title="Linear team",
        description="The team that gets the issue.",
        min_length=1,
        max_length=64,
    )


class Outcome(BaseModel):
    """What came of it."""

    acted: bool
    reason: str | None = None
    issue_url: str | None = None


@job(name="approve-and-act", description="Park until an approver decides, then file an issue.")
async def approve_and_act(ctx: Context, request: Request) -> Outcome:
    """Ask in the approvals channel; file the issue only after somebody else has said yes."""
    decision = await ctx.approval(
        "decision",
        f"File a follow-up for {request.context}?",
        show=request,
        policy=TRIAGERS,
        timeout="24h",
    )
    match decision:
        case Approved():
            issue = await ctx.plugins.linear.create_issue(
                team_id=request.team_id, title=f"Follow-up: {request.context}"
            )
            return Outcome(acted=True, issue_url=issue["url"])
        case Rejected(note=note):
            return Outcome(acted=False, reason=note or "rejected")
        case Expired():
            return Outcome(acted=False, reason="timeout")
