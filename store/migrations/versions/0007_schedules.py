"""when jobs start by themselves"""

import sqlalchemy as sa
from alembic import op
from store.tables import Time

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("cron", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("next_at", Time(), nullable=False),
        sa.PrimaryKeyConstraint("job"),
    )
