"""waits of which the first ends all; changed code that a person has accepted"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("accepted_seq", sa.Integer(), nullable=True))
    op.add_column("waits", sa.Column("any_name", sa.String(), nullable=True))
    op.add_column("waits", sa.Column("any_nth", sa.Integer(), nullable=True))
