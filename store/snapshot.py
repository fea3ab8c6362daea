"""A snapshot: the database as it is now, in a file of its own, beside the process that owns it."""

import sqlite3
from contextlib import closing
from pathlib import Path

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


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
