"""runs that other runs start and wait for"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("runs", sa.Column("parent_id", sa.String(), nullable=True))
    op.add_column("runs", sa.Column("parent_name", sa.String(), nullable=True))
    op.add_column("runs", sa.Column("parent_nth", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("depth", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "runs_child",
        "runs",
        ["parent_id", "parent_name", "parent_nth"],
        unique=True,
        sqlite_where=sa.text("parent_id IS NOT NULL"),
    )
