"""how much memory a run's journal takes"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# What is over is not read again.
MEASURED = """
UPDATE runs SET journal_bytes = (
    SELECT coalesce(sum(length(CAST(value AS BLOB))), 0) FROM journal WHERE run_id = runs.id
) WHERE status NOT IN ('completed', 'cancelled') AND pruned_at IS NULL
"""


def upgrade() -> None:
    column = sa.Column("journal_bytes", sa.Integer(), server_default="0", nullable=False)
    op.add_column("runs", column)
    op.execute(MEASURED)
