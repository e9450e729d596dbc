"""Accommodations, extensions, late entries, and the room of an exam.

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "accommodations",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("time_percent", sa.Integer(), nullable=False),
        sa.Column("break_s", sa.Integer(), nullable=False),
        sa.Column("opens_early_s", sa.Integer(), nullable=False),
        sa.Column("closes_late_s", sa.Integer(), nullable=False),
        sa.Column("larger_text", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_accommodations_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_accommodations")),
    )
    op.create_table(
        "late_entries",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignments.id"],
            name=op.f("fk_late_entries_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_late_entries_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("assignment_id", "person_id", name=op.f("pk_late_entries")),
    )
    with op.batch_alter_table("late_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_late_entries_person_id"), ["person_id"], unique=False)

    op.create_table(
        "room_messages",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignments.id"],
            name=op.f("fk_room_messages_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_room_messages_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_messages")),
    )
    with op.batch_alter_table("room_messages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_room_messages_assignment_id_sent_at"),
            ["assignment_id", "sent_at"],
            unique=False,
        )

    op.create_table(
        "extensions",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempts.id"],
            name=op.f("fk_extensions_attempt_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extensions_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "presences",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempts.id"],
            name=op.f("fk_presences_attempt_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_presences")),
    )
    op.add_column("assignments", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column(
        "attempts", sa.Column("paused_deadline", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "attempts", sa.Column("paused_closes_at", sa.DateTime(timezone=True), nullable=True)
    )

    with op.batch_alter_table("response_log", schema=None) as batch_op:
        batch_op.create_index(
            "ix_response_log_refused",
            ["attempt_id"],
            unique=False,
            postgresql_where=sa.text("outcome <> 'accepted'"),
            sqlite_where=sa.text("outcome <> 'accepted'"),
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("response_log", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_response_log_refused",
            postgresql_where=sa.text("outcome <> 'accepted'"),
            sqlite_where=sa.text("outcome <> 'accepted'"),
        )

    # what is paused goes on: without its end it would never be closed
    op.execute(
        "UPDATE attempts SET deadline = paused_deadline, closes_at = paused_closes_at"
        " WHERE paused_deadline IS NOT NULL"
    )
    op.drop_column("attempts", "paused_closes_at")
    op.drop_column("attempts", "paused_deadline")

    op.drop_column("assignments", "paused_at")

    op.drop_table("presences")
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extensions_attempt_id"))

    op.drop_table("extensions")
    with op.batch_alter_table("room_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_messages_assignment_id_sent_at"))

    op.drop_table("room_messages")
    with op.batch_alter_table("late_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_late_entries_person_id"))

    op.drop_table("late_entries")
    op.drop_table("accommodations")
