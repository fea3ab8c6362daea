"""the version of the question that a gate stands for: buttons, forms and votes name theirs"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("gates", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
