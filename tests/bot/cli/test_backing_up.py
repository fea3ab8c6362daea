"""`harbor backup FILE`: a whole copy, taken beside the server that runs."""

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from tests.bot.api.desk import Desk
from tests.bot.cli.conftest import Shell


def statuses(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT id, status FROM runs"))


def database_of(shell: Shell) -> Path:
    return Path(shell.environment["HARBOR_DATABASE_URL"].removeprefix("sqlite:///"))


def test_f44_a_backup_has_what_a_copy_of_the_file_alone_lacks(
    shell: Shell, desk: Desk, tmp_path: Path
):
    run = desk.waiting("listen")

    ran = shell.harbor("backup", str(tmp_path / "backup.db"))

    assert (ran.status, ran.err) == (0, "")
    assert "backup.db" in ran.out
    naive = shutil.copy(database_of(shell), tmp_path / "naive.db")
    assert statuses(tmp_path / "backup.db")[run] == "waiting"
    assert run not in statuses(naive)


def test_nobody_else_may_read_a_backup_and_nothing_is_left_beside_it(shell: Shell, tmp_path: Path):
    folder = tmp_path / "backups"
    folder.mkdir()

    shell.harbor("backup", str(folder / "backup.db"))

    assert [each.name for each in folder.iterdir()] == ["backup.db"]
    assert stat.S_IMODE((folder / "backup.db").stat().st_mode) == 0o600


def test_a_harbor_starts_from_a_backup(shell: Shell, desk: Desk, tmp_path: Path):
    run = desk.waiting("listen")
    shell.harbor("backup", str(tmp_path / "backup.db"))

    url = f"sqlite:///{tmp_path}/backup.db"
    restored = shell.but(HARBOR_DATABASE_URL=url, HARBOR_PORT="1")
    ran = restored.harbor("show", run)

    assert ran.status == 0, ran.err
    assert "waiting" in ran.out


def test_an_earlier_backup_is_not_written_over(shell: Shell, tmp_path: Path):
    (tmp_path / "backup.db").write_text("precious")

    ran = shell.harbor("backup", str(tmp_path / "backup.db"))

    assert ran.status == 1
    assert "exists already; name a new file" in ran.err
    assert (tmp_path / "backup.db").read_text() == "precious"


def test_a_folder_that_is_not_there_is_named(shell: Shell, tmp_path: Path):
    ran = shell.harbor("backup", str(tmp_path / "nowhere" / "backup.db"))

    assert ran.status == 1
    assert "nowhere/backup.db cannot be written: No such file or directory" in ran.err


def test_a_damaged_database_gives_no_backup(shell: Shell, desk: Desk, tmp_path: Path):
    desk.waiting("listen")
    damaged = tmp_path / "damaged.db"
    shell.harbor("backup", str(damaged))
    content = bytearray(damaged.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 4096 * 2
    damaged.write_bytes(content)

    ran = shell.but(HARBOR_DATABASE_URL=f"sqlite:///{damaged}").harbor(
        "backup", str(tmp_path / "backup.db")
    )

    assert ran.status == 1
    assert "damaged" in ran.err or "malformed" in ran.err
    assert not (tmp_path / "backup.db").exists()
