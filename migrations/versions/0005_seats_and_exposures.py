"""Where an attempt is taken, and what exams have asked.

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = ("accepted", "stale-revision", "conflict", "attempt-closed", "answer-locked")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "exposures",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_exposures_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_exposures")),
    )
    op.create_table(
        "seats",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column(
            "left_at",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("device", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_seats_attempt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_seats")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device", sa.Uuid(), nullable=True))
    _outcomes(*BEFORE, "slot-left")


def downgrade() -> None:
    """Go back."""
    op.execute("DELETE FROM response_log WHERE outcome = 'slot-left'")
    _outcomes(*BEFORE)
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("device")

    op.drop_table("seats")
    op.drop_table("exposures")


def _outcomes(*allowed: str) -> None:
    with op.batch_alter_table("response_log", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_response_log_outcome"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_response_log_outcome"), "outcome IN ('" + "', '".join(allowed) + "')"
        )
