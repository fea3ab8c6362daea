"""The installation's own secret: signs sessions, CSRF tokens and the command line's credential."""

import os
import secrets
from pathlib import Path

from bot.config import Settings
from store.errors import CannotOpen
from store.opening import sqlite_path

MODE = 0o600


def secret_key(settings: Settings) -> str:
    """Answer HARBOR_SECRET_KEY; without it the one kept beside the SQLite file, made once.

    Raises CannotOpen when the file cannot be read or others may read it.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = sqlite_path(settings.database_url)
    path = path.with_name(f"{path.name}.key")
    try:
        _make(str(path))
        if path.stat().st_mode & 0o077:
            raise CannotOpen(f"{path} can be read by others; run: chmod 600 {path}")
        return path.read_text().strip()
    except OSError as error:
        raise CannotOpen(
            f"{path}, which holds this installation's secret, cannot be read ({error.strerror});"
            " mend its permissions, or set HARBOR_SECRET_KEY"
        ) from error


def _make(path: str) -> None:
    """Write a new key where there is none; of two processes that try, one wins and both read it."""
    draft = f"{path}.{secrets.token_hex(4)}"
    if Path(path).exists():
        return
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        # link, unlike rename, fails where the key exists by now; and it is never half written.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
