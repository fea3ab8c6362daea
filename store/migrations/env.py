"""Alembic's environment: the connection comes from `store.schema`, or from the command line."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from store import tables
from store.opening import sqlite_path
from store.schema import connected


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write types by names that a migration can import: Alembic would leave the import out."""
    if kind == "type" and isinstance(item, tables.Time):
        autogen_context.imports.add("from store.tables import Time")
        return "Time()"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def migrate(connection: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        # SQLite's DDL is transactional once the driver does not interfere: several revisions are
        # one transaction. Alembic takes it for granted that it is not.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    url = context.config.get_main_option("sqlalchemy.url") or "sqlite:///harbor.db"
    with connected(sqlite_path(url)) as own:
        migrate(own)
        own.commit()
