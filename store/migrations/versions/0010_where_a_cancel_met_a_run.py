"""what a cancel met: a run at rest, or under way"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("runs", sa.Column("cancel_under_way", sa.Boolean(), nullable=True))
