"""What waits to be marked.

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNMARKED = sa.text("state <> 'open' AND score IS NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        "ix_attempts_unmarked",
        "attempts",
        ["quiz_id"],
        postgresql_where=UNMARKED,
        sqlite_where=UNMARKED,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_attempts_unmarked", table_name="attempts")
