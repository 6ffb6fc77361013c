"""A table of a knowledge file read key by key: what fits becomes a value, what does not becomes a complaint."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import Place
from bot.knowledge.yaml_hints import shown
from bot.knowledge.yaml_source import Listing, Node, Scalar, Table

ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MONTH_OR_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DAY_OR_MINUTE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( ([01][0-9]|2[0-3]):[0-5][0-9])?")
_GERMAN_DAY: Final = re.compile(r"(?:([0-9]{1,2})\. ?)?([0-9]{1,2})[./] ?([0-9]{4})")
_BAD_LINK: Final = re.compile(r"\bhttps?\b(?!-)(?!://[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)
_SCHEME: Final = re.compile(r"\b([a-z]{2,8})(?::/{1,2}|//|:(?=www\.))(?=[\w-])", re.IGNORECASE)
_SCHEMES: Final = ("http", "https")
ID_RULE: Final = "erlaubt sind Kleinbuchstaben a-z, Ziffern und einzelne Bindestriche dazwischen, etwa „dritter-ort“."
_COMMA: Final = 'gehört das zum Text davor, setzen Sie diesen ganz in gerade Anführungszeichen ("…").'


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys a table may have. `what` is its German name with article and case: „im Eintrag“."""

    what: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        return self.required + self.optional


def complain(complaints: list[Complaint], place: Place, text: str) -> None:
    """Add a complaint about this place."""
    complaints.append(Complaint(place.file, place.line, place.column, text))


def like(word: str, known: tuple[str, ...], otherwise: str = "löschen Sie die Zeile.") -> str:
    """The end of a sentence about an unknown word: what was meant, or all that is possible, or else `otherwise`."""
    near = get_close_matches(word.lower(), known, n=1)
    if near:
        return f"meinten Sie „{near[0]}“?"
    return f"möglich sind: {', '.join(known)}." if 0 < len(known) <= 20 else otherwise


def is_id(text: str) -> bool:
    """Whether a text has the form of an id."""
    return ID.fullmatch(text) is not None


def is_month_or_day(text: str) -> bool:
    """Whether a text is a month ("2020-06") or a day ("2020-06-18") that there is."""
    return MONTH_OR_DAY.fullmatch(text) is not None and _exists(text if len(text) > 7 else f"{text}-01")


def from_german(text: str) -> str:
    """A date that is written as in a letter ("1.2.2020", "2/2020") as these files have it; empty where it is none."""
    german = _GERMAN_DAY.fullmatch(text)
    if german is None:
        return ""
    day, month, year = german.groups()
    return "-".join([year, month.zfill(2), *([day.zfill(2)] if day else [])])


def broken_links(text: str) -> Iterator[str]:
    """A sentence about each link of a text that is not whole, or does not begin as links do."""
    for found in _SCHEME.finditer(text):
        if _is_misspelt(found[1].lower()):
            yield _about_link(text, found.start(), "beginnt falsch")
    for found in _BAD_LINK.finditer(text):
        yield _about_link(text, found.start(), "ist unvollständig")


def _about_link(text: str, start: int, what: str) -> str:
    return f"Der Link bei „{text[start : start + 20]}“ {what}; schreiben Sie ihn wie https://www.kl.digital aus."


