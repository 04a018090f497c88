"""Attestations of a type, and one that was taken back can be made again."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('attestation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('type', sa.String(length=60), nullable=False, server_default=''))
        batch_op.drop_constraint(batch_op.f('uq_attestation_enrolment_id_what_attested_by_happened_on'), type_='unique')

    with op.batch_alter_table('attestation', schema=None) as batch_op:
        batch_op.alter_column('type', server_default=None, existing_type=sa.String(length=60), existing_nullable=False)
        batch_op.create_index('uq_attestation_current', ['enrolment_id', 'what', 'type', 'attested_by'], unique=True, sqlite_where=sa.text('replaced_at is null'), postgresql_where=sa.text('replaced_at is null'))


def downgrade() -> None:
    op.execute("delete from attestation where type <> '' or replaced_at is not null")
    with op.batch_alter_table('attestation', schema=None) as batch_op:
        batch_op.drop_index('uq_attestation_current', sqlite_where=sa.text('replaced_at is null'), postgresql_where=sa.text('replaced_at is null'))
        batch_op.drop_column('type')
        batch_op.create_unique_constraint(batch_op.f('uq_attestation_enrolment_id_what_attested_by_happened_on'), ['enrolment_id', 'what', 'attested_by', 'happened_on'])
