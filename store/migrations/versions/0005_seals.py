"""seals of the audit"""

import sqlalchemy as sa
from alembic import op
from store.tables import Time

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "seals",
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.PrimaryKeyConstraint("last_id"),
        sa.UniqueConstraint("after_id"),
    )
