"""Pictures and documents of citizens: where they can be fetched, and which ticket they went along with."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "enclosures",
        sa.Column("id", number, nullable=False),
        sa.Column("chat_id", number, nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("album", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=512), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("ticket_id", number, nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_enclosures_chat_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_enclosures_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enclosures")),
        sa.UniqueConstraint("chat_id", "external_id", name=op.f("uq_enclosures_chat_id_external_id")),
    )
    op.create_index(op.f("ix_enclosures_ticket_id"), "enclosures", ["ticket_id"])
