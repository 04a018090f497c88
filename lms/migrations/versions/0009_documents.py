"""Three kinds of document, their editions, how an organisation prints, what holders choose."""

import sqlalchemy as sa
from alembic import op
import lms.db

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

ADDED = ('kind', 'is_whole', 'edition')


def upgrade() -> None:
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('kind', sa.String(length=12), nullable=False, server_default='credential')
        )
        batch_op.add_column(
            sa.Column('is_whole', sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(sa.Column('edition', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('replaces_id', sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f('uq_certificate_enrolment_id_term'), type_='unique')
        batch_op.create_unique_constraint(
            op.f('uq_certificate_enrolment_id_kind_term_edition'),
            ['enrolment_id', 'kind', 'term', 'edition'],
        )
        batch_op.create_unique_constraint(op.f('uq_certificate_replaces_id'), ['replaces_id'])
        batch_op.create_foreign_key(
            op.f('fk_certificate_replaces_id_certificate'), 'certificate', ['replaces_id'], ['id']
        )
        batch_op.create_check_constraint(
            op.f('ck_certificate_kind'), "kind in ('training','credential','letter')"
        )
        batch_op.create_check_constraint(op.f('ck_certificate_edition'), 'edition >= 1')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        for name in ADDED:
            batch_op.alter_column(name, server_default=None)

    op.create_table(
        'letterhead',
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('address', sa.String(length=500), nullable=False),
        sa.Column('approval', sa.String(length=300), nullable=False),
        sa.Column('first_name', sa.String(length=200), nullable=False),
        sa.Column('first_role', sa.String(length=200), nullable=False),
        sa.Column('second_name', sa.String(length=200), nullable=False),
        sa.Column('second_role', sa.String(length=200), nullable=False),
        sa.Column('paper', sa.String(length=8), nullable=False),
        sa.Column('language', sa.String(length=16), nullable=False),
        sa.Column('mark', sa.LargeBinary(), nullable=True),
        sa.Column('mark_words', sa.String(length=300), nullable=False),
        sa.CheckConstraint("paper in ('a4','letter')", name=op.f('ck_letterhead_paper')),
        sa.ForeignKeyConstraint(
            ['organisation_id'],
            ['organisation.id'],
            name=op.f('fk_letterhead_organisation_id_organisation'),
        ),
        sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_letterhead')),
    )
    op.create_table(
        'printed_choice',
        sa.Column('enrolment_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('lines', sa.Text(), nullable=False),
        sa.Column('chosen_at', lms.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['enrolment_id'],
            ['enrolment.id'],
            name=op.f('fk_printed_choice_enrolment_id_enrolment'),
        ),
        sa.PrimaryKeyConstraint('enrolment_id', 'kind', name=op.f('pk_printed_choice')),
    )


def downgrade() -> None:
    op.drop_table('printed_choice')
    op.drop_table('letterhead')
    # One certificate a place and term was all that fitted: the others keep their rows, far behind.
    op.execute(
        "update certificate set term = 1000 + id where kind <> 'credential' or edition > 1"
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_certificate_edition'), type_='check')
        batch_op.drop_constraint(op.f('ck_certificate_kind'), type_='check')
        batch_op.drop_constraint(op.f('fk_certificate_replaces_id_certificate'), type_='foreignkey')
        batch_op.drop_constraint(op.f('uq_certificate_replaces_id'), type_='unique')
        batch_op.drop_constraint(
            op.f('uq_certificate_enrolment_id_kind_term_edition'), type_='unique'
        )
        batch_op.create_unique_constraint(
            op.f('uq_certificate_enrolment_id_term'), ['enrolment_id', 'term']
        )
        for name in ('replaces_id', *reversed(ADDED)):
            batch_op.drop_column(name)
