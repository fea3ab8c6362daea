"""What the API answers, made of what the engine and the gates show."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from bot.web import shapes
from workflows import inputs
from workflows.approvals.view import GateView
from workflows.engine.base import RunView
from workflows.job import Job
from workflows.schedule import Schedule


def run(found: RunView) -> shapes.Run:
    """Answer a run in full."""
    return shapes.Run.model_validate(found)


def listed(found: RunView) -> shapes.Run:
    """Answer a run as lists show it: its waits and its timeline have not been looked up."""
    return shapes.Run.model_validate(found).model_copy(update={"waits": None, "timeline": None})


def job(found: Job, now: datetime) -> shapes.Job:
    """Answer a job with the schema of its input, and when it starts by itself next."""
    return shapes.Job(
        name=found.name,
        description=found.description,
        input_schema=_schema(found.model),
        schedule=_schedule(found.schedule, now) if found.schedule else None,
    )


def gate(found: GateView, called: Mapping[str, str]) -> shapes.Gate:
    """Answer a gate with what its card shows; *called* are the names of people, by their ids."""
    return shapes.Gate(
        id=found.id,
        name=found.name,
        nth=found.nth,
        status=found.status.value,
        title=found.card.title,
        why=found.card.why,
        fields=list(found.card.fields),
        shown=found.card.shown,
        digest=found.digest,
        policy=found.policy.model_dump(mode="json"),
        requested_by=found.requested_by,
        opened_at=found.opened_at,
        deadline_at=found.deadline_at,
        decided_at=found.decided_at,
        decided_by=found.decided_by,
        note=found.note,
        version=found.version,
        named=found.card.named,
        names=dict(called),
    )


def _schedule(found: Schedule, now: datetime) -> shapes.Schedule:
    return shapes.Schedule(cron=found.cron, timezone=found.timezone, next_at=found.after(now))


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """Answer a model's schema; one that has none in JSON is still an object."""
    unknown = {"type": "object", "title": model.__name__, "additionalProperties": True}
    return inputs.json_schema(model) or unknown
