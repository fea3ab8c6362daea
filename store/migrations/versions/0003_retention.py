"""retention: when a run's journal was deleted, and which runs still have one to delete"""

import sqlalchemy as sa
from alembic import op

from store.tables import Time

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("runs", sa.Column("pruned_at", Time(), nullable=True))
    op.create_index(
        "runs_ended",
        "runs",
        ["finished_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NOT NULL AND pruned_at IS NULL"),
    )
