"""A new installation's file, made once a process: a migration takes far longer than a copy."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from store import schema


@cache
def new_installation() -> Path:
    """Answer a migrated file, to be copied."""
    folder = Path(mkdtemp(prefix="harbor-installed-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    schema.upgrade(folder / "harbor.db")
    return folder / "harbor.db"


def install(path: Path) -> None:
    """Put a new installation's file at *path*, unless there is one."""
    if not path.exists():
        shutil.copy(new_installation(), path)
