"""The installation's own secret: made once, and nobody else's to read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Settings
from bot.secret import secret_key
from store.errors import CannotOpen

SLACK = {"SLACK_BOT_TOKEN": "xoxb-1-a", "SLACK_SIGNING_SECRET": "0" * 32}


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], str]:
    url = f"sqlite:///{tmp_path / 'harbor.db'}"
    settings = Settings(_env_file=None, HARBOR_DATABASE_URL=url, **SLACK)
    return lambda: secret_key(settings)


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(kept, tmp_path: Path):
    assert kept() == kept()
    assert (tmp_path / "harbor.db.key").stat().st_mode & 0o777 == 0o600
    assert len(kept()) > 40


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o601])
def test_a_secret_that_others_can_reach_is_refused_with_what_to_do(kept, tmp_path: Path, mode):
    kept()
    file = tmp_path / "harbor.db.key"
    file.chmod(mode)

    with pytest.raises(CannotOpen, match=f"can be read by others; run: chmod 600 {file}"):
        kept()
