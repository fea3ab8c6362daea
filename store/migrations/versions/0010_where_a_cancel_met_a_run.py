"""what a cancel met: a run at rest, or under way; what an event met, and had to"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("runs", sa.Column("cancel_under_way", sa.Boolean(), nullable=True))
    op.add_column("events", sa.Column("open_waits", sa.Text(), nullable=True))
    op.add_column("events", sa.Column("must_be_open", sa.Boolean(), nullable=True))
