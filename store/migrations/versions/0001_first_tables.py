"""first tables"""

import sqlalchemy as sa
from alembic import op
from store.schema import new_installation_id
from store.tables import Time

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("gate_id", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_run", "audit", ["run_id", "id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("begun_at", Time(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("drafts_begun", "drafts", ["begun_at"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("input", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "ready",
                "running",
                "waiting",
                "blocked",
                "completed",
                "failed",
                "cancelled",
                name="runstatus",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("ready_at", Time(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_until", Time(), nullable=True),
        sa.Column("idle_claims", sa.Integer(), nullable=False),
        sa.Column("cancel_requested_at", Time(), nullable=True),
        sa.Column("cancelled_by", sa.String(), nullable=True),
        sa.Column("blocked_reason", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failed_seq", sa.Integer(), nullable=True),
        sa.Column("start_scope", sa.String(), nullable=True),
        sa.Column("start_key", sa.String(), nullable=True),
        sa.Column("created_at", Time(), nullable=False),
        sa.Column("updated_at", Time(), nullable=False),
        sa.Column("finished_at", Time(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "runs_blocked",
        "runs",
        ["updated_at"],
        unique=False,
        sqlite_where=sa.text("status = 'blocked'"),
    )
    op.create_index(
        "runs_lease",
        "runs",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "runs_ready",
        "runs",
        ["ready_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'ready'"),
    )
    op.create_index("runs_requester", "runs", ["requested_by", "id"], unique=False)
    op.create_index(
        "runs_start",
        "runs",
        ["start_scope", "start_key"],
        unique=True,
        sqlite_where=sa.text("start_key IS NOT NULL"),
    )
    op.create_table(
        "sessions",
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", Time(), nullable=False),
        sa.Column("seen_at", Time(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index("sessions_user", "sessions", ["user_id", "created_at"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("job", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", Time(), nullable=False),
        sa.Column("revoked_at", Time(), nullable=True),
        sa.PrimaryKeyConstraint("public_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "buffered",
                "consumed",
                "mismatched",
                "expired",
                "vote",
                name="eventstatus",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("wait_nth", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "scope", "key"),
    )
    op.create_index(
        "events_buffered",
        "events",
        ["run_id", "name", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'buffered'"),
    )
    op.create_table(
        "gates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "approved",
                "rejected",
                "expired",
                "cancelled",
                name="gatestatus",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", Time(), nullable=False),
        sa.Column("decided_at", Time(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "name", "nth"),
    )
    op.create_index(
        "gates_open", "gates", ["opened_at"], unique=False, sqlite_where=sa.text("status = 'open'")
    )
    op.create_table(
        "journal",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("step", "wait", "now", name="entrykind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "started",
                "retrying",
                "done",
                "failed",
                "cancelled",
                "superseded",
                name="entrystatus",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("at", Time(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "journal_key",
        "journal",
        ["run_id", "name", "nth"],
        unique=True,
        sqlite_where=sa.text("status <> 'superseded'"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("gate_id", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "uncertain",
                "sent",
                "dead",
                name="sendstatus",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Time(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "outbox_due",
        "outbox",
        ["next_at", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('pending', 'uncertain')"),
    )
    op.create_table(
        "waits",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("approval", "event", "sleep", name="waitkind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "resolved",
                "timed_out",
                "cancelled",
                name="waitstatus",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("deadline_at", Time(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", Time(), nullable=False),
        sa.Column("ended_at", Time(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "name", "nth"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "waits_due", "waits", ["deadline_at"], unique=False, sqlite_where=sa.text("status = 'open'")
    )
    op.create_index(
        "waits_one_open",
        "waits",
        ["run_id", "name"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "cards",
        sa.Column("gate_id", sa.String(), nullable=False),
        sa.Column("asked_in", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("message_ts", sa.String(), nullable=True),
        sa.Column("want_version", sa.Integer(), nullable=False),
        sa.Column("sent_version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "uncertain",
                "sent",
                "dead",
                name="sendstatus",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("next_at", Time(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gate_id", "asked_in"),
    )
    op.create_index(
        "cards_due",
        "cards",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('pending', 'uncertain')"),
    )
    op.create_index("cards_message", "cards", ["channel", "message_ts"], unique=False)
    op.create_table(
        "votes",
        sa.Column("gate_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gate_id", "person"),
    )
    meta = sa.table("meta", sa.column("key"), sa.column("value"))
    op.bulk_insert(
        meta,
        [
            {"key": "installation_id", "value": new_installation_id()},
            {"key": "clock_high_water", "value": "0"},
        ],
    )
