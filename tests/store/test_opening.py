"""Opening: one process, a local disk, a schema this code knows; else a message that helps."""

import os
import signal
import sqlite3

import pytest

from store import file, schema
from store.errors import CannotOpen
from store.opening import open_database, sqlite_path
from tests.workflows.kit import NOON


def now():
    return NOON


@pytest.fixture
def path(tmp_path):
    return tmp_path / "harbor.db"


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("", "no database URL"),
        ("harbor.db", "no database URL"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("postgresql://ana:hunter2@db/harbor", "asks for postgresql"),
        ("mysql://ana:hunter2@db/harbor", "asks for mysql"),
    ],
)
def test_a_url_that_names_no_file_is_refused_without_its_password(url, part):
    with pytest.raises(CannotOpen, match=part) as refused:
        sqlite_path(url)

    assert "hunter2" not in str(refused.value)


async def test_a_new_file_is_made_and_opened_again_as_the_same_installation(database_url, path):
    def installation(tx):
        query = "SELECT value FROM meta WHERE key = 'installation_id'"
        return tx._connection.execute(query).fetchone()

    found = []
    for _ in range(2):
        db = open_database(database_url, now)
        found.append(await db.read(installation))
        await db.close()

    assert path.exists()
    assert found[0] == found[1]
    assert len(found[0][0]) == 32


async def test_the_settings_that_durability_rests_on_are_on(db):
    names = ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
    found = [db._writer.execute(f"PRAGMA {name}").fetchone() for name in names]

    assert found == [("wal",), (2,), (1,), (0,)]


# -- nobody else's business -----------------------------------------------------------------------


def modes(path):
    """Answer who may do what with the file and with what SQLite keeps beside it."""
    beside = [path, *(path.with_name(f"{path.name}-{each}") for each in ("wal", "shm"))]
    return [each.stat().st_mode & 0o777 for each in beside if each.exists()]


async def test_nobody_else_can_read_a_new_database_whatever_the_umask(database_url, path):
    before = os.umask(0)
    try:
        db = open_database(database_url, now)
    finally:
        os.umask(before)

    assert modes(path) == [0o600, 0o600, 0o600]
    await db.close()


async def test_a_database_that_everyone_could_read_is_closed_to_them_at_the_next_start(
    database_url, path
):
    path.touch()
    for each in (path, path.with_name(f"{path.name}-wal")):
        each.touch()
        each.chmod(0o644)

    db = open_database(database_url, now)

    assert modes(path) == [0o600, 0o600, 0o600]
    await db.close()


async def test_a_database_that_a_group_may_read_stays_so(database_url, path):
    path.touch()
    path.chmod(0o640)

    db = open_database(database_url, now)

    assert modes(path) == [0o640, 0o640, 0o640]
    await db.close()


# -- one process ----------------------------------------------------------------------------------


async def test_f38_a_second_opening_is_refused_and_names_the_process(database_url):
    db = open_database(database_url, now)

    with pytest.raises(
        CannotOpen, match=rf"in use by another Harbor process \(pid {os.getpid()}\)"
    ):
        open_database(database_url, now)

    await db.close()
    again = open_database(database_url, now)
    await again.close()


def test_f38_a_process_that_was_killed_has_let_go_of_the_file(path):
    locked, told = os.pipe()
    child = os.fork()
    if child == 0:
        file.lock(path)
        os.write(told, b"!")
        signal.pause()
    os.read(locked, 1)

    with pytest.raises(CannotOpen, match=f"pid {child}"):
        file.lock(path)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    file.lock(path).release()
    os.close(locked)
    os.close(told)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CannotOpen, match="nowhere does not exist"):
        file.lock(tmp_path / "nowhere" / "harbor.db")


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs"])
@pytest.mark.parametrize("folder", ["/mnt/share", "/mnt/my share"])
def test_a_network_file_system_is_refused(tmp_path, monkeypatch, kind, folder):
    mounts = tmp_path / "mounts"
    escaped = folder.replace(" ", r"\040")
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/x {escaped} {kind} rw 0 0\n")
    monkeypatch.setattr(file, "MOUNTS", mounts)

    with pytest.raises(CannotOpen, match=rf"network file system \({kind}\)"):
        file._refuse_network(file.Path(folder) / "deeper" / "harbor.db")


@pytest.mark.parametrize("folder", ["/home/ana", "/mnt", "/mnt/shared"])
def test_a_local_file_system_is_not_refused(tmp_path, monkeypatch, folder):
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/vda / ext4 rw 0 0\nserver:/x /mnt/share nfs rw 0 0\n")
    monkeypatch.setattr(file, "MOUNTS", mounts)

    file._refuse_network(file.Path(folder) / "harbor.db")


def test_a_system_that_does_not_list_its_mounts_is_not_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(file, "MOUNTS", tmp_path / "missing")

    file._refuse_network(tmp_path / "harbor.db")


# -- what is in the file --------------------------------------------------------------------------


async def test_f105_a_newer_schema_is_refused_and_the_file_is_let_go_i29(database_url, path):
    schema.upgrade(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    for _ in range(2):
        with pytest.raises(CannotOpen, match="newer Harbor"):
            open_database(database_url, now)


async def test_a_file_that_is_no_database_is_refused(database_url, path):
    path.write_bytes(b"not a database" * 1_000)

    with pytest.raises(CannotOpen, match="cannot be opened"):
        open_database(database_url, now)

    assert path.read_bytes().startswith(b"not a database")


async def test_f42_a_file_that_may_not_be_written_is_refused(database_url, tmp_path):
    if os.geteuid() == 0:
        (tmp_path / "harbor.db").mkdir()
    else:
        tmp_path.chmod(0o500)

    with pytest.raises(CannotOpen):
        open_database(database_url, now)

    tmp_path.chmod(0o700)


async def test_f48_a_file_with_a_broken_page_is_refused_and_says_to_restore_a_backup(
    database_url, path
):
    schema.upgrade(path)
    bytes_of = bytearray(path.read_bytes())
    bytes_of[:4096] = bytes_of[:100] + bytes(3996)
    path.write_bytes(bytes_of)

    with pytest.raises(CannotOpen, match="restore the latest backup"):
        open_database(database_url, now)
