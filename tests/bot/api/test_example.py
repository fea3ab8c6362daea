"""The page about the API: its program runs as it is printed, and its tables are complete."""

import os
import re
import subprocess
import sys
from pathlib import Path

from bot.access import Scope
from tests.bot.api import desk as desks

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/api.md").read_text()


def test_the_program_on_the_page_runs(tmp_path: Path, monkeypatch):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.setenv("TEST_LINEAR_KEY", "lin_api_test")
    with desks.desk(tmp_path) as desk:
        token = desk.token(Scope.RUNS_READ, Scope.RUNS_WRITE, Scope.EVENTS_WRITE)
        environment = os.environ | {"HARBOR_URL": desk.url, "HARBOR_TOKEN": token}
        environment["PYTHONUNBUFFERED"] = "1"  # what it says is read while it runs
        with subprocess.Popen(
            [sys.executable, "-c", program],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as running:
            assert running.stdout is not None
            running.stdout.readline()  # the run's id
            refused = running.stdout.readline()
            card = desk.portal.call(desk.town.card)
            desk.portal.call(lambda: desk.town.member("cam").click(card, "reject"))
            desk.portal.call(_reasoned, desk)
            told, _ = running.communicate(timeout=30)

    assert running.returncode == 0
    assert refused == "human_required\n"
    assert "completed {'acted': False, 'reason': 'Not now', 'issue_url': None}" in told


def test_the_page_has_every_scope():
    assert set(re.findall(r"^\| `(\w+:\w+)`", PAGE, re.MULTILINE)) == set(Scope)


async def _reasoned(desk: desks.Desk) -> None:
    cam = desk.town.member("cam")
    await desk.town.sandbox.until(lambda: cam.view)
    await cam.submit({"note": "Not now"})
