"""A workspace, settings that lead to it, and a folder in which somebody is setting Harbor up."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.sandbox import Sandbox
from tests.bot.doctor.examining import SECRET
from tests.journeys.town import settings_for


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    found = await Sandbox.start()
    monkeypatch.setenv("TEST_LINEAR_KEY", found.credentials.linear_token)
    yield found
    await found.stop()


@pytest.fixture
def settings(sandbox: Sandbox, tmp_path: Path) -> Settings:
    return settings_for(sandbox, tmp_path, HARBOR_PORT=1, HARBOR_PUBLIC_URL="http://127.0.0.1:1")


@pytest.fixture
def environment(
    sandbox: Sandbox, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Answer a folder with an .env file, and nothing of ours in the environment."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "HARBOR_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    wrong = {
        "SLACK_BOT_TOKEN": "xoxb-123-hushhush",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_BASE_URL": "http://127.0.0.1:9/api/",
        "HARBOR_DATABASE_URL": f"sqlite:///{tmp_path}/harbor.db",
        "HARBOR_PORT": "1",
    }
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in wrong.items()))
    file.chmod(0o600)
    return tmp_path
