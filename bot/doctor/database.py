"""The database file: whose it is, which schema it has, whether it is whole, and room to grow."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings
from bot.doctor.finding import Finding, bad, good, warning
from store import cards, file, outbox, schema
from store.database import Tx
from store.errors import CannotOpen
from store.opening import sqlite_path

DATABASE, DISK, UNSENT = "database", "disk", "messages"
MEBIBYTE = 1024 * 1024
LITTLE = 1024 * MEBIBYTE
TOO_LITTLE = 100 * MEBIBYTE
MOST_SHOWN = 20


def check(settings: Settings) -> list[Finding]:
    """Look at the file, whether or not a server has it open. Reads much: call it in a thread."""
    try:
        path = sqlite_path(settings.database_url)
        if not path.exists():
            return _new(path)
        owner = _owner(path)
        if owner is None:
            # Taken and given back at once: whatever would stop the server is said here.
            file.lock(path).release()
        return list(_kept(path, owner))
    except CannotOpen as error:
        said, _, step = str(error).partition("; ")
        return [bad(DATABASE, said, step or None)]
    except sqlite3.Error as error:
        return [_broken(str(error))]


def _new(path: Path) -> list[Finding]:
    if not os.access(path.parent, os.W_OK | os.X_OK):
        step = "create it, let the server write there, or change HARBOR_DATABASE_URL"
        return [bad(DATABASE, f"{path.parent} is no folder that can be written", step)]
    return [good(DATABASE, f"{path} is not there yet: harbor serve makes it"), _disk(path)]


def _kept(path: Path, owner: str | None) -> Iterator[Finding]:
    found = schema.version(path)
    yield _schema(path, found, owner)
    with closing(file.connect(path, read_only=True)) as connection:
        yield from _whole(connection)
        if found == schema.HEAD:
            yield from _unsent(Tx(connection, datetime.now(UTC)))
    yield _disk(path)


def _owner(path: Path) -> str | None:
    """Answer the process that has the file open; None: nobody has."""
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
    else:
        return None
    finally:
        os.close(descriptor)


def _schema(path: Path, found: str | None, owner: str | None) -> Finding:
    used = f"in use by the server, process {owner}" if owner else "not in use"
    if found == schema.HEAD:
        return good(DATABASE, f"{path}, schema {found}, {used}")
    if found is not None and found > schema.HEAD:
        said = f"{path} was written by a newer Harbor (schema {found}, this one: {schema.HEAD})"
        return bad(DATABASE, said, "start the newer version")
    said = f"{path} has schema {found or 'none'}, this version speaks {schema.HEAD}"
    return warning(DATABASE, said, "harbor db upgrade (harbor serve does it as well)")


def _whole(connection: sqlite3.Connection) -> Iterator[Finding]:
    (first,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if first != "ok":
        yield _broken(str(first))


def _broken(said: str) -> Finding:
    return bad(DATABASE, f"the file is damaged: {said}", "restore the latest backup")


def _unsent(tx: Tx) -> Iterator[Finding]:
    """Say what could not be told to anybody so far."""
    failed = [(card.asked_in, card.last_error) for card in cards.failed(tx, MOST_SHOWN)]
    failed += [(letter.what, letter.last_error) for letter in outbox.failed(tx, MOST_SHOWN)]
    if failed:
        about = sorted({f"{where}: {error or 'not answered'}" for where, error in failed})
        many = "20 or more" if len(failed) >= MOST_SHOWN else len(failed)
        yield warning(UNSENT, f"{many} could not be sent so far ({'; '.join(about)})")


def _disk(path: Path) -> Finding:
    free = shutil.disk_usage(path.parent).free
    said = f"{free // MEBIBYTE:,} MiB free at {path.parent}"
    if free < TOO_LITTLE:
        return bad(DISK, said, "make room: what cannot be written is not decided")
    if free < LITTLE:
        return warning(DISK, said, "make room before decisions cannot be written")
    return good(DISK, said)
