"""Delivering: how a job hands an event to another run, as a step of its own."""

from collections.abc import Awaitable, Callable
from typing import Any

from workflows.errors import StepFailed
from workflows.event import Accepted, Delivery, Receipt
from workflows.step import KIND, current_step

Send = Callable[[Delivery], Awaitable[Receipt]]


class Delivering:
    """The step function behind `ctx.deliver`."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def deliver(
        self, run_id: str, name: str, kind: str, payload: dict[str, Any], actor: str
    ) -> dict[str, Any]:
        """Deliver once, however often the step is tried; answers disposition and event id.

        Raises StepFailed, with the API's code as its kind, where the event is declined.
        """
        receipt = await self._send(
            Delivery(
                run_id=run_id,
                name=name,
                kind=kind,
                actor=actor,
                via="job",
                scope=actor,
                key=current_step().key,
                payload=payload,
            )
        )
        if isinstance(receipt, Accepted):
            return {"disposition": receipt.disposition.value, "event_id": receipt.event_id}
        raise StepFailed(
            f"the event {name!r} for run {run_id} was declined: {receipt.code.value}",
            kind=receipt.code.value,
        )


def kind_of(payload: object) -> str:
    """Answer the payload's kind. Raises StepFailed where it has none: it would never be taken."""
    kind = payload.get("kind") if isinstance(payload, dict) else None
    if isinstance(kind, str) and KIND.fullmatch(kind):
        return kind
    raise StepFailed("an event's payload needs a kind, like {'kind': 'approved'}", kind="invalid")
