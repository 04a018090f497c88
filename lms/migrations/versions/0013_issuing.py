"""Runs that issue to many, and certificates that a second person approves."""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _runs()
    _rows()
    _proposals()
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("approval", sa.String(length=8), nullable=False, server_default="")
        )
        batch_op.create_check_constraint(
            op.f("ck_organisation_approval"), "approval in ('','second')"
        )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.alter_column("approval", server_default=None)


def _runs() -> None:
    op.create_table(
        "issue_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("started_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("moved_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("op_id", sa.String(length=40), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("state in ('open','stopped')", name=op.f("ck_issue_run_state")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_issue_run_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_issue_run_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["person.id"], name=op.f("fk_issue_run_started_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_issue_run_public_id")),
        sa.UniqueConstraint("started_by", "op_id", name=op.f("uq_issue_run_started_by_op_id")),
    )
    op.create_index(op.f("ix_issue_run_cohort_id"), "issue_run", ["cohort_id"])


def _rows() -> None:
    op.create_table(
        "issue_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=8), nullable=False),
        sa.Column("name_mark", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("refusal", sa.String(length=40), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", lms.db.Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "act in ('issue','propose','approve')", name=op.f("ck_issue_row_act")
        ),
        sa.CheckConstraint(
            "state in ('waiting','issued','proposed','refused')",
            name=op.f("ck_issue_row_state"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_issue_row_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_issue_row_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["issue_run.id"], name=op.f("fk_issue_row_run_id_issue_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_row")),
        sa.UniqueConstraint(
            "run_id", "enrolment_id", name=op.f("uq_issue_row_run_id_enrolment_id")
        ),
    )
    op.create_index(op.f("ix_issue_row_run_id"), "issue_row", ["run_id"])
    op.create_index(op.f("ix_issue_row_enrolment_id"), "issue_row", ["enrolment_id"])


def _proposals() -> None:
    op.create_table(
        "issue_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", lms.db.Instant(timezone=True), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "state in ('open','approved','declined')", name=op.f("ck_issue_proposal_state")
        ),
        sa.CheckConstraint(
            "decided_by is null or state <> 'open'", name=op.f("ck_issue_proposal_decided")
        ),
        sa.CheckConstraint(
            "state <> 'approved' or decided_by <> proposed_by",
            name=op.f("ck_issue_proposal_two"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_issue_proposal_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_issue_proposal_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_issue_proposal_enrolment_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_issue_proposal_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_issue_proposal_proposed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_issue_proposal_public_id")),
    )
    op.create_index(
        op.f("ix_issue_proposal_organisation_id"), "issue_proposal", ["organisation_id"]
    )
    op.create_index(op.f("ix_issue_proposal_enrolment_id"), "issue_proposal", ["enrolment_id"])
    op.create_index(
        "uq_issue_proposal_open",
        "issue_proposal",
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_organisation_approval"), type_="check")
        batch_op.drop_column("approval")
    for table in ("issue_proposal", "issue_row", "issue_run"):
        op.drop_table(table)
