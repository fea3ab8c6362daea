"""The schema: which version the code speaks, and how a file gets there."""

import secrets
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import NullPool

from store import file
from store.errors import CannotOpen

HEAD = "0014"
MIGRATIONS = Path(__file__).parent / "migrations"


def version(path: Path) -> str | None:
    """Answer the schema a file has; None: it is empty."""
    connection = file.connect(path)
    try:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        if known.fetchone() is None:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])
    finally:
        connection.close()


def upgrade(path: Path) -> None:
    """Bring a locked file to today's schema, in one transaction. Raises CannotOpen for a newer one.

    Alembic is imported only where there is something to do.
    """
    found = version(path)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise CannotOpen(
            f"{path} was written by a newer Harbor (schema {found}, this one knows {HEAD});"
            " start the newer version"
        )
    from alembic import command  # noqa: PLC0415  0.3 s that an up-to-date start does not pay
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with connected(path) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def connected(path: Path) -> Connection:
    """Answer a SQLAlchemy connection whose DDL is transactional, as the migrations need."""
    engine = create_engine("sqlite://", creator=lambda: file.connect(path), poolclass=NullPool)
    # The driver's legacy mode would commit before each CREATE; isolation_level=None and our own
    # BEGIN make a migration one transaction that a kill cannot halve.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine.connect()


def new_installation_id() -> str:
    """Answer what tells this installation from every other: part of every step's key."""
    return secrets.token_hex(16)
