"""Desk: a town in a thread of its own, for tests that are programs: they only speak HTTP."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from bot.access import Access, Caller, Scope, operator_credential
from bot.sandbox import Sandbox
from bot.secret import secret_key
from tests.bot.api import jobs
from tests.journeys.town import MovedClock, Town, town
from workflows.registry import load

ADMIN = Caller("operator:test", "test", frozenset(Scope), is_operator=True)
EVERY = tuple(Scope)


@dataclass
class Desk:
    """A running Harbor with the jobs of `tests.bot.api.jobs`, and what a program needs of it."""

    portal: BlockingPortal
    town: Town
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        return self.town.harbor.url

    @property
    def key(self) -> str:
        return secret_key(self.town.settings)

    @property
    def access(self) -> Access:
        return Access(self.town.harbor.db, self.key, self.town.clock)

    def token(self, *scopes: Scope, job: str | None = None, name: str | None = None) -> str:
        """Make a token; without scopes one that may do everything a token may."""
        name = name or f"program-{next(self._numbers)}"
        return self.portal.call(self.access.create_token, name, scopes or EVERY, job, ADMIN)

    def revoke(self, name: str) -> bool:
        return self.portal.call(self.access.revoke_token, name, ADMIN)

    def operator(self) -> str:
        return operator_credential(self.key, self.town.clock)

    def http(self, credential: str | None = None) -> httpx.Client:
        """Answer a client that sends this token, by default one that may do everything."""
        token = self.token() if credential is None else credential
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False)

    def move(self, **length: float) -> None:
        """Move the clock, and let the tick see it."""
        self.portal.call(lambda: self.town.move(**length))

    def started(self, job: str, **values: Any) -> str:
        """Start a run and answer its id."""
        with self.http(self.operator()) as http:
            answer = http.post("/runs", json={"job": job, "input": values})
            assert answer.status_code == 201, answer.text
            return answer.json()["id"]

    def waiting(self, job: str, name: str = "decision", **values: Any) -> str:
        """Start a run and answer its id once a wait of this name is open."""
        run_id = self.started(job, **values)
        self.until(
            run_id,
            lambda run: any(
                wait["name"] == name and wait["status"] == "open" for wait in run["waits"]
            ),
        )
        return run_id

    def ended(self, run_id: str) -> dict[str, Any]:
        """Answer a run once it has ended."""
        return self.until(run_id, lambda run: run["finished_at"] is not None)

    def until(self, run_id: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Answer a run once something holds of it."""
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            with self.http(self.operator()) as http:
                run = http.get(f"/runs/{run_id}").json()
            if holds(run):
                return run
            time.sleep(0.02)
        raise AssertionError(f"it did not come to that: {run}")


@contextmanager
def desk(folder: Path, **more: Any) -> Iterator[Desk]:
    """Run a town until the block ends."""
    with start_blocking_portal() as portal:
        clock = MovedClock()
        sandbox = portal.call(lambda: Sandbox.start(now=clock.timestamp))
        registry = load([jobs.__name__])
        try:
            with portal.wrap_async_context_manager(
                town(sandbox, folder, clock, registry, **more)
            ) as found:
                yield Desk(portal, found)
        finally:
            portal.call(sandbox.stop)
