"""Headers of feeds, which may hold credentials, stay in feeds.yaml and its secrets"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE feeds SET headers = '{}'")  # before its pages are free
    op.drop_column("feeds", "headers")
