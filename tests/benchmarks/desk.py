"""A load run of the staff desk: many open tickets, many clerks answering at once; none lost, none crossed.

`python -m tests.benchmarks.desk [--tickets 1000] [--clerks 20]` starts the sandbox and `klbot run` as processes of
their own and speaks to them over HTTP, SMTP and IMAP only.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.end_to_end.demo import Demo, start
from tests.faults.test_crash import configuration, sandbox

Item = TypeVar("Item")
QUESTION = "Wie viele Pinguine schwimmen im Becken {number} des Kaiserslauterer Zoos?"
NUMBER = re.compile(r"Becken (\d+) ")
ANSWER = re.compile(r"Antwort-(\d+)-Ende")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run reached; times in seconds. `lost`: citizens without their answer; `crossed`: with another's."""

    tickets: int
    clerks: int
    asked_in: float
    answered_in: float
    lost: int
    crossed: int
    twice: int

    def __str__(self) -> str:
        return (
            f"{self.tickets} tickets, {self.clerks} clerks at once: {self.lost} lost, {self.crossed} crossed, "
            f"{self.twice} heard twice; questions in staff's mailbox after {self.asked_in:.1f} s "
            f"({self.tickets / self.asked_in:.0f} a second), all answers in the chats {self.answered_in:.1f} s after "
            f"the first reply ({self.tickets / self.answered_in:.0f} a second)"
        )


def run(tickets: int, clerks: int, folder: Path, seconds: float = 600) -> Figures:
    """Ask as many questions as that, let the clerks answer all of them, and see who heard what."""
    with sandbox(folder / "world") as world:
        process = start("run", "-c", str(configuration(folder, world)))
        demo = Demo(world["url"])
        try:
            began = time.monotonic()
            _share(
                range(tickets), clerks, world["url"], lambda one, n: one.say(f"citizen-{n}", QUESTION.format(number=n))
            )
            mails = demo.wait_for(lambda: _questions(demo, tickets), seconds)
            asked = time.monotonic()
            _share(list(mails.items()), clerks, world["url"], _answer)
            heard = demo.wait_for(lambda: _all_heard(demo, tickets), seconds)
            done = time.monotonic()
        finally:
            demo.http.close()
            process.terminate()
            process.communicate(timeout=30)
    wrong = sum(any(found != number for found in answers) for number, answers in heard.items())
    missing = sum(number not in heard[number] for number in range(tickets))
    twice = sum(len(answers) > 1 for answers in heard.values())
    return Figures(tickets, clerks, asked - began, done - asked, missing, wrong, twice)


def _share(items: Sequence[Item], hands: int, url: str, act: Callable[[Demo, Item], None]) -> None:
    """Do it with each of them, so many at once; each hand has a connection of its own."""

    def work(mine: Sequence[Item]) -> None:
        demo = Demo(url)
        with demo.http:
            for item in mine:
                act(demo, item)

    with ThreadPoolExecutor(hands) as pool:
        list(pool.map(work, (items[hand::hands] for hand in range(hands))))


def _ask(demo: Demo, number: int) -> None:
    demo.say(f"citizen-{number}", QUESTION.format(number=number))


def _questions(demo: Demo, tickets: int) -> dict[int, dict[str, Any]]:
    """The first mail about each question, if all are there."""
    time.sleep(0.5)  # the mailbox is large: looking at it all the time would be the load
    found: dict[int, dict[str, Any]] = {}
    for mail in demo.mailbox():
        if match := NUMBER.search(mail["subject"] + " " + mail["text"]):
            found.setdefault(int(match[1]), mail)
    return found if len(found) >= tickets else {}


def _answer(demo: Demo, item: tuple[int, dict[str, Any]]) -> None:
    number, mail = item
    demo.reply(mail, f"Guten Tag,\n\nAntwort-{number}-Ende\n\nMit freundlichen Grüßen")


def _all_heard(demo: Demo, tickets: int) -> dict[int, list[int]]:
    """What each citizen was answered, if everybody was."""
    time.sleep(0.5)
    heard = {number: _heard(demo, number) for number in range(tickets)}
    return heard if all(heard.values()) else {}


def _heard(demo: Demo, number: int) -> list[int]:
    return [int(found) for text in demo.heard(f"citizen-{number}") for found in ANSWER.findall(text)]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1000)
    parser.add_argument("--clerks", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(run(given.tickets, given.clerks, Path(folder)))  # noqa: T201 -- what it is run for


if __name__ == "__main__":
    main()
