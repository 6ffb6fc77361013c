"""Every error the bot raises on purpose.

KlbotError                  one clear sentence for the person who can mend it; the command line exits with 2
├── ConfigError             config.yaml or the environment: names the key, the place and what was expected
├── KnowledgeError          the knowledge base: carries every complaint with file, line and column
├── EditError               a change of the knowledge base cannot be made; everything is as before
├── StorageError            the database cannot be used as it is
│   └── SchemaTooNew        it was written by a newer klbot
├── StartError              a part cannot start: an occupied port, a refused token
├── UnreadableMessage           something received that no reader understands; it is parked for a person
├── ChannelUnavailable      the outside world does not answer now; the same call may work later
│   └── LoginRefused        it answers, and does not take us for who we say we are
└── DeliveryFailed          one delivery went wrong; says whether another attempt helps
"""

from dataclasses import dataclass
from datetime import timedelta


class KlbotError(Exception):
    """Ancestor of everything raised on purpose. `str(error)` is a sentence for a person."""


class ConfigError(KlbotError):
    """The configuration cannot be used."""


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One thing wrong in a file of the knowledge base. `line` and `column` count from 1; `text` is German."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class KnowledgeError(KlbotError):
    """The knowledge base is refused as a whole; `complaints` lists all that is wrong, in file order."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = sorted(complaints)
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))


class EditError(KlbotError):
    """A change of the knowledge base cannot be made; everything is as it was before. The sentence is German."""


class StorageError(KlbotError):
    """The database cannot be used as it is."""


class SchemaTooNew(StorageError):
    """The database was written by a newer version than this one."""


class StartError(KlbotError):
    """A part of the bot cannot start."""


class UnreadableMessage(KlbotError):
    """Something we received cannot be understood. The sentence names the reason, never the content."""


class ChannelUnavailable(KlbotError):
    """A server does not answer or refuses for now. `retry_after` is its own wish, if it named one."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class LoginRefused(ChannelUnavailable):
    """A server does not accept our user name, password or token."""


class DeliveryFailed(KlbotError):
    """One delivery went wrong.

    `permanent`: another attempt cannot help. `retry_after`: the receiver's own wish; such a wait does not count
    as a failed attempt. `our_fault`: the message itself was refused, so an operator should look at it.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        our_fault: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.our_fault = our_fault
