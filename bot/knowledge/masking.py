"""What may tell who wrote a text, replaced by what kind of thing it was: „ich heiße [Name]“.

A mask may take too much, rather than too little: the words it spares are shown to editors and written into files. It
knows names only by what stands before them ("ich heiße", "Frau", "Viele Grüße"); a bare name in a sentence it cannot
tell from any other noun, so that an editor still reads what is kept.
"""

import re
import unicodedata
from collections.abc import Callable
from re import Match
from typing import Final

from bot.knowledge.yaml_source import CONTROL

NAME: Final = "[Name]"
PHONE: Final = "[Telefon]"
MAIL: Final = "[E-Mail]"
BANK: Final = "[IBAN]"
CARD: Final = "[Kartennummer]"
PLATE: Final = "[Kennzeichen]"
ADDRESS: Final = "[Adresse]"
HANDLE: Final = "[@Name]"
LINK: Final = "[Link]"
BIRTH: Final = "[Geburtsdatum]"
NUMBER: Final = "[Nummer]"

MASKS: Final = (NAME, PHONE, MAIL, BANK, CARD, PLATE, ADDRESS, HANDLE, LINK, BIRTH, NUMBER)

_Replacement = str | Callable[[Match[str]], str]


def mask(text: str) -> str:
    """The text with personal data replaced by words in brackets; a masked text stays as it is.

    Signs that steer a terminal or that no file of the knowledge base may hold are left out.
    """
    seen = CONTROL.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", text)))
    seen = seen.replace("\r\n", "\n").replace("\r", "\n")
    for pattern, replacement in _RULES:
        seen = pattern.sub(replacement, seen)
    return seen


def has_mask(text: str) -> bool:
    """Whether words in brackets stand for something personal."""
    return any(one in text for one in MASKS)


def is_masked(text: str) -> bool:
    """Whether there is nothing left to mask."""
    return mask(text) == text


# -- numbers, links ---------------------------------------------------------------------------

# What nobody sees could stand within a number; between two emojis it makes them one.
_UNSEEN: Final = re.compile(
    r"[\u00ad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    r"|\u200d(?=[\s\w@+]|$)|(?<=[\s\w@+])\u200d"
)
_DASH: Final = r"\-\u2010-\u2015"
_GAP: Final = rf"(?:[^\S\n]|[{_DASH}])"
_YEAR: Final = r"(?:19|20)\d\d"
_DAY: Final = rf"(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.(?:\s?(?:{_YEAR}|\d\d(?!\d)))?"
_HOUR: Final = r"(?:[01]?\d|2[0-4])\.[0-5]\d(?!\d)"
_HOURS: Final = rf"[12]?\d\s?[{_DASH}]\s?[12]?\d(?!\d)"
_MOMENTS: Final = re.compile(rf"(?:(?>{_DAY}|{_HOUR}|{_HOURS}|{_YEAR}(?!\d)|\d\d?\.)[\s/{_DASH}]*+)++")
_AMOUNT: Final = re.compile(r"\d{1,3}(?:\.\d{3})+")
_DIGITS: Final = re.compile(rf"(?<![\w,:])(?:\+\s?|\(\+?)?\d(?:[\d()/.]|{_GAP}){{3,}}\d(?![\d%])")
_SOCIAL: Final = re.compile(
    r"(^|\.)(t\.me|telegram\.me|facebook|fb|instagram|linkedin|xing|tiktok|twitter|x\.com|wa\.me)", re.IGNORECASE
)


def _digits(found: Match[str]) -> str:
    """A telephone number, a card, or any other long number that may belong to one person."""
    number = found[0]
    count = sum(sign.isdigit() for sign in number)
    is_long = count >= 13 and not _DAY_WITHIN.search(number)
    if count < 6 or (_MOMENTS.fullmatch(number) and not is_long):
        return number
    if number[0] in "+0(" or number.startswith("49"):
        return PHONE
    if is_long:
        return CARD
    if inner := re.search(r"(?<![\d.])\(?0\d", number):
        return number[: inner.start()] + _DIGITS.sub(_digits, number[inner.start() :])
    if count < 7 or _AMOUNT.fullmatch(number):
        return number
    return NUMBER if number.isdigit() else PHONE


_DAY_WITHIN: Final = re.compile(_DAY)


def _bank(found: Match[str]) -> str:
    return BANK if sum(sign.isalnum() for sign in found[0]) >= 15 else found[0]


