"""Last entry, access code and word of honour.

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_entry_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("access_code", sa.String(length=40), nullable=True))
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("honoured_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("honoured_at")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_column("access_code")
        batch_op.drop_column("last_entry_at")
