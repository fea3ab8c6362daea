"""how far a run has come in its log: a line of a job's own is written once, not at every pass"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("runs", sa.Column("said", sa.Text(), nullable=True))