def _link(found: Match[str]) -> str:
    """A link to a public page stays; one that may lead to a person or their case does not."""
    address = found[0]
    host, _, rest = re.sub(r"^https?://", "", address, flags=re.IGNORECASE).partition("/")
    tells = re.search(r"[@?#%=~]|\d{3}|[0-9a-f-]{16}", address)
    return LINK if tells or (rest and _SOCIAL.search(host)) else address


def _after(what: str) -> _Replacement:
    """What led to the thing stays: the group `lead`."""
    return lambda found: found["lead"] + what


# -- names, places ----------------------------------------------------------------------------

# Words in small letters that cannot belong to the name before them.
_ENDS: Final = r"""
    aber also als an and auch auf aus bei bekomme bin bitte brauche can das der die du ein eine er es find finde frage
    from für gern gerne geht gibt hab habe haben hat hätte have hier i ich ihr im in ist kann komme könnte live lebe
    mal man mein meine mich mit möchte muss my need nicht noch oder schreibe seit sie so suche the to um und unter vom
    wann war warum was weil welche wer wie will wir wo wohne wohnhaft wollte would würde zum
"""
_CAPITAL: Final = r"(?-i:[A-ZÄÖÜÀ-Þ])[\w'’\u0300-\u036f\u2010-]*"
_WORD: Final = rf"(?!(?-i:{'|'.join(_ENDS.split())})\b)[^\W\d_][\w'’\u0300-\u036f\u2010-]*"
_TITLE: Final = r"(?:(?:herrn?|frau|hr|fr|mr|mrs|ms|dr|prof|dipl|ing|med)\b\.?[ -]*)*"
_PARTICLE: Final = r"(?:(?:von|vom|van|zu|zur|de|del|den|der|di|la|le|el|al|ten|ter)[ \t]+){0,3}"
_MORE: Final = rf"(?:[ \t]+{_PARTICLE}{_WORD}){{0,3}}"
_ANY_NAME: Final = rf"{_TITLE}{_PARTICLE}[^\W\d_][\w'’\u0300-\u036f\u2010-]*{_MORE}"
_LAST_NAME: Final = rf"{_TITLE}{_PARTICLE}{_WORD}{_MORE}"
_TWO_NAMES: Final = rf"{_TITLE}{_PARTICLE}{_CAPITAL}(?:[ \t]+{_PARTICLE}{_CAPITAL}){{1,2}}"
_KIN: Final = r"(?:er|sie|sohn|tochter|mann|frau|kind|mutter|vater|mama|papa|bruder|schwester|oma|opa|nachbar(?:in)?)"
_CALLED: Final = (
    rf"(?:ich|{_KIN})[ \t]+hei(?:ß|ss)e?t?|hei(?:ß|ss)e[ \t]+ich|ich[ \t]+nenne[ \t]+mich|man[ \t]+nennt[ \t]+mich|"
    r"(?:\w*namen?|(?-i:Name|NAME))[ \t]+(?:ist|lautet|war)|(?:\w*name)[ \t]*:|my[ \t]+name(?:['’]s|[ \t]+is)|"
    r"i(?:['’]m|[ \t]+am)[ \t]+called"
)
_HELLO: Final = r"ich[ \t]+bin|bin[ \t]+ich|i[ \t]+am|i['’]m|hier[ \t]+(?:ist|schreibt|spricht)|this[ \t]+is"
_BYE: Final = (
    r"(?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss)|mfg|lg|vg|hochachtungsvoll|regards|sincerely|ihre?(?=[ \t]*\n))\b[,.!]?\s+|"
    r"(?:danke?|thanks|cheers)\b[,.!]?[ \t]+"
)
_STREET: Final = (
    r"(?:straße|strasse|str\.|str\b|weg|platz|allee|gasse|ring|ufer|damm|hof|steig|pfad|chaussee|berg|park|halde|hang|"
    r"tal|feld|siedlung|promenade|markt|graben|wall|winkel|höhe|grund|garten|wiese|tor)"
)
_HOUSE: Final = (
    rf"\d{{1,4}}(?:\s?[a-z]\b)?(?:\s?[/+{_DASH}]\s?\d{{1,4}}(?:\s?[a-z]\b)?)?(?!\d)"
    r"(?!\s?(?:uhr|euro|€|%|grad|minuten|stunden|tagen?|jahren?)|[.,:]\d)"
)
# „Im Juni 2020“ and „Am Montag 8“ are no addresses.
_NO_PLACE: Final = (
    r"(?!(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez|jahr|monat|quartal|alter|artikel|kapitel|absatz|punkt|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|durchschnitt|stadtteil|zeitraum|sommer|winter)\w*)"
)
_BESIDE: Final = r"(?:am|an der|im|in der|in den|auf dem|auf der|zum|zur|beim|bei der|unter der|hinter der|vor dem)"
_WEEKDAY: Final = r"(?:mo|di|mi|do|fr|sa|so)"
_HOURS_FOLLOW: Final = rf"(?=\s?\d{{1,2}}\s?(?:uhr|bis|[:.]\d|[{_DASH}]\s?\d))"

