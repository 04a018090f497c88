"""Sharing a reflection with one person for a time, and the log of who read it."""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sharing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reflection_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shared_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("ended_at", lms.db.Instant(timezone=True), nullable=True),
        sa.Column("answered_at", lms.db.Instant(timezone=True), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("purpose in ('talk','help','know')", name=op.f("ck_sharing_purpose")),
        sa.CheckConstraint("person_id <> reader_id", name=op.f("ck_sharing_other")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sharing_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["person.id"], name=op.f("fk_sharing_reader_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reflection_id"],
            ["reflection.id"],
            name=op.f("fk_sharing_reflection_id_reflection"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sharing_public_id")),
    )
    op.create_index(op.f("ix_sharing_person_id"), "sharing", ["person_id"])
    op.create_index(op.f("ix_sharing_reader_id"), "sharing", ["reader_id"])
    op.create_index(op.f("ix_sharing_reflection_id"), "sharing", ["reflection_id"])
    op.create_index(
        "uq_sharing_open",
        "sharing",
        ["reflection_id", "reader_id"],
        unique=True,
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "shared_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sharing_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("read_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("op_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["person.id"], name=op.f("fk_shared_reading_reader_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sharing_id"], ["sharing.id"], name=op.f("fk_shared_reading_sharing_id_sharing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_reading")),
    )
    op.create_index(op.f("ix_shared_reading_reader_id"), "shared_reading", ["reader_id"])
    op.create_index(op.f("ix_shared_reading_sharing_id"), "shared_reading", ["sharing_id"])


def downgrade() -> None:
    op.drop_table("shared_reading")
    op.drop_table("sharing")
