"""Programmes set by coordinators: drafts, reasons of figures, withdrawals, moves."""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, lms.db.Instant(timezone=True), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("content_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_content_version_organisation_id_organisation"),
            "organisation",
            ["organisation_id"],
            ["id"],
        )
    op.create_table(
        "programme_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _instant("saved_at"),
        _key("programme_draft", "organisation_id", "organisation"),
        _key("programme_draft", "base_id", "content_version"),
        _key("programme_draft", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_draft")),
        sa.UniqueConstraint(
            "organisation_id", "slug", name=op.f("uq_programme_draft_organisation_id_slug")
        ),
    )
    op.create_table(
        "programme_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=False),
        sa.Column("after", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _instant("recorded_at"),
        _key("programme_figure", "version_id", "content_version"),
        _key("programme_figure", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_figure")),
        sa.UniqueConstraint(
            "version_id", "place", name=op.f("uq_programme_figure_version_id_place")
        ),
    )
    op.create_table(
        "programme_withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _instant("recorded_at"),
        _key("programme_withdrawal", "organisation_id", "organisation"),
        _key("programme_withdrawal", "version_id", "content_version"),
        _key("programme_withdrawal", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_withdrawal")),
        sa.UniqueConstraint(
            "organisation_id",
            "version_id",
            name=op.f("uq_programme_withdrawal_organisation_id_version_id"),
        ),
    )
    op.create_table(
        "programme_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=False),
        sa.Column("to_version_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("moved_by", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        _instant("recorded_at"),
        _key("programme_move", "enrolment_id", "enrolment"),
        _key("programme_move", "from_version_id", "content_version"),
        _key("programme_move", "to_version_id", "content_version"),
        _key("programme_move", "moved_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_move")),
    )
    with op.batch_alter_table("programme_move", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_programme_move_enrolment_id"), ["enrolment_id"], unique=False
        )


def downgrade() -> None:
    for table in ("programme_move", "programme_withdrawal", "programme_figure", "programme_draft"):
        op.drop_table(table)
    with op.batch_alter_table("content_version", schema=None) as batch_op:
        batch_op.drop_constraint(
            op.f("fk_content_version_organisation_id_organisation"), type_="foreignkey"
        )
        batch_op.drop_column("organisation_id")