class Form:
    """One table; its methods give the value of a key, or an empty one after a complaint."""

    def __init__(self, node: Node, keys: Keys, complaints: list[Complaint]) -> None:
        self.keys = keys
        self.place = node.place
        self.complaints = complaints
        self.names: dict[str, Scalar] = {}
        self.values: dict[str, Node] = {}
        if isinstance(node, Table):
            self._sort(node)
        else:
            what = f"Hier müssen {keys.what} Zeilen der Form „schlüssel: Text“ stehen"
            names = (
                f"nötig sind: {', '.join(keys.required)}" if keys.required else f"möglich sind: {', '.join(keys.known)}"
            )
            self._complain(node.place, f"{what}; {names}.")

    @property
    def is_whole(self) -> bool:
        """Whether every key is there that must be."""
        return all(key in self.values for key in self.keys.required)

    def _sort(self, table: Table) -> None:
        meant = set()
        for name, value in table.pairs:
            if name.text in self.keys.known:
                self.names[name.text], self.values[name.text] = name, value
                continue
            what = f"Der Schlüssel „{shown(name.text)}“ ist unbekannt"
            how = _COMMA if _lacks_colon(name, value) else like(name.text.strip(), self.keys.known)
            self._complain(name.place, f"{what}; {how}")
            meant.update(get_close_matches(name.text.strip().lower(), self.keys.known, n=1))
        for key in self.keys.required:
            if key not in self.values and key not in meant:
                text = f"Hier fehlt {self.keys.what} der Schlüssel „{key}“; ergänzen Sie eine Zeile „{key}: …“."
                self._complain(table.place, text)

    def text(self, key: str) -> str:
        """The text of this key without blanks around it; lines are kept. Empty where there is none."""
        return self._text(self.values.get(key), f"„{key}“")

    def line(self, key: str) -> str:
        """The text of this key in one line."""
        return " ".join(self.text(key).split())

    def linked(self, key: str) -> str:
        """The text of this key, whose links must be whole and begin as links do."""
        text = self.text(key)
        for sentence in broken_links(text):
            self._complain(self.values[key].place, sentence)
        return text

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of a list."""
        node = self.values.get(key)
        if node is None or isinstance(node, Listing):
            return node.items if node is not None else ()
        text = "eine Liste stehen: jede Zeile mit „- “ (Strich und Leerzeichen) beginnen, oder „[]“, wenn sie leer ist."
        self._complain(node.place, f"Bei „{key}“ muss {text}")
        return ()

    def lines(self, key: str) -> tuple[Scalar, ...]:
        """The texts of a list, each in one line, no text twice."""
        found: dict[str, Scalar] = {}
        for item in self.items(key):
            text = " ".join(self._text(item, f"diese Zeile von „{key}“").split())
            if text in found:
                what = f"„{shown(text)}“ steht schon in Zeile {found[text].place.line}"
                self._complain(item.place, f"{what}; löschen Sie eine der beiden Zeilen.")
            elif text:
                found[text] = Scalar(text, item.place)
        return tuple(found.values())

    def form(self, key: str, keys: Keys) -> "Form | None":
        """The table under this key, or None where the key is absent or no table."""
        node = self.values.get(key)
        if node is None:
            return None
        form = Form(node, keys, self.complaints)
        return form if isinstance(node, Table) else None

    def id(self, taken: dict[str, Place]) -> str:
        """The text of „id“, in the form of an id and not in `taken`, which it joins."""
        text = self.text("id")
        if not text:
            return ""
        place = self.values["id"].place
        if not ID.fullmatch(text):
            self._complain(place, f"„{shown(text)}“ ist keine gültige id; {ID_RULE}")
        elif text in taken:
            first = f"{taken[text].file}, Zeile {taken[text].line}"
            self._complain(place, f"Die id „{text}“ gibt es schon ({first}); geben Sie einem von beiden eine andere.")
        taken.setdefault(text, place)
        return text

    def month_or_day(self, key: str) -> str:
        """A month ("2020-06") or a day ("2020-06-18"), as it is written."""
        text = self.text(key)
        if text and not is_month_or_day(text):
            form = "Jahr-Monat oder Jahr-Monat-Tag, etwa 2020-06 oder 2020-06-18"
            self._complain_about_date(key, text, form, month=True)
        return text

    def day(self, key: str) -> date | None:
        """A day, or None where the key is absent or wrong."""
        text = self.text(key)
        if text and DAY.fullmatch(text) and _exists(text):
            return date.fromisoformat(text)
        if text:
            self._complain_about_date(key, text, "Jahr-Monat-Tag, etwa 2026-12-31")
        return None

    def day_or_minute(self, key: str) -> str:
        """A day ("2026-11-25") or a minute of it ("2026-11-25 14:30"), as it is written."""
        text = self.line(key)
        if text and not (DAY_OR_MINUTE.fullmatch(text) and _exists(text[:10])):
            form = "Jahr-Monat-Tag, etwa 2026-11-25, bei mehreren am selben Tag mit Uhrzeit: 2026-11-25 14:30"
            self._complain_about_date(key, text, form)
        return text

    def choice(self, key: str, possible: tuple[str, ...]) -> str | None:
        """One of these words, or None where the key is absent or wrong."""
        text = self.text(key)
        if not text or text in possible:
            return text or None
        self._complain(self.values[key].place, f"„{shown(text)}“ ist bei „{key}“ nicht möglich; {like(text, possible)}")
        return None

    def _text(self, node: Node | None, name: str) -> str:
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            how = 'enthält er Doppelpunkt oder Klammer, setzen Sie ihn in gerade Anführungszeichen ("…").'
            self._complain(node.place, f"Hier muss für {name} ein einfacher Text stehen; {how}")
            return ""
        text = node.text.strip()
        if not text:
            self._complain(node.place, f"Hier fehlt der Text für {name}; ergänzen oder löschen Sie die Zeile.")
        return text

    def _complain_about_date(self, key: str, text: str, form: str, *, month: bool = False) -> None:
        """Say what to write: `form`, or the same date if it is a German one. `month`: it needs no day."""
        if german := _GERMAN_DAY.fullmatch(text):
            form = _iso(*german.groups(), month_will_do=month) or form
        self._complain(
            self.values[key].place, f"„{shown(text)}“ ist kein gültiges Datum für „{key}“; schreiben Sie {form}."
        )

    def _complain(self, place: Place, text: str) -> None:
        complain(self.complaints, place, text)


def _is_misspelt(scheme: str) -> bool:
    """Whether the beginning of an address is none, but nearly that of a link."""
    return scheme not in _SCHEMES and bool(get_close_matches(scheme, _SCHEMES, n=1, cutoff=0.7))


def _iso(day: str | None, month: str, year: str, *, month_will_do: bool) -> str:
    """How a German date is to be written; empty where there is no such date, or it needs a day."""
    written = "-".join([year, month.zfill(2), *([day.zfill(2)] if day else [])])
    if not (day or month_will_do) or not _exists(written if day else f"{written}-01"):
        return ""
    return f"Jahr-Monat{'-Tag' if day else ''}, hier also {written}"


def _lacks_colon(name: Scalar, value: Node) -> bool:
    """Whether YAML has taken the rest of a text with a comma for a key: {text: Ja, wann denn?}."""
    end = Place(name.place.file, name.place.line, name.place.column + len(name.text))
    return isinstance(value, Scalar) and not value.text and value.place == end


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True
