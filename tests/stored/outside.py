"""What the stored jobs do to the outside world, and what goes wrong with it when asked to."""

import asyncio
from dataclasses import dataclass, field

from workflows.errors import StepFailed
from workflows.step import current_step


class Died(BaseException):
    """The process is gone, in the middle of a step."""


@dataclass
class Outside:
    """What was done, in order; *troubles* says of what it is that goes wrong, and how."""

    done: list[tuple[str, str, str, int]] = field(default_factory=list)
    troubles: dict[str, str] = field(default_factory=dict)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def of_run(self, run_id: str) -> list[list[object]]:
        """Answer what was done for a run: what, with which key, at which attempt."""
        return [[what, key, attempt] for run, what, key, attempt in self.done if run == run_id]


OUTSIDE = Outside()


async def post(what: str) -> dict[str, str]:
    """Do *what*."""
    step = current_step()
    match OUTSIDE.troubles.get(what):
        case "down":
            raise ConnectionError("down")
        case "refused":
            raise StepFailed("refused")
        case "dies":
            raise Died
        case "hangs":
            await OUTSIDE.go_on.wait()
    OUTSIDE.done.append((step.run_id, what, step.key, step.attempt))
    return {"posted": what}
