"""Pictures of modules, and the pack of local entries that an organisation uses."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'content_picture',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('module', sa.String(length=100), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('stamp', sa.String(length=64), nullable=False),
        sa.Column('media_type', sa.String(length=32), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_content_picture')),
        sa.UniqueConstraint(
            'module', 'name', 'stamp', name=op.f('uq_content_picture_module_name_stamp')
        ),
    )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('pack', sa.String(length=100), nullable=False, server_default='')
        )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.alter_column('pack', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_column('pack')
    op.drop_table('content_picture')
