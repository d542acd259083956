"""Rolling digests, quotas, and notices that are said in the reader's language"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("roll", sa.Text(), nullable=True))
    op.add_column("chats", sa.Column("quota", sa.Integer(), nullable=True))
    op.create_table(
        "rolling",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("digest_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "thread_id", "topic", name=op.f("pk_rolling")),
        sqlite_with_rowid=False,
    )
    _notes()


def _notes() -> None:
    """Notices were one English text; now they are keys and values, and an old text is a note that says itself."""
    op.execute("ALTER TABLE alerts RENAME COLUMN text TO notes")
    alerts = sa.table("alerts", sa.column("id", sa.BigInteger()), sa.column("notes", sa.Text()))
    connection = op.get_bind()
    for number, text in connection.execute(sa.select(alerts.c.id, alerts.c.notes).where(alerts.c.notes != "")).all():
        notes = json.dumps([["text", {"text": text}]], ensure_ascii=False)
        connection.execute(alerts.update().where(alerts.c.id == number).values(notes=notes))
    connection.execute(alerts.update().where(alerts.c.notes == "").values(notes="[]"))
