"""Whether an answer helped, what is expected next, and questions that wait for the citizen's word on how to pass them
on."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("exchanges", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feedback", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("awaits", sa.String(length=16), nullable=True))
    op.create_table(
        "undecided",
        sa.Column("exchange_id", number, nullable=False),
        sa.Column("chat_id", number, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchanges.id"], name=op.f("fk_undecided_exchange_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_undecided_chat_id")),
        sa.PrimaryKeyConstraint("exchange_id", name=op.f("pk_undecided")),
    )
    with op.batch_alter_table("undecided", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_undecided_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_undecided_until"), ["until"], unique=False)
