"""Documents with their files, references, requests to set aside, qualifications of staff."""

import sqlalchemy as sa
from alembic import op
import lms.db

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('stored_at', lms.db.Instant(timezone=True), nullable=False),
    sa.Column('removed_at', lms.db.Instant(timezone=True), nullable=True),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("media_type in ('application/pdf','image/png','image/jpeg')", name=op.f('ck_upload_media_type')),
    sa.CheckConstraint('size_bytes > 0', name=op.f('ck_upload_size_bytes')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_upload_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
    sa.UniqueConstraint('public_id', name=op.f('uq_upload_public_id'))
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_person_id'), ['person_id'], unique=False)

    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('paper', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=100), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('outcome', sa.String(length=60), nullable=False),
    sa.Column('signers', sa.Text(), nullable=False),
    sa.Column('names', sa.LargeBinary(), nullable=True),
    sa.Column('relationship', sa.String(length=30), nullable=False),
    sa.Column('known_since', sa.Date(), nullable=True),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('upload_id', sa.Integer(), nullable=True),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('allowed_by', sa.Integer(), nullable=True),
    sa.Column('allowed_on', sa.Date(), nullable=True),
    sa.Column('op_id', sa.String(length=40), nullable=True),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', lms.db.Instant(timezone=True), nullable=False),
    sa.Column('replaced_at', lms.db.Instant(timezone=True), nullable=True),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("state in ('handed-in','on-file','returned','withdrawn')", name=op.f('ck_document_state')),
    sa.CheckConstraint('expires_on is null or expires_on >= happened_on', name=op.f('ck_document_dates')),
    sa.ForeignKeyConstraint(['allowed_by'], ['person.id'], name=op.f('fk_document_allowed_by_person')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_document_enrolment_id_enrolment')),
    sa.ForeignKeyConstraint(['recorded_by'], ['person.id'], name=op.f('fk_document_recorded_by_person')),
    sa.ForeignKeyConstraint(['upload_id'], ['upload.id'], name=op.f('fk_document_upload_id_upload')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('enrolment_id', 'op_id', name=op.f('uq_document_enrolment_id_op_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_document_public_id'))
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_enrolment_id'), ['enrolment_id'], unique=False)
        batch_op.create_index('uq_document_current', ['paper'], unique=True, sqlite_where=sa.text('replaced_at is null'), postgresql_where=sa.text('replaced_at is null'))

    op.create_table('waiver_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('requirement', sa.String(length=100), nullable=False),
    sa.Column('claim', sa.LargeBinary(), nullable=False),
    sa.Column('evidence', sa.LargeBinary(), nullable=True),
    sa.Column('document', sa.String(length=16), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', lms.db.Instant(timezone=True), nullable=False),
    sa.Column('decider_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', lms.db.Instant(timezone=True), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('waiver_id', sa.Integer(), nullable=True),
    sa.Column('op_id', sa.String(length=40), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("state in ('asked','granted','declined','withdrawn')", name=op.f('ck_waiver_request_state')),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_waiver_request_asked_by_person')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_waiver_request_decided_by_person')),
    sa.ForeignKeyConstraint(['decider_id'], ['person.id'], name=op.f('fk_waiver_request_decider_id_person')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_waiver_request_enrolment_id_enrolment')),
    sa.ForeignKeyConstraint(['waiver_id'], ['waiver.id'], name=op.f('fk_waiver_request_waiver_id_waiver')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiver_request')),
    sa.UniqueConstraint('enrolment_id', 'op_id', name=op.f('uq_waiver_request_enrolment_id_op_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_waiver_request_public_id'))
    )
    with op.batch_alter_table('waiver_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiver_request_enrolment_id'), ['enrolment_id'], unique=False)
        batch_op.create_index('uq_waiver_request_open', ['enrolment_id', 'requirement'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.create_table('reference',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=100), nullable=False),
    sa.Column('relationship', sa.String(length=30), nullable=False),
    sa.Column('known_since', sa.Date(), nullable=True),
    sa.Column('who', sa.LargeBinary(), nullable=False),
    sa.Column('signer', sa.String(length=16), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', lms.db.Instant(timezone=True), nullable=False),
    sa.Column('expires_at', lms.db.Instant(timezone=True), nullable=False),
    sa.Column('given_at', lms.db.Instant(timezone=True), nullable=True),
    sa.Column('declined_at', lms.db.Instant(timezone=True), nullable=True),
    sa.Column('withdrawn_at', lms.db.Instant(timezone=True), nullable=True),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('paper', sa.String(length=16), nullable=False),
    sa.Column('op_id', sa.String(length=40), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_reference_asked_by_person')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_reference_enrolment_id_enrolment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reference')),
    sa.UniqueConstraint('enrolment_id', 'op_id', name=op.f('uq_reference_enrolment_id_op_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_reference_public_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_reference_token_hash'))
    )
    with op.batch_alter_table('reference', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reference_enrolment_id'), ['enrolment_id'], unique=False)

    op.create_table('qualification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('hours', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_by', sa.Integer(), nullable=False),
    sa.Column('recorded_at', lms.db.Instant(timezone=True), nullable=False),
    sa.Column('replaced_at', lms.db.Instant(timezone=True), nullable=True),
    sa.Column('op_id', sa.String(length=40), nullable=True),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("kind in ('credential','training','practice')", name=op.f('ck_qualification_kind')),
    sa.CheckConstraint("state in ('handed-in','on-record','returned','withdrawn')", name=op.f('ck_qualification_state')),
    sa.CheckConstraint('hours is null or hours between 1 and 200000', name=op.f('ck_qualification_hours')),
    sa.CheckConstraint('until is null or until >= since', name=op.f('ck_qualification_dates')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_qualification_person_id_person')),
    sa.ForeignKeyConstraint(['recorded_by'], ['person.id'], name=op.f('fk_qualification_recorded_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qualification')),
    sa.UniqueConstraint('person_id', 'op_id', name=op.f('uq_qualification_person_id_op_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_qualification_public_id'))
    )
    with op.batch_alter_table('qualification', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_qualification_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_qualification_current', ['entry'], unique=True, sqlite_where=sa.text('replaced_at is null'), postgresql_where=sa.text('replaced_at is null'))


def downgrade() -> None:
    with op.batch_alter_table('qualification', schema=None) as batch_op:
        batch_op.drop_index('uq_qualification_current', sqlite_where=sa.text('replaced_at is null'), postgresql_where=sa.text('replaced_at is null'))
        batch_op.drop_index(batch_op.f('ix_qualification_person_id'))

    op.drop_table('qualification')
    with op.batch_alter_table('reference', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reference_enrolment_id'))

    op.drop_table('reference')
    with op.batch_alter_table('waiver_request', schema=None) as batch_op:
        batch_op.drop_index('uq_waiver_request_open', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.drop_index(batch_op.f('ix_waiver_request_enrolment_id'))

    op.drop_table('waiver_request')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index('uq_document_current', sqlite_where=sa.text('replaced_at is null'), postgresql_where=sa.text('replaced_at is null'))
        batch_op.drop_index(batch_op.f('ix_document_enrolment_id'))

    op.drop_table('document')
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_person_id'))

    op.drop_table('upload')
