"""Any interleaving of questions, replies, duplicates and crashes: a reply reaches its own citizen or nobody.

Every word of staff carries a number of its own, so that it can be told where it went, however it went there.
"""

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk.citizen import CitizenTap, Origin
from bot.desk.staff import Held, HeldMail, IncomingMail, StaffReply
from bot.knowledge.entry import Language
from tests.desk.desk import Desk, opened_desk

CITIZENS = 3
STAFF = ("anna@kl.digital", "bert@kl.digital", "info@kl.digital")
WORD = re.compile(r"Wort-\d+")
KINDS = ("answer", "answer", "answer", "#wissen", "#rückfrage", "#alle", "#1", "#zurück", "#schließen", "#übernehmen")


class Crash(Exception):
    """The process dies before a commit."""


@dataclass
class World:
    """A desk, what was said in it, and who may hear what."""

    desk: Desk
    run: int
    numbers: Any = field(default_factory=lambda: count(1))
    tickets: list[str] = field(default_factory=list)
    owner: dict[str, str] = field(default_factory=dict)
    allowed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    said: list[IncomingMail] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    heard: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def citizen(self, number: int) -> Origin:
        return Origin("telegram", f"{self.run}-{number % CITIZENS}", Language.DE)

    async def ask(self, number: int, follow: bool) -> None:
        origin = self.citizen(number)
        # Some end with the same word, which this desk takes for the same question.
        text = "noise" if follow else f"Frage {next(self.numbers)} nach dem Ort-{self.run}-{number % 2}"
        await self.desk.say(text, origin, external_id=f"q{next(self.numbers)}")
        await self.notice()

    async def notice(self) -> None:
        """Staff open their mailbox: which tickets there are now, and what is held."""
        async with self.desk.store.begin() as tx:
            mine = {}
            for number in range(CITIZENS):
                address = self.citizen(number).address
                mine[(await tx.chat("telegram", address, Language.DE)).id] = address
            for ticket in await tx.unanswered(1000):
                if ticket.chat in mine and ticket.code not in self.owner:
                    self.tickets.append(ticket.code)
                    self.owner[ticket.code] = mine[ticket.chat]
            self.holds = [hold.code for hold in await tx.held() if self.is_mine(hold.external_id)]

    def is_mine(self, external_id: str) -> bool:
        return external_id.startswith(f"<{self.run}.")

    async def reply(self, which: int, kind: str, who: int, crash: bool) -> None:
        if not self.tickets:
            return
        code, number = self.tickets[which % len(self.tickets)], next(self.numbers)
        word = f"Wort-{self.run}{number:05}"
        text = f"{word} an {code}" if kind == "answer" else f"{kind} {word} an {code}"
        mail = StaffReply(code, text, STAFF[who % 3], f"<{self.run}.{number}@x>", seen=who if who > 2 else None)
        self.allowed[word].add(self.owner[code])
        if kind == "#alle":
            async with self.desk.store.begin() as tx:
                ticket = await tx.ticket(code)
                assert ticket is not None
                self.allowed[word] |= {
                    self.owner[other.code] for other in await tx.alike(ticket) if other.code in self.owner
                }
        await self.desk.store.receive("mail", [(mail.external_id, text.encode())])
        self.said.append(mail)
        await self.handle(mail, crash)

    async def stray(self, which: int) -> None:
        """A mail whose keys disagree, or of a stranger: for nobody until a person says for whom."""
        number = next(self.numbers)
        word = f"Wort-{self.run}{number:05}"
        self.allowed[word] = set()
        why = Held.KEYS_DISAGREE if which % 2 else Held.NOT_STAFF
        code = self.tickets[which % len(self.tickets)] if self.tickets and which % 3 else None
        mail = HeldMail(why, "Grund", "x@evil.example", word, f"<{self.run}.{number}@x>", code)
        await self.desk.store.receive("mail", [(mail.external_id, word.encode())])
        self.said.append(mail)
        await self.handle(mail, crash=False)

    async def handle(self, mail: IncomingMail, crash: bool) -> None:
        """One transaction; after a crash the mail is still in the inbox and handled again."""
        if crash:
            with pytest.raises(Crash):
                async with self.desk.store.begin() as tx:
                    await self.desk.relay.handle(tx, mail)
                    raise Crash
        async with self.desk.store.begin() as tx:
            await self.desk.relay.handle(tx, mail)
        await self.notice()

    async def decide(self, which: int, send: bool) -> None:
        """A person releases or drops what is held; whoever releases it says whose it is."""
        if not self.holds or not self.tickets:
            return
        hold, named = self.holds[which % len(self.holds)], self.tickets[which % len(self.tickets)]
        async with self.desk.store.begin() as tx:
            found = await tx.hold(hold)
            payload = await tx.received("mail", found.external_id) if found else None
        assert found is not None
        if send and payload is not None:
            for word in WORD.findall(payload.decode()):
                self.allowed[word].add(self.owner[named])
        text = f"#senden {named}" if send else "#verwerfen"
        await self.handle(StaffReply(hold, text, STAFF[0], f"<{self.run}.{next(self.numbers)}@x>"), crash=False)

    async def again(self, which: int) -> None:
        """The mail server delivers a mail a second time, past the inbox's own memory."""
        if self.said:
            await self.handle(self.said[which % len(self.said)], crash=False)

    async def withdraw(self, which: int) -> None:
        if self.tickets:
            code, number = self.tickets[which % len(self.tickets)], next(self.numbers)
            origin = self.citizen(which)  # often somebody else's
            await self.desk.hear(CitizenTap(origin, f"{self.run}.{number}", f"w:{code}"))

    async def deliver(self, crash: bool) -> None:
        """The outbox sends what is due; if it dies in between, what was sent is sent again."""
        for delivery in await self.desk.store.claim("telegram", 5, timedelta(minutes=1)):
            if delivery.payload["kind"] == "text" and str(delivery.address).startswith(f"{self.run}-"):
                self.heard[str(delivery.address)] += WORD.findall(delivery.payload["text"])
            if crash:
                continue
            await self.desk.store.note_part(delivery, 0, f"m{delivery.id}")
            async with self.desk.store.begin() as tx:
                await tx.finished(delivery.id)
                if "receipt" in delivery.payload:
                    await self.desk.relay.delivered(tx, delivery)
        self.desk.time += timedelta(minutes=2)


