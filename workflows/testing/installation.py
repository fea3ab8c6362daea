"""A new installation's file, made once a process: a migration takes far longer than a copy."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store import schema


@cache
def new_installation() -> bytes:
    """Answer a migrated file, to be written where a database is to be."""
    with TemporaryDirectory(prefix="harbor-installed-") as folder:
        path = Path(folder) / "harbor.db"
        schema.upgrade(path)
        return path.read_bytes()
