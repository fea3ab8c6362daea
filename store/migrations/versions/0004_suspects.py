"""what is looked for every second, or for every Home tab, is found without reading every run"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index(
        "runs_suspect",
        "runs",
        ["idle_claims", "ready_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'ready' AND idle_claims >= 3"),
    )
    op.create_index(
        "runs_failed",
        "runs",
        ["updated_at"],
        unique=False,
        sqlite_where=sa.text("status = 'failed' AND pruned_at IS NULL"),
    )
