"""The tables. A change here needs a new migration beside it; a test compares the two."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Utc(TypeDecorator[datetime]):
    """A moment in time: aware in Python, UTC without an offset in the file."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


# SQLite numbers rows by itself only in a column of the exact type INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What reached us and was committed before it was confirmed to the sender. `party`: whose it is, as the channel's own
# chat id; None for what belongs to no citizen, and for what is erased.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(32), nullable=False),
    Column("external_id", String(512), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("outcome", String(64)),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("received_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("handled_at", Utc),
    Column("party", String(128)),
    UniqueConstraint("source", "external_id"),
    Index(None, "state", "id"),
    Index(None, "state", "source", "party", "id"),
    Index(None, "source", "party", "handled_at"),
)

# How far each source has been read.
bookmarks = Table(
    "bookmarks",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("value", Text, nullable=False),
)

# A citizen's conversation on one channel: the only place where the channel's own chat id stands.
chats = Table(
    "chats",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("address", String(128), nullable=False),
    Column("language", String(8), nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("first_at", Utc, nullable=False),
    # What the citizen wishes, and which numbered list they saw last.
    Column("language_chosen", Boolean, nullable=False, server_default="0"),
    Column("plain", Boolean, nullable=False, server_default="0"),
    Column("menu", String(64)),
    Column("menu_at", Utc),
    UniqueConstraint("channel", "address"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("chat_id", Id, ForeignKey("chats.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("mails", Integer, nullable=False),
    Column("handed_to", String(320)),
    Column("claimed_by", String(320)),
    Column("previous", String(16)),
    # Grows with each change, so that whoever shows the ticket knows what is out of date.
    Column("version", Integer, nullable=False, server_default="0"),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    # What was promised, and how far staff have been reminded of it.
    Column("half_at", Utc),
    Column("due_at", Utc),
    Column("reminded", Integer, nullable=False, server_default="0"),
    # The citizen had it deleted: nothing of it may be sent any more.
    Column("erased", Boolean, nullable=False, server_default="0"),
    Index(None, "chat_id"),
    Index(None, "state"),
)

# What was said within a ticket.
messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("author", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("external_id", String(512)),
    Column("sender", String(320)),
    Column("mails", Integer, nullable=False, server_default="0"),
    Column("at", Utc, nullable=False),
    Index(None, "ticket_id"),
)

# What staff attached to their answers, until it is sent and as long as the ticket is kept.
files = Table(
    "files",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("name", String(255), nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "ticket_id"),
)

# Pictures and documents that citizens sent: where they can be fetched, and the ticket they went along with.
enclosures = Table(
    "enclosures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", Id, ForeignKey("chats.id"), nullable=False),
    Column("external_id", String(128), nullable=False),
    Column("album", String(64)),
    Column("reference", String(512), nullable=False),
    Column("name", String(255), nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("at", Utc, nullable=False),
    UniqueConstraint("chat_id", "external_id"),
    Index(None, "ticket_id"),
)

# Tickets of which staff were told that they ask the same.
alike = Table(
    "alike",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("other_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Index(None, "other_id"),
)

# What came from staff and was kept back until a person releases it: the row of the inbox that holds it.
holds = Table(
    "holds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("source", String(32), nullable=False),
    Column("external_id", String(512), nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("reason", String(32), nullable=False),
    Column("sender", String(320), nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("mails", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("source", "external_id"),
    Index(None, "state"),
)

# What staff want the knowledge base to learn: an editor accepts or rejects it.
proposals = Table(
    "proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("author", String(320), nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "state"),
)

# A fingerprint of what a citizen's message last said, so that an edit without a change is known.
heard = Table(
    "heard",
    metadata,
    Column("chat_id", Id, ForeignKey("chats.id"), primary_key=True),
    Column("external_id", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
)

# What was asked, what was decided and why.
exchanges = Table(
    "exchanges",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", Id, ForeignKey("chats.id"), nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("external_id", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("entry", String(128)),
    Column("knowledge_version", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("candidates", Text, nullable=False),
    Column("suggested", Text, nullable=False),
    Column("chosen", String(128)),
    # Whether the answer helped, and what the citizen's next words may be taken for.
    Column("feedback", String(16)),
    Column("awaits", String(16)),
    Column("at", Utc, nullable=False),
    Index(None, "chat_id", "id"),
    Index(None, "chat_id", "external_id"),
)

# Questions that are not passed on to staff before the citizen has said how, or the time for that is over.
undecided = Table(
    "undecided",
    metadata,
    Column("exchange_id", Id, ForeignKey("exchanges.id"), primary_key=True, autoincrement=False),
    Column("chat_id", Id, ForeignKey("chats.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("until", Utc, nullable=False),
    Index(None, "chat_id"),
    Index(None, "until"),
)

# What is to be sent. `conversation` keeps order: nothing overtakes an earlier row of the same one.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("conversation", String(64), nullable=False),
    Column("key", String(600), nullable=False, unique=True),
    Column("chat_id", Id, ForeignKey("chats.id")),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("payload", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("leased_until", Utc),
    Column("error", Text),
    Column("created_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Index(None, "state", "channel", "due_at"),
    Index(None, "channel", "due_at"),
    Index(None, "channel", "conversation", "state", "id"),
)

# The parts of an outbox row that have arrived, with the id the outside world gave them.
parts = Table(
    "parts",
    metadata,
    Column("outbox_id", Id, ForeignKey("outbox.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("external_id", String(512), nullable=False),
    Index(None, "external_id"),
)

# The card of a ticket where staff see it: where it hangs, and which version of the ticket it shows. Without a message
# it is to be hung anew. `announced`: the newest of the citizen's messages that staff were told of.
cards = Table(
    "cards",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("message", String(128)),
    Column("topic", String(128)),
    Column("topic_closed", Boolean, nullable=False),
    Column("shown_version", Integer, nullable=False),
    Column("shown_digest", String(64), nullable=False),
    Column("shown_state", String(16), nullable=False),
    Column("announced", Id, nullable=False),
    Column("shown_at", Utc, nullable=False),
    Index(None, "topic"),
)

# Which ticket a message beside the cards is about. `digest`: a fingerprint of what a person wrote; None for our own.
posts = Table(
    "posts",
    metadata,
    Column("external_id", String(128), primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("digest", String(64)),
    Index(None, "ticket_id"),
)

# Which stored answer a chat was given. `digest`: of its text as it was then, in that language.
given = Table(
    "given",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", Id, ForeignKey("chats.id"), nullable=False),
    Column("entry", String(128), nullable=False),
    Column("language", String(8), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("knowledge_version", String(64), nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "entry", "chat_id", "id"),
    Index(None, "at"),
)

# Since when a correction is in use: whoever was given the entry's answer before is told of it.
corrections = Table(
    "corrections",
    metadata,
    Column("entry", String(128), primary_key=True),
    Column("corrected", String(32), primary_key=True),
    Column("at", Utc, nullable=False),
)

# Who wants to be told when an entry's answer changes. `question`: by which it is found again if its id changes;
# `digest`: of the text that is known already.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", Id, ForeignKey("chats.id"), nullable=False),
    Column("entry", String(128), nullable=False),
    Column("question", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("chat_id", "entry"),
    Index(None, "entry"),
)
