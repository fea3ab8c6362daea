"""A deploy over what 0.1.0 stored, in which a question is another one and a call has another
argument."""

from tests.stored import jobs
from tests.stored.jobs import ANYBODY, Amount, Story, said
from tests.stored.outside import post
from workflows import Approved, Context, job
from workflows.registry import Registry


@job(name="asks", description="Asks in other words, for another amount.")
async def asks(ctx: Context, story: Story) -> dict[str, object]:
    await ctx.step.run("before asking", post, "before asking, now")
    decision = await ctx.approval(
        "decision",
        f"Really pay {story.about}?",
        show=Amount(order=story.about, amount=6),
        policy=ANYBODY,
        timeout="24h",
    )
    if isinstance(decision, Approved):
        await ctx.step.run("pay", post, f"pay {story.about}")
    return said(decision)


def registry() -> Registry:
    """Answer the jobs of that deploy."""
    before = Registry()
    before.add_module(jobs)
    return Registry([*(each for each in before if each.name != "asks"), asks])
