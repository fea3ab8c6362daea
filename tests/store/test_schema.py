"""The schema: migrations and tables say the same, and a kill leaves nothing half done."""

import os
import signal
import sqlite3
from itertools import count

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from store import file, schema, tables

PRAGMAS = ("table_info", "foreign_key_list")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "harbor.db"


def alembic_config():
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    return config


def described(path):
    """Answer columns, keys and indexes of every table of ours, in a form to be compared."""
    connection = sqlite3.connect(path)
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    )
    found = {name: " ".join(sql.replace('"', "").split()) for name, sql in indexes}
    for name in SQLModel.metadata.tables:
        found |= {
            f"{name} {pragma}": sorted(connection.execute(f"PRAGMA {pragma}({name})"))
            for pragma in PRAGMAS
        }
        (sql,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
        found[f"{name} has no rowid"] = "WITHOUT ROWID" in sql
        found[f"{name} is unique in"] = sorted(
            tuple(column for _, _, column in connection.execute(f"PRAGMA index_info({index})"))
            for _, index, unique, origin, _ in connection.execute(f"PRAGMA index_list({name})")
            if unique and origin != "c"
        )
    connection.close()
    return found


def test_alembic_finds_no_difference_between_the_tables_and_the_migrations(path):
    schema.upgrade(path)
    config = alembic_config()

    with schema.connected(path) as connection:
        config.attributes["connection"] = connection
        command.check(config)


def test_the_migrations_make_what_the_tables_say_to_the_last_index(path, tmp_path):
    schema.upgrade(path)
    declared = tmp_path / "declared.db"
    engine = create_engine(f"sqlite:///{declared}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()

    assert described(path) == described(declared)


def test_the_head_that_the_code_names_is_alembics():
    script = ScriptDirectory.from_config(alembic_config())

    assert script.get_current_head() == schema.HEAD


def test_an_upgrade_is_done_once(path):
    schema.upgrade(path)
    before = path.read_bytes()

    schema.upgrade(path)

    assert schema.version(path) == schema.HEAD
    assert path.read_bytes() == before


def test_an_empty_file_has_no_version(path):
    assert schema.version(path) is None


def _die_at(nth):
    left = count(nth, -1)

    @event.listens_for(Engine, "before_cursor_execute")
    def on_statement(*_):
        if next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)


def _killed_while_upgrading(path, nth):
    """Upgrade in a child that dies before its nth statement; answer whether it died."""
    child = os.fork()
    if child == 0:
        try:
            _die_at(nth)
            schema.upgrade(path)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_f11_a_kill_during_the_migration_leaves_an_empty_schema_or_a_whole_one(tmp_path):
    wanted = tmp_path / "wanted.db"
    schema.upgrade(wanted)
    died = 0

    for nth in count(1):
        path = tmp_path / f"{nth}.db"
        if not _killed_while_upgrading(path, nth):
            break
        died += 1
        left = schema.version(path), _tables(path)
        schema.upgrade(path)

        assert left in {(None, ()), (schema.HEAD, _tables(wanted))}
        assert described(path) == described(wanted)

    assert died > len(SQLModel.metadata.tables)


def _tables(path):
    connection = file.connect(path)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    found = tuple(name for (name,) in names)
    connection.close()
    return found


@pytest.mark.parametrize(
    "status",
    [
        tables.RunStatus,
        tables.EntryKind,
        tables.EntryStatus,
        tables.WaitKind,
        tables.WaitStatus,
        tables.EventStatus,
        tables.GateStatus,
        tables.SendStatus,
    ],
)
def test_a_status_is_stored_by_its_value(status):
    stored = tables._one_of(status)

    assert stored.enums == [member.value for member in status]
