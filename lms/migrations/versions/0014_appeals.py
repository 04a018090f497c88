"""Appeals, and when an entry of hours was returned."""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("acted_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("assigned_by", sa.Integer(), nullable=True),
        sa.Column("assigned_at", lms.db.Instant(timezone=True), nullable=True),
        sa.Column("reasons", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", lms.db.Instant(timezone=True), nullable=True),
        sa.Column("applied_id", sa.Integer(), nullable=True),
        sa.Column("again", sa.LargeBinary(), nullable=True),
        sa.Column("again_at", lms.db.Instant(timezone=True), nullable=True),
        sa.Column("op_id", sa.String(length=40), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "kind in ('decision','result','hours','certificate')", name=op.f("ck_appeal_kind")
        ),
        sa.CheckConstraint(
            "state in ('asked','assigned','upheld','changed','sent-back','withdrawn')",
            name=op.f("ck_appeal_state"),
        ),
        sa.CheckConstraint(
            "decider_id is null or decider_id <> taken_by", name=op.f("ck_appeal_other")
        ),
        sa.CheckConstraint(
            "(decider_id is not null) or state in ('asked','withdrawn')",
            name=op.f("ck_appeal_decider"),
        ),
        sa.CheckConstraint(
            "(reasons is not null) = (state in ('upheld','changed','sent-back'))",
            name=op.f("ck_appeal_reasons"),
        ),
        sa.CheckConstraint("(again is null) = (again_at is null)", name=op.f("ck_appeal_again")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_appeal_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["person.id"], name=op.f("fk_appeal_taken_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["person.id"], name=op.f("fk_appeal_decider_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["person.id"], name=op.f("fk_appeal_assigned_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint(
            "enrolment_id", "op_id", name=op.f("uq_appeal_enrolment_id_op_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_appeal_public_id")),
    )
    op.create_index(op.f("ix_appeal_enrolment_id"), "appeal", ["enrolment_id"])
    op.create_index(op.f("ix_appeal_taken_by"), "appeal", ["taken_by"])
    op.create_index(op.f("ix_appeal_decider_id"), "appeal", ["decider_id"])
    op.create_index(
        "uq_appeal_act",
        "appeal",
        ["kind", "subject_id", "acted_at"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    with op.batch_alter_table("hours_entry") as batch_op:
        batch_op.add_column(
            sa.Column("returned_at", lms.db.Instant(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("returned_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_hours_entry_returned_by_person"), "person", ["returned_by"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("hours_entry") as batch_op:
        batch_op.drop_constraint(op.f("fk_hours_entry_returned_by_person"), type_="foreignkey")
        batch_op.drop_column("returned_by")
        batch_op.drop_column("returned_at")
    op.drop_table("appeal")
