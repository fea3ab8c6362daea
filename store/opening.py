"""Opening: from a database URL to a database in use, in the one order that is safe."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from store import file, schema
from store.database import Database
from store.errors import CannotOpen


def sqlite_path(url: str) -> Path:
    """Answer the file that *url* names. Raises CannotOpen, without a password in the message."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise CannotOpen(
            "HARBOR_DATABASE_URL is no database URL; write sqlite:///harbor.db"
        ) from None
    if parsed.get_backend_name() != "sqlite":
        raise CannotOpen(
            f"HARBOR_DATABASE_URL asks for {parsed.get_backend_name()}; this version keeps its"
            " data in SQLite only: write sqlite:///harbor.db"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise CannotOpen(
            "HARBOR_DATABASE_URL must name a file, like sqlite:///harbor.db: what people approved"
            " has to outlive the process"
        )
    return Path(parsed.database).absolute()


def open_database(
    url: str, clock: Callable[[], datetime], failpoint: Callable[[str], None] | None = None
) -> Database:
    """Lock the file, bring its schema up to date, and open it. Raises CannotOpen.

    Must be called in a running event loop; the database answers there.
    """
    path = sqlite_path(url)
    lock = file.lock(path)
    try:
        schema.upgrade(path)
        if failpoint is None:
            return Database(path, lock, clock)
        return Database(path, lock, clock, failpoint)
    except sqlite3.DatabaseError as error:
        lock.release()
        raise file.cannot_open(path, error) from error
    except BaseException:
        lock.release()
        raise
