"""Kit: a Harbor of a test's own, which goes on when the test says so."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType, TracebackType
from typing import Any, Self

from pydantic import BaseModel

from store import meta
from store.database import Database
from store.opening import open_database
from store.snapshot import snapshot
from workflows.approvals.gate import Person
from workflows.approvals.gates import Gates
from workflows.engine.base import Start
from workflows.engine.local.engine import LocalEngine
from workflows.failpoint import failpoint
from workflows.job import Job
from workflows.plugins.base import Plugins
from workflows.registry import Registry
from workflows.testing.assembly import Assembly, Stubs, assembled
from workflows.testing.clock import NOON, FakeClock
from workflows.testing.installation import new_installation
from workflows.testing.people import member
from workflows.testing.plugins import Call, StubPlugin, Tools, post_message
from workflows.testing.run import KitRun

REQUESTER = member("UANA", name="Ana")


class Kit:
    """An engine on a database of its own, for the length of an ``async with`` block.

    *jobs* are jobs, or modules of them. *plugins* names functions by plugin and tool; *steps*
    puts one step function in the place of another. *database* is a file to go on from, instead of
    from nothing: a copy of it is used. `calls` is what the plugins were called with.
    """

    def __init__(
        self,
        *jobs: Job | ModuleType,
        plugins: Mapping[str, Tools] | None = None,
        steps: Stubs | None = None,
        at: datetime = NOON,
        database: Path | None = None,
    ) -> None:
        self.clock = FakeClock(at)
        self.calls: list[Call] = []
        tools = {"slack": {"post_message": post_message}} | dict(plugins or {})
        self._plugins = Plugins([StubPlugin(name, of, self.calls) for name, of in tools.items()])
        self._steps = steps
        self._registry = _registry(jobs)
        self._database = database
        self._folder: TemporaryDirectory[str] | None = None
        self._db: Database | None = None
        self._parts: Assembly | None = None

    async def __aenter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="harbor-kit-", ignore_cleanup_errors=True)
        if self._database is None:
            self.path.write_bytes(new_installation())
        else:
            snapshot(self._database, self.path)
        await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._close()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def engine(self) -> LocalEngine:
        """The engine of the process that runs now."""
        return self._assembly.engine

    @property
    def gates(self) -> Gates:
        """The door through which people's answers come in."""
        return self._assembly.gates

    async def start(
        self,
        job: Job | str,
        request: BaseModel | Mapping[str, Any] | None = None,
        *,
        by: Person = REQUESTER,
        key: str | None = None,
    ) -> KitRun:
        """Start a run as *by*, and go on until it waits or ends. Raises InputRefused, KeyReused."""
        name = job.name if isinstance(job, Job) else job
        scope = None if key is None else "kit"
        asked = Start(
            name, {} if request is None else request, by.actor, via="slack", scope=scope, key=key
        )
        started = await self.engine.start(asked)
        await self.settle()
        return KitRun(started.run_id, self)

    async def runs(self) -> list[KitRun]:
        """Answer every run there is, in the order of their ids."""
        return [KitRun(run.id, self) for run in reversed(await self.engine.list(limit=1_000))]

    async def move(self, **length: float) -> None:
        """Move the clock by ``timedelta(**length)``; what becomes due happens, each at its time."""
        until = self.clock.now() + timedelta(**length)
        last: datetime | None = None
        while (due := await self.engine.next_due()) is not None and last != due <= until:
            # One after the other: what follows from this counts its own deadlines from now.
            self.clock.move_to(max(due, self.clock.now()))
            await self.settle()
            last = due
        self.clock.move_to(until)
        await self.settle()

    async def restart(self, **down: float) -> None:
        """End the process; start the next one on what was stored, ``timedelta(**down)`` later."""
        await self.deploy(*self._registry, **down)

    async def deploy(self, *jobs: Job | ModuleType, **down: float) -> None:
        """`restart`, with these jobs instead."""
        await self._close()
        self.clock.move(**down)
        self._registry = _registry(jobs)
        await self._open()

    async def settle(self) -> None:
        """Do what is due now, and go on until every run waits or has ended."""
        await self.engine.sweep()
        await self._assembly.worker.drain()

    @property
    def path(self) -> Path:
        """The database file."""
        if self._folder is None:
            raise RuntimeError("write `async with Kit(…) as kit:`")
        return Path(self._folder.name) / "harbor.db"

    @property
    def _assembly(self) -> Assembly:
        if self._parts is None:
            raise RuntimeError("write `async with Kit(…) as kit:`, and use it inside the block")
        return self._parts

    async def _open(self) -> None:
        self._db = open_database(f"sqlite:///{self.path}", self.clock.now, failpoint)
        installation = await self._db.read(meta.installation_id)
        self._parts = assembled(
            self._db, self.clock, installation, self._registry, self._plugins, self._steps
        )
        await self.engine.recover()
        await self.settle()

    async def _close(self) -> None:
        if self._parts is not None:
            await self._parts.worker.stop(0)
        if self._db is not None:
            await self._db.close()
        self._parts = self._db = None


def _registry(jobs: tuple[Job | ModuleType, ...]) -> Registry:
    registry = Registry()
    for each in jobs:
        if isinstance(each, Job):
            registry.add(each)
        else:
            registry.add_module(each)
    return registry
