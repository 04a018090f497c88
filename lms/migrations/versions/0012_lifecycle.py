"""After issue: due process, conditions, withdrawal, wishes, lapses, look-up switched off, erasure."""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NOW = "('suspended','reinstated','revoked','superseded','withdrawn','restored')"
BEFORE = "('suspended','reinstated','revoked','superseded')"
LAST = "kind in ('revoked','superseded')"
OPEN = "ended_at is null"
ONCE = "uq_signature_enrolment_id_agreement_version_id"
DAYS = ("until_on", "notice_on", "answer_by", "decided_on")


def upgrade() -> None:
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", lms.db.Instant(timezone=True), nullable=True))
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("lookup_off", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.alter_column("lookup_off", server_default=None)
    _widen_events()
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(ONCE), type_="unique")
        batch_op.create_unique_constraint(
            op.f(f"{ONCE}_happened_on"),
            ["enrolment_id", "agreement", "version_id", "happened_on"],
        )
    op.create_table(
        "certificate_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=12), nullable=False),
        sa.Column("asked_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", lms.db.Instant(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "wish in ('new-name','look-up','erasure')", name=op.f("ck_certificate_wish_wish")
        ),
        sa.CheckConstraint(
            "outcome in ('','done','taken-back')", name=op.f("ck_certificate_wish_outcome")
        ),
        sa.CheckConstraint(
            "(ended_at is null) = (outcome = '')", name=op.f("ck_certificate_wish_ended")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_wish_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_wish")),
    )
    _index("certificate_wish", "wish")
    op.create_table(
        "certificate_lapse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.String(length=100), nullable=False),
        sa.Column("noted_at", lms.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", lms.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_lapse_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_lapse")),
    )
    _index("certificate_lapse", "requirement")


def _index(table: str, column: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(f"ix_{table}_certificate_id"), ["certificate_id"], unique=False
        )
        batch_op.create_index(
            f"uq_{table}_open",
            ["certificate_id", column],
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        )


def _widen_events() -> None:
    with op.batch_alter_table("certificate_event", schema=None) as batch_op:
        batch_op.drop_index("uq_certificate_event_last")
        batch_op.drop_index(batch_op.f("ix_certificate_event_certificate_id"))
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("conditions", sa.LargeBinary(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("lifts", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        for name in DAYS:
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
    op.execute(
        "update certificate_event set position = (select count(*) from certificate_event before"
        " where before.certificate_id = certificate_event.certificate_id"
        " and before.id <= certificate_event.id)"
    )
    with op.batch_alter_table("certificate_event", schema=None) as batch_op:
        for name in ("position", "conditions", "lifts"):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_constraint(op.f("ck_certificate_event_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_certificate_event_kind"), f"kind in {NOW}")
        batch_op.create_check_constraint(
            op.f("ck_certificate_event_until"), "until_on is null or until_on > happened_on"
        )
        batch_op.create_check_constraint(
            op.f("ck_certificate_event_lifts"), "not lifts or until_on is not null"
        )
        batch_op.create_unique_constraint(
            op.f("uq_certificate_event_certificate_id_position"), ["certificate_id", "position"]
        )


def downgrade() -> None:
    op.drop_table("certificate_lapse")
    op.drop_table("certificate_wish")
    _narrow_events()
    op.execute(
        "delete from signature where exists (select 1 from signature earlier"
        " where earlier.enrolment_id = signature.enrolment_id"
        " and earlier.agreement = signature.agreement"
        " and earlier.version_id = signature.version_id and earlier.id < signature.id)"
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"{ONCE}_happened_on"), type_="unique")
        batch_op.create_unique_constraint(op.f(ONCE), ["enrolment_id", "agreement", "version_id"])
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("lookup_off")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_column("erased_at")


def _narrow_events() -> None:
    """Keep of every history what the older tables can say; what was given back stays out of force."""
    same = "other.certificate_id = certificate_event.certificate_id"
    undone = f"{same} and other.kind = 'restored' and other.position > certificate_event.position"
    for statement in (
        "delete from certificate_event where kind = 'revoked'"
        f" and exists (select 1 from certificate_event other where {undone})",  # noqa: S608
        "delete from certificate_event where kind = 'restored'",
        "delete from certificate_event where kind = 'withdrawn' and exists"
        f" (select 1 from certificate_event other where {same} and other.kind = 'revoked')",  # noqa: S608
        "update certificate_event set kind = 'revoked' where kind = 'withdrawn'",
    ):
        op.execute(statement)
    with op.batch_alter_table("certificate_event", schema=None) as batch_op:
        batch_op.drop_constraint(
            op.f("uq_certificate_event_certificate_id_position"), type_="unique"
        )
        for name in ("kind", "until", "lifts"):
            batch_op.drop_constraint(op.f(f"ck_certificate_event_{name}"), type_="check")
        batch_op.create_check_constraint(op.f("ck_certificate_event_kind"), f"kind in {BEFORE}")
        for name in ("position", "conditions", "lifts", *DAYS):
            batch_op.drop_column(name)
    with op.batch_alter_table("certificate_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_event_certificate_id"), ["certificate_id"], unique=False
        )
        batch_op.create_index(
            "uq_certificate_event_last",
            ["certificate_id"],
            unique=True,
            sqlite_where=sa.text(LAST),
            postgresql_where=sa.text(LAST),
        )
