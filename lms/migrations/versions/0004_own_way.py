"""What is a person's alone about how they learn: one sealed text."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_way",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_own_way_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_own_way")),
    )


def downgrade() -> None:
    op.drop_table("own_way")
