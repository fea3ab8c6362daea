"""A snapshot: the database as it is now, in a file of its own, beside the process that owns it."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from store import file
from store.errors import CannotOpen


def snapshot(path: Path, to: Path) -> None:
    """Copy a database that may be in use to *to*, as of one commit. Raises CannotOpen.

    Needs no lock: the connection can only read, and in WAL mode a reader neither waits for the
    writer nor holds it up. A copy of the file alone would lack what is still in its ``-wal``.
    """
    if not path.is_file():
        raise CannotOpen(f"{path} does not exist; set HARBOR_DATABASE_URL to the database to read")
    to.touch(mode=0o600)
    try:
        with closing(_reading(path)) as source, closing(sqlite3.connect(to)) as copy:
            source.backup(copy)
    except sqlite3.Error as error:
        raise CannotOpen(f"{path} cannot be read: {error}") from error


def backup(path: Path, to: Path) -> None:
    """Copy a database that may be in use to the new file *to*: whole, on the disk, or not at all.

    The copy is made and checked under a name of its own beside it, which a crash may leave behind.
    Raises CannotOpen; an earlier backup is never written over.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{to.name}.", suffix=".partial", dir=to.parent)
        os.close(descriptor)
        partial = Path(name)
        try:
            snapshot(path, partial)
            _check(partial)
            _flush(partial)
            os.link(partial, to)  # fails where *to* exists, also where it came meanwhile
            _flush(to.parent)
        finally:
            partial.unlink(missing_ok=True)
    except FileExistsError:
        raise CannotOpen(f"{to} exists already; name a new file") from None
    except OSError as error:
        raise CannotOpen(f"{to} cannot be written: {error.strerror}") from error


def _check(copy: Path) -> None:
    """Raise CannotOpen where a page is damaged: now, not when the copy is needed."""
    try:
        # Nobody else has it: immutable, SQLite makes no -wal and -shm beside it.
        with closing(_reading(copy, "mode=ro&immutable=1")) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise file.cannot_open(copy, error) from error
    if found != "ok":
        raise CannotOpen(f"the copy is damaged ({found}), and so is what it was made from")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reading(path: Path, how: str = "mode=ro") -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
