"""A job before a deploy and after it, met by a run that stands in between."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.workflows.kit import Effects, a_job
from workflows import Approved, Policy
from workflows.engine.base import Retry
from workflows.testing import Kit, member

BO, CY = member("UBO"), member("UCY")
TEAM = Policy(channel_members=True)
ASK = {"policy": TEAM, "timeout": "1d"}
AGAIN = Retry(ask_again=True)
STANDS = Retry(answers_stand=True, note="It is the same refund.")

Body = Callable[[Any, Any], Awaitable[Any]]


@pytest.fixture
def effects():
    return Effects()


def asking(effects: Effects, *parts: Any, then: str = "act", **changed: Any) -> Body:
    """Answer a job that asks (title, and what else differs) and then acts, if it may."""
    title = parts[0] if parts else "Pay 5 to BOB?"

    async def job(ctx, request):
        decision = await ctx.approval("pay", title, **{**ASK, **changed})
        if not isinstance(decision, Approved):
            return "refused"
        await ctx.step.run(then, effects.post, title)
        await ctx.step.wait_for_event("more", timeout="1d", expected=["go"])
        return await ctx.step.run("end", effects.post, "end")

    return job


async def deployed(kit: Kit, body: Body) -> None:
    await kit.deploy(a_job(body))
