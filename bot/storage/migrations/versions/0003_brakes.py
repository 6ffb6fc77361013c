"""What the loop brakes look for at each mail: when the last ones of a channel were due."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_channel_due_at"), ["channel", "due_at"], unique=False)
