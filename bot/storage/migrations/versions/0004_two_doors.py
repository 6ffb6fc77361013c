"""What two doors to one ticket need: claims, what was kept back, tickets that ask the same."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claimed_by", sa.String(length=320), nullable=True))
        batch_op.add_column(sa.Column("previous", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sender", sa.String(length=320), nullable=True))
        batch_op.add_column(sa.Column("mails", sa.Integer(), server_default="0", nullable=False))

    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "alike",
        sa.Column("ticket_id", number, nullable=False),
        sa.Column("other_id", number, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_alike_ticket_id")),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name=op.f("fk_alike_other_id")),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", name=op.f("pk_alike")),
    )
    with op.batch_alter_table("alike", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alike_other_id"), ["other_id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("id", number, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=512), nullable=False),
        sa.Column("ticket_id", number, nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_holds_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("code", name=op.f("uq_holds_code")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_holds_source_external_id")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_state"), ["state"], unique=False)
