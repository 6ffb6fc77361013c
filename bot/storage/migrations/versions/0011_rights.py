"""Whose a received message is, and which tickets are erased."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_INBOX = sa.table("inbox", sa.column("id"), sa.column("source"), sa.column("payload"), sa.column("party"))


def upgrade() -> None:
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("party", sa.String(length=128)))
        batch_op.create_index(batch_op.f("ix_inbox_state_source_party_id"), ["state", "source", "party", "id"])
        batch_op.create_index(batch_op.f("ix_inbox_source_party_handled_at"), ["source", "party", "handled_at"])
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased", sa.Boolean(), nullable=False, server_default="0"))
    connection = op.get_bind()
    known = connection.execute(sa.select(_INBOX.c.id, _INBOX.c.payload).where(_INBOX.c.source == "telegram")).all()
    for row in known:
        change = sa.update(_INBOX).where(_INBOX.c.id == row.id)
        connection.execute(change.values(party=_party(row.payload)))


def _party(payload: bytes) -> str | None:
    """The private chat that an update came from, as it was stored before anybody noted it."""
    try:
        found = _chat(json.loads(payload))
        return str(found["id"]) if found["type"] == "private" else None
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration):
        return None


def _chat(update: Any) -> Any:
    part = next(part for name, part in update.items() if name != "update_id")
    return part["chat"] if "chat" in part else part["message"]["chat"]
