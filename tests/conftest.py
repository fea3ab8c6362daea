"""Fixtures for everybody: a clock that is moved, and a real database on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.database import Database
from store.opening import open_database, sqlite_path
from workflows.testing import FakeClock
from workflows.testing.installation import new_installation


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'harbor.db'}"


@pytest_asyncio.fixture
async def db(database_url: str, clock: FakeClock) -> AsyncIterator[Database]:
    sqlite_path(database_url).write_bytes(new_installation())
    opened = open_database(database_url, clock.now)
    yield opened
    await opened.close()
