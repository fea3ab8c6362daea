"""What 0.1.0 stored, opened again: its database, and the workspace that saw its cards."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from bot.sandbox import Credentials, Sandbox, keep
from bot.sandbox.workspace import Workspace
from tests.bot.web.browser import Browser
from tests.bot.web.door import town_with_pages
from tests.bot.web.issuer import Issuer
from tests.journeys.town import MovedClock, Town
from tests.stored import jobs
from tests.stored.endings import OPENED, TEAM
from tests.stored.outside import OUTSIDE

HERE = Path(__file__).parent


def restored(path: Path) -> Path:
    """Write the database as it was left."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((HERE / "0.1.0.sql").read_text())
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return restored(tmp_path / "stored.db")


@pytest.fixture
def moved_clock() -> MovedClock:
    clock = MovedClock()
    clock.move(seconds=(OPENED - datetime.now(UTC)).total_seconds())
    return clock


@pytest.fixture
async def sandbox(
    moved_clock: MovedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sandbox]:
    """The workspace with the messages and forms that 0.1.0 had sent to it."""
    credentials = Credentials(team_id=TEAM, app_id="A0HARBOR")
    anew = orjson.loads(keep.dump(Workspace(credentials, moved_clock.timestamp)))
    shown = orjson.loads((HERE / "0.1.0.slack.json").read_bytes())
    state = tmp_path / "slack.json"
    state.write_bytes(orjson.dumps(anew | shown))
    found = await Sandbox.start(now=moved_clock.timestamp, state=state, credentials=credentials)
    monkeypatch.setenv("TEST_LINEAR_KEY", found.credentials.linear_token)
    yield found
    await found.stop()


@pytest.fixture
async def issuer(sandbox: Sandbox, moved_clock: MovedClock) -> AsyncIterator[Issuer]:
    found = Issuer(moved_clock, sandbox.credentials.team_id)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def acme(
    sandbox: Sandbox, issuer: Issuer, moved_clock: MovedClock, tmp_path: Path
) -> AsyncIterator[Town]:
    """Today's bot on that database."""
    OUTSIDE.done.clear()
    OUTSIDE.troubles.clear()
    restored(tmp_path / "harbor.db")
    async with town_with_pages(sandbox, issuer, tmp_path, moved_clock, jobs.__name__) as found:
        await found.known()
        yield found


@pytest.fixture
async def cam(acme: Town, issuer: Issuer) -> AsyncIterator[Browser]:
    """A browser in which cam, who may decide, is signed in."""
    browser = Browser(acme, issuer)
    answered = await browser.sign_in("cam")
    assert answered.status_code == 303, answered.text
    yield browser
    await browser.http.aclose()