number = st.integers(0, 8)
events = st.one_of(
    st.tuples(st.just("ask"), number, st.booleans()),
    st.tuples(st.just("ask"), number, st.just(False)),
    st.tuples(st.just("reply"), number, st.sampled_from(KINDS), number, st.booleans()),
    st.tuples(st.just("reply"), number, st.sampled_from(KINDS), number, st.booleans()),
    st.tuples(st.just("stray"), number),
    st.tuples(st.just("decide"), number, st.booleans()),
    st.tuples(st.just("again"), number),
    st.tuples(st.just("withdraw"), number),
    st.tuples(st.just("deliver"), st.booleans()),
)


@pytest.mark.timeout(240)
def test_a_reply_reaches_its_own_citizen_or_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs, delivered, words = count(1), [0], [0]
    with asyncio.Runner() as runner:
        opened = opened_desk(tmp_path)
        desk = runner.run(opened.__aenter__())

        @settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
        @given(st.lists(events, min_size=12, max_size=40))
        def holds(script: list[tuple[Any, ...]]) -> None:
            world = World(desk, next(runs))

            async def play() -> None:
                await world.ask(0, follow=False)
                for name, *arguments in script:
                    await getattr(world, name)(*arguments)
                for _ in range(40):
                    await world.deliver(crash=False)

            runner.run(play())
            for address, heard in world.heard.items():
                wrong = [word for word in heard if address not in world.allowed[word]]
                assert wrong == [], f"{address} heard what was not for it"
            delivered[0] += sum(map(len, world.heard.values()))
            words[0] += len(world.allowed)

        holds()
        runner.run(opened.__aexit__(None, None, None))
    assert delivered[0] > 100
    with capsys.disabled():
        print(f"\n{words[0]} replies in {next(runs) - 1} worlds, {delivered[0]} deliveries, none to the wrong chat")  # noqa: T201
