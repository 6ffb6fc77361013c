"""Telling the channel that a tap has arrived."""

from bot.desk.citizen import CitizenTap
from bot.desk.transaction import Chat, Transaction


async def acknowledge(tx: Transaction, chat: Chat, message: CitizenTap, text: str = "") -> None:
    """The citizen's app stops waiting, and shows the text for a moment."""
    # Its own conversation: a tap is acknowledged even while the chat has to wait.
    payload = {"kind": "tap", "tap_id": message.tap_id, "text": text}
    conversation = f"tap:{message.tap_id}"[:64]
    await tx.send(chat.channel, conversation, f"acknowledge:{message.tap_id}", payload, chat=chat.id)
