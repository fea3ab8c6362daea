"""A job whose step hangs for two minutes, which nobody can stop."""

import time
from pathlib import Path

from pydantic import BaseModel

from workflows import Context, job


class Nothing(BaseModel):
    """No input."""


def nap() -> None:
    Path("napping").touch()
    time.sleep(120)


@job(name="nap", description="Hang.")
async def napping(ctx: Context, request: Nothing) -> None:
    await ctx.step.run("nap", nap)
