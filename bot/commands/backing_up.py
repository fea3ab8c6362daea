"""The command that copies the database while the server goes on."""

from pathlib import Path
from typing import Annotated

import typer

from bot import config
from store.opening import sqlite_path
from store.snapshot import backup as back_up


def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; never written over.")],
) -> None:
    """Copy the database to FILE as of one commit, checked and on the disk, while the server runs.

    A copy of the file alone lacks what is still in its -wal. To restore: stop the server, put
    the copy in the place of the file, and remove the -wal and -shm files beside it.
    """
    path = sqlite_path(config.given_or_default("HARBOR_DATABASE_URL"))
    back_up(path, to)
    typer.echo(f"{to}: {to.stat().st_size:,} bytes, whole")
