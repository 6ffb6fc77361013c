"""What citizens wish: their language, plain language, and the numbered list that they saw last."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language_chosen", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("plain", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("menu", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("menu_at", sa.DateTime(), nullable=True))
