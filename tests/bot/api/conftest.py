"""One town for a module of tests; the clock moves between them, so that no limit is left over."""

from collections.abc import Iterator

import httpx
import pytest

from tests.bot.api import desk as desks
from tests.bot.api import jobs
from tests.bot.api.desk import Desk


@pytest.fixture(scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_LINEAR_KEY", "lin_api_test")
        with desks.desk(tmp_path_factory.mktemp("desk")) as found:
            yield found


@pytest.fixture
def desk(_desk: Desk) -> Desk:
    jobs.BROKEN.clear()
    _desk.town.clock.move(minutes=2)
    return _desk


@pytest.fixture
def api(desk: Desk) -> Iterator[httpx.Client]:
    """A program that may do everything a token may."""
    with desk.http() as found:
        yield found
