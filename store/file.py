"""The SQLite file: who may open it, and with which settings."""

import fcntl
import os
import sqlite3
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from store.errors import CannotOpen

BUSY_TIMEOUT_MS = 2_000
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    # FULL: with NORMAL the last commits may be lost at a power cut (sqlite.org, PRAGMA synchronous)
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 1000",
    # A reader that was slow lets the log grow; once it has gone, the room is given back.
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA mmap_size = 0",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)
NETWORK_FILE_SYSTEMS = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs"),
    *("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.glusterfs", "fuse.ceph"),
}
MOUNTS = Path("/proc/self/mounts")
PRIVATE = 0o600
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@dataclass(frozen=True)
class Lock:
    """The right to be the only process on a database file."""

    descriptor: int

    def release(self) -> None:
        """Give the right back."""
        os.close(self.descriptor)


def lock(path: Path) -> Lock:
    """Take the file beside *path* that says: in use. Raises CannotOpen when it is taken.

    The kernel lets go of it when this process ends, however it ends. Whoever has it also sees to
    it that the database is not everybody's to read.
    """
    if not path.parent.is_dir():
        raise CannotOpen(f"{path.parent} does not exist; create it or change HARBOR_DATABASE_URL")
    _refuse_network(path)
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError as error:
        raise CannotOpen(f"{path} cannot be locked: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise CannotOpen(
            f"{path} is in use by another Harbor process (pid {owner or 'unknown'});"
            " stop that one first, or set HARBOR_DATABASE_URL to another file"
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    _keep_private(path)
    return Lock(descriptor)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection that any thread may use, one at a time. Raises CannotOpen."""
    try:
        # isolation_level=None: transactions begin where we say. In its legacy mode the driver
        # opens none before a SELECT, and read-then-write silently loses updates.
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for setting in SETTINGS:
            connection.execute(setting)
        if read_only:
            connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as error:
        raise cannot_open(path, error) from error
    return connection


def cannot_open(path: Path, error: sqlite3.Error) -> CannotOpen:
    """Answer what people are told of a file that SQLite will not use."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF not in DAMAGED:
        return CannotOpen(f"{path} cannot be opened: {error}")
    return CannotOpen(
        f"{path} cannot be opened: {error}; put it aside with its -wal and -shm files, and restore"
        " the latest backup"
    )


def identity(path: Path) -> tuple[int, int] | None:
    """Answer which file *path* names now; None: none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def size(path: Path) -> int:
    """Answer how many bytes *path* takes; 0 where it does not exist."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _keep_private(path: Path) -> None:
    """Make the file ours alone: what people approve is nothing for everyone on this machine.

    SQLite would make it with what the umask leaves, and gives its companions the mode of the
    file. A mode that lets a group read is somebody's choice, and stays.
    """
    with suppress(OSError):  # what cannot be made or changed here is said by who opens it
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, PRIVATE))
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(OSError):
            if each.stat().st_mode & stat.S_IRWXO:
                each.chmod(PRIVATE)


def _refuse_network(path: Path) -> None:
    """Refuse a network file system: SQLite's locks do not hold there."""
    kind = _file_system(path.parent.resolve())
    if kind in NETWORK_FILE_SYSTEMS:
        raise CannotOpen(
            f"{path} lies on a network file system ({kind}), where SQLite can lose data;"
            " set HARBOR_DATABASE_URL to a file on a local disk"
        )


def _file_system(folder: Path) -> str:
    """Answer the type of the file system that holds *folder*; "" where the system does not say."""
    try:
        mounts = MOUNTS.read_text().splitlines()
    except OSError:
        return ""
    # The kernel writes a space in a name as \040.
    types = {Path(f[1].replace("\\040", " ")): f[2] for f in map(str.split, mounts)}
    return next((types[place] for place in (folder, *folder.parents) if place in types), "")