_RULES: Final[tuple[tuple[re.Pattern[str], _Replacement], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (
            r"(?<![\w.+%-])[\w.+%-]+\s?(?:@|[(\[{]\s?(?:at|ät)\s?[)\]}])\s?[\w-]+(?:\s?(?:\.|[(\[{]\s?dot\s?[)\]}])\s?[\w-]+)+",
            MAIL,
        ),
        (
            r"\b(?:https?://|www\.|(?:t|wa|telegram)\.me/)[^\s<>\[\]„“\"]*[^\s<>\[\]„“\".,;:!?)]",
            _link,
        ),
        (r"(?<![\w@\[])@\w{2,32}", HANDLE),
        (
            rf"\b[A-Z]{{2}}{_GAP}?\d{{2}}{_GAP}?(?:[A-Z]{{4}}{_GAP}?)?"
            rf"(?:{_GAP}?(?=[A-Z]{{0,8}}\d)[A-Z0-9]{{1,4}}){{3,9}}\b",
            _bank,
        ),
        (
            rf"(?P<lead>\bgeb(?:oren|urtsdatum|urtstag)?\b[.:]?\s*(?:ist|am|:)?\s*(?:der|den)?\s*)"
            rf"(?:{_DAY}|\d{{1,2}}\.?\s*[a-zäö]+\s*\d{{2,4}}|\d{{4}}-\d\d-\d\d)",
            _after(BIRTH),
        ),
        (_DIGITS.pattern, _digits),
        (
            r"(?P<lead>\b\w{0,60}(?:nummer|zeichen|nr\.|tel\.|telefon|handy|mobil|durchwahl|fax|schild)\b[:\s]*"
            r"(?:(?:ist|lautet|die|das|unter)\s+){0,2})(?=[\w/-]*\s?[\w/-]*\d)"
            rf"(?:[a-zäöü]{{1,3}}[\s{_DASH}]?[a-z]{{1,2}}[\s{_DASH}]?\d{{1,4}}\b"
            r"|[\w/-]*\d[\w/ -]{2,}\d|[\w/-]{4,})",
            _after(NUMBER),
        ),
        (
            rf"(?<![\w-])(?!{_WEEKDAY}[{_DASH}]{_WEEKDAY}{_HOURS_FOLLOW})(?!din\s)"
            rf"(?:[a-zäöü]{{1,3}}[{_DASH}]\s?[a-z]{{1,2}}|(?-i:[A-ZÄÖÜ]{{1,3}}\s[A-Z]{{1,2}}))[\s{_DASH}]?"
            r"[1-9]\d{0,3}[eh]?(?!\w)",
            PLATE,
        ),
        (
            rf"(?:\b{_CAPITAL}[ \t]+){{0,2}}\b[\w-]{{0,60}}{_STREET}\s*{_HOUSE}",
            ADDRESS,
        ),
        (
            rf"\b{_BESIDE}[ \t]+{_NO_PLACE}{_CAPITAL}(?:[ \t]+{_NO_PLACE}{_CAPITAL})?[ \t]+(?!\d{{4}}){_HOUSE}",
            ADDRESS,
        ),
        (rf"\b{_HOUSE}[ \t]+(?:{_CAPITAL}[ \t]+){{1,3}}(?:street|road|avenue|lane)\b", ADDRESS),
        (rf"(?P<lead>\b(?:{_CALLED})[:,]?\s+){_ANY_NAME}", _after(NAME)),
        (rf"(?P<lead>\b\w*name:){_ANY_NAME}", _after(NAME)),
        (
            rf"(?P<lead>\b(?-i:[Hh]errn?|HERRN?|[Ff]rau|FRAU|Hr\.|Fr\.|[Ff]amilie|Mrs?\b\.?|Ms\b\.?|Dr\.|Prof\.)[ \t]+)"
            rf"{_TITLE}{_PARTICLE}{_CAPITAL}(?:[ \t]+{_PARTICLE}{_CAPITAL})?",
            _after(NAME),
        ),
        (rf"(?P<lead>\b(?:{_HELLO})[ \t]+(?:der[ \t]+|die[ \t]+)?){_TWO_NAMES}", _after(NAME)),
        (rf"(?P<lead>\b(?:{_BYE})){_LAST_NAME}(?=[.!]?\s*(?:$|\n))", _after(NAME)),
    )
)
