"""What follows an answer to the citizen: who was given which text, corrections, and who wants to hear of changes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "given",
        sa.Column("id", number, nullable=False),
        sa.Column("chat_id", number, nullable=False),
        sa.Column("entry", sa.String(length=128), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("knowledge_version", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_given_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given")),
    )
    with op.batch_alter_table("given", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_given_entry_chat_id_id"), ["entry", "chat_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_given_at"), ["at"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("entry", sa.String(length=128), nullable=False),
        sa.Column("corrected", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "corrected", name=op.f("pk_corrections")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", number, nullable=False),
        sa.Column("chat_id", number, nullable=False),
        sa.Column("entry", sa.String(length=128), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_subscriptions_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("chat_id", "entry", name=op.f("uq_subscriptions_chat_id_entry")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriptions_entry"), ["entry"], unique=False)
