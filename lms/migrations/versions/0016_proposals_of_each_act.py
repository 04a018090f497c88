"""Proposals of further documents, of renewals, and of documents made anew."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("issue_proposal") as batch_op:
        batch_op.add_column(
            sa.Column("act", sa.String(length=8), nullable=False, server_default="issue")
        )
        batch_op.add_column(
            sa.Column("document", sa.String(length=12), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("about_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("why", sa.String(length=12), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("words", sa.LargeBinary(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_issue_proposal_about_id_certificate"), "certificate", ["about_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_issue_proposal_act"), "act in ('issue','renew','replace')"
        )
        batch_op.create_check_constraint(
            op.f("ck_issue_proposal_about"), "(about_id is null) = (act = 'issue')"
        )
        batch_op.create_check_constraint(
            op.f("ck_issue_proposal_why"), "(why = '') = (act <> 'replace')"
        )
        batch_op.drop_index("uq_issue_proposal_open")
        batch_op.create_index(
            "uq_issue_proposal_open",
            ["enrolment_id", "document"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
    with op.batch_alter_table("issue_proposal") as batch_op:
        for name in ("act", "document", "why"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    # the older house knows proposals of a programme's own first certificate alone
    op.execute("delete from issue_proposal where act <> 'issue' or document <> ''")
    with op.batch_alter_table("issue_proposal") as batch_op:
        batch_op.drop_index("uq_issue_proposal_open")
        for name in ("act", "about", "why"):
            batch_op.drop_constraint(op.f(f"ck_issue_proposal_{name}"), type_="check")
        batch_op.drop_constraint(
            op.f("fk_issue_proposal_about_id_certificate"), type_="foreignkey"
        )
        for name in ("words", "why", "about_id", "document", "act"):
            batch_op.drop_column(name)
        batch_op.create_index(
            "uq_issue_proposal_open",
            ["enrolment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
