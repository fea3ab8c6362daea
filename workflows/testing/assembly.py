"""A whole engine over a database: what Harbor is without anything that faces people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from store.database import Database
from store.ready import Claimed
from workflows.approvals.gates import Gates
from workflows.clock import Clock
from workflows.context import Context, RunInfo, Surroundings
from workflows.delivering import Delivering
from workflows.engine.local.engine import LocalEngine
from workflows.engine.local.living import Living
from workflows.engine.local.worker import Worker
from workflows.plugins.base import Plugins
from workflows.registry import Registry
from workflows.step import Step
from workflows.testing.plugins import StubbedStep

PUBLIC_URL = "https://harbor.example.com"
APPROVALS = "#approvals"

Stubs = Mapping[Callable[..., Any], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts; nothing is started."""

    engine: LocalEngine
    gates: Gates
    worker: Worker


def assembled(
    db: Database,
    clock: Clock,
    installation: str,
    registry: Registry,
    plugins: Plugins,
    steps: Stubs | None = None,
) -> Assembly:
    """Put an engine together; *steps* replaces step functions by others."""
    living = Living()
    engine = LocalEngine(db, registry, clock, living, PUBLIC_URL)
    surroundings = Surroundings(PUBLIC_URL, APPROVALS, plugins, Delivering(engine.send))

    def context(step: Step, run: Claimed) -> Context:
        stubbed = cast(Step, StubbedStep(step, steps)) if steps else step
        info = RunInfo(run.id, run.job, run.requested_by, f"{run.address}/run/{run.id}")
        return Context(stubbed, info, surroundings)

    worker = Worker(db, registry, installation, context, clock, living=living)
    return Assembly(engine, Gates(db, engine), worker)
