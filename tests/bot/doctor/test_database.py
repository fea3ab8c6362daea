"""The database file: looked at while the server runs and while it does not, never changed."""

import os
import sqlite3
from pathlib import Path

import pytest

from bot.config import Settings
from bot.doctor import Mark
from bot.doctor.examination import checkup
from bot.sandbox import Sandbox
from tests.bot.doctor.examining import about, changed, found
from tests.journeys.town import town


def everything_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_database_that_is_not_there_yet_is_left_so(settings: Settings, tmp_path: Path):
    before = everything_in(tmp_path)

    database = await found(settings, "database")

    assert database.mark is Mark.GOOD
    assert "harbor serve makes it" in database.said
    assert everything_in(tmp_path) == before


async def test_the_database_of_a_running_server_says_whose_it_is(sandbox: Sandbox, tmp_path: Path):
    async with town(sandbox, tmp_path) as acme:
        port = int(acme.harbor.url.rpartition(":")[2])
        findings = await checkup(changed(acme.settings, HARBOR_PORT=port))

    (database,) = about(findings, "database")
    assert f"in use by the server, process {os.getpid()}" in database.said
    (server,) = about(findings, "server")
    assert server.said == f"runs at http://127.0.0.1:{port} and is ready"


async def test_the_database_of_a_stopped_server_is_not_in_use(sandbox: Sandbox, tmp_path: Path):
    async with town(sandbox, tmp_path) as acme:
        settings = acme.settings

    database = await found(changed(settings, HARBOR_PORT=1), "database")

    assert database.mark is Mark.GOOD
    assert database.said.endswith("not in use")


async def test_what_could_not_be_sent_is_listed(sandbox: Sandbox, tmp_path: Path):
    sandbox.remove_from_channel("harbor", "#approvals")
    async with town(sandbox, tmp_path) as acme:
        await acme.start()
        await sandbox.until(lambda: any(call.error for call in sandbox.calls))
        settings = acme.settings

    messages = await found(changed(settings, HARBOR_PORT=1), "messages")

    assert messages.mark is Mark.WARNING
    assert "#approvals: not_in_channel" in messages.said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:hunter2@db/harbor", "SQLite only"),
        ("sqlite:///{folder}/missing/harbor.db", "is no folder that can be written"),
        ("sqlite://", "must name a file"),
    ],
)
async def test_a_database_that_cannot_be_opened_is_explained(
    settings: Settings, tmp_path: Path, url: str, said: str
):
    where = url.format(folder=tmp_path)

    database = await found(changed(settings, HARBOR_DATABASE_URL=where), "database")

    assert database.mark is Mark.BAD
    assert said in f"{database.said}; {database.next_step}"
    assert "hunter2" not in repr(database)


async def test_a_file_that_is_no_database_is_a_finding(settings: Settings, tmp_path: Path):
    (tmp_path / "harbor.db").write_text("These are the minutes of the meeting. " * 200)

    database = await found(settings, "database")

    assert database.mark is Mark.BAD
    assert "file is not a database" in database.said


async def test_a_database_of_a_newer_version_is_not_touched(sandbox: Sandbox, tmp_path: Path):
    async with town(sandbox, tmp_path) as acme:
        settings = acme.settings
    with sqlite3.connect(tmp_path / "harbor.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    database = await found(changed(settings, HARBOR_PORT=1), "database")

    assert database.mark is Mark.BAD
    assert "newer Harbor (schema 9999" in database.said


async def test_the_free_room_is_said(settings: Settings):
    disk = await found(settings, "disk")

    assert "MiB free at" in disk.said
