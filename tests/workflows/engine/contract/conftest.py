"""The contract of an engine: what holds for every one of them, told through `Step` and `Engine`.

Another engine is another parameter of `engines`, with a harness of the same verbs.
"""

from collections.abc import Awaitable, Callable

import pytest

from store.database import Database
from tests.workflows.kit import Effects, FakeClock, Harness
from workflows.registry import Job

Engines = Callable[..., Awaitable[Harness]]


@pytest.fixture(params=[Harness.opened], ids=["local"])
def engines(request: pytest.FixtureRequest, db: Database, clock: FakeClock) -> Engines:
    async def opened(*jobs: Job) -> Harness:
        harness: Harness = await request.param(db, clock, *jobs)
        return harness

    return opened


@pytest.fixture
def effects() -> Effects:
    return Effects()
