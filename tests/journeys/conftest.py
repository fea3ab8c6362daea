"""A sandbox, and a town with Harbor in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.journeys.town import MovedClock, Town, town


@pytest.fixture
def moved_clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def sandbox(
    moved_clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sandbox]:
    found = await Sandbox.start(now=moved_clock.timestamp)
    monkeypatch.setenv("TEST_LINEAR_KEY", found.credentials.linear_token)
    yield found
    await found.stop()


@pytest.fixture
async def acme(sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(sandbox, tmp_path, moved_clock) as found:
        await found.known()
        yield found
