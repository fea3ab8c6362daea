"""what was asked, beside the answer"""

import sqlalchemy as sa
from alembic import op

from store.tables import Time

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("journal", sa.Column("asked", sa.String(), nullable=True))
    op.add_column("runs", sa.Column("accepted_answers", sa.Text(), nullable=True))
    op.add_column("runs", sa.Column("blocked_by", sa.Text(), nullable=True))
    op.add_column("runs", sa.Column("address", sa.String(), nullable=True))
    op.add_column("gates", sa.Column("asked_again_at", Time(), nullable=True))
    op.add_column("gates", sa.Column("stands_by", sa.String(), nullable=True))
    op.add_column("gates", sa.Column("stands_note", sa.Text(), nullable=True))
