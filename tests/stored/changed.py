"""The deploy that blocked runs: a job that was removed, and one with a step put in too early."""

from tests.stored import jobs
from tests.stored.jobs import Story, do
from workflows import Context, job
from workflows.registry import Registry


@job(name="changes", description="Has been changed.")
async def changes(ctx: Context, story: Story) -> list[str]:
    await do(ctx, "first")
    await do(ctx, "put in")
    event = await ctx.step.wait_for_event("go", timeout="24h", expected=["yes"])
    await do(ctx, "last")
    return [event.kind]


def registry() -> Registry:
    """Answer the jobs of that deploy."""
    before = Registry()
    before.add_module(jobs)
    kept = [each for each in before if each.name not in {"missing", "changes"}]
    return Registry([*kept, changes])
