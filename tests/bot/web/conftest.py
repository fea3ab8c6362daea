"""A town whose web door is open: a sandbox, an issuer, and Harbor with Sign in with Slack."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.bot.web import jobs
from tests.bot.web.browser import Browser
from tests.bot.web.door import town_with_pages
from tests.bot.web.issuer import Issuer
from tests.journeys.town import MovedClock, Town


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
async def issuer(sandbox: Sandbox, moved_clock: MovedClock) -> AsyncIterator[Issuer]:
    found = Issuer(moved_clock, sandbox.credentials.team_id)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def acme(
    sandbox: Sandbox, issuer: Issuer, moved_clock: MovedClock, tmp_path: Path
) -> AsyncIterator[Town]:
    async with town_with_pages(sandbox, issuer, tmp_path, moved_clock, jobs.__name__) as found:
        yield found


@pytest.fixture
async def browsers(acme: Town, issuer: Issuer) -> AsyncIterator[Callable[[], Browser]]:
    opened: list[Browser] = []

    def open_one() -> Browser:
        opened.append(Browser(acme, issuer))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.http.aclose()


@pytest.fixture
def browser(browsers: Callable[[], Browser]) -> Browser:
    return browsers()


@pytest.fixture
async def cam(browser: Browser) -> Browser:
    """A browser in which cam, who may decide, is signed in."""
    answered = await browser.sign_in("cam")
    assert answered.status_code == 303, answered.text
    return browser
