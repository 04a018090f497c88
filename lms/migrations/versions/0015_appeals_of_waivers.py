"""Appeals of declined waivers, and who looks once more in somebody's place."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = "kind in ('decision','result','hours','certificate')"
AFTER = "kind in ('decision','result','hours','certificate','waiver')"


def upgrade() -> None:
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.drop_constraint(op.f("ck_appeal_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_appeal_kind"), AFTER)
        batch_op.add_column(sa.Column("again_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_appeal_again_by_person"), "person", ["again_by"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_appeal_again_by"),
            "again_by is null or (again_by <> taken_by and reasons is not null)",
        )
        batch_op.create_index(op.f("ix_appeal_again_by"), ["again_by"])


def downgrade() -> None:
    # an appeal of a kind that the older house does not know cannot be kept there
    op.execute("delete from appeal where kind = 'waiver'")
    with op.batch_alter_table("appeal") as batch_op:
        batch_op.drop_index(op.f("ix_appeal_again_by"))
        batch_op.drop_constraint(op.f("ck_appeal_again_by"), type_="check")
        batch_op.drop_constraint(op.f("fk_appeal_again_by_person"), type_="foreignkey")
        batch_op.drop_column("again_by")
        batch_op.drop_constraint(op.f("ck_appeal_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_appeal_kind"), BEFORE)
