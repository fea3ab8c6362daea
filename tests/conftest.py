"""Fixtures for everybody: a clock that is moved, and a real database on it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.database import Database
from store.opening import open_database, sqlite_path
from tests.installing import new_installation
from tests.workflows.kit import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'harbor.db'}"


@pytest.fixture(scope="session")
def installed() -> Path:
    """The file of a new installation, to be copied: a migration takes far longer."""
    return new_installation()


@pytest_asyncio.fixture
async def db(database_url: str, installed: Path, clock: FakeClock) -> AsyncIterator[Database]:
    shutil.copy(installed, sqlite_path(database_url))
    opened = open_database(database_url, clock.now)
    yield opened
    await opened.close()
