"""The local engine alone: its leases, its commits, its rows."""

from pathlib import Path

import pytest

from tests.workflows.kit import Effects


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database of `db` is."""
    return tmp_path / "harbor.db"


@pytest.fixture
def effects() -> Effects:
    return Effects()
