"""What may tell who wrote a text never leaves the mask; what citizens ask stays as it is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bot.knowledge.loader import load, shipped
from bot.knowledge.masking import is_masked, mask

FIRST = ["Anna", "Jürgen", "Ayşe", "Björn", "Zoë", "Max", "Karl-Heinz", "Łukasz", "Mehmet", "Will", "İbrahim", "Édith"]
LAST = [
    "Müller",
    "von der Leyen",
    "Öztürk",
    "Müller-Lüdenscheidt",
    "O'Neill",
    "de Vries",
    "Groß",
    "Kowalski",
    "zu Berg",
]
STREETS = [
    "Mozartstraße", "Mannheimer Straße", "Kurt-Schumacher-Str.", "Am Alten Markt", "Hauptstr", "Eselsfürther Weg",
    "Richard-Wagner-Platz", "Im Haselhof", "In der Lauterspring", "Barbarossaring", "Pariser Strasse", "Lämmchesberg",
]  # fmt: skip
BEFORE = ["", "Hallo, ", "Guten Tag!\n", "Ich habe eine Frage: ", "wo ist der Mängelmelder? ", "Bitte melden 🙂 "]
AFTER = ["", ".", ", danke!", " und wo finde ich das Bürgerbüro?", "\nWann kommt die Müllabfuhr?", " (dringend)", " 😀"]
digits = st.text("0123456789", min_size=1, max_size=4)


def fixed(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


@st.composite
def names(draw: DrawFn) -> tuple[str, list[str]]:
    name = f"{draw(st.sampled_from(FIRST))} {draw(st.sampled_from(LAST))}"
    name = draw(st.sampled_from([name, name.lower(), name.upper(), name.split()[0]]))
    lead = draw(
        st.sampled_from(
            ["Ich heiße ", "ich heisse ", "Mein Name ist ", "mein name ist: ", "Name: ", "my name is ", "Heiße ich "]
        )
    )
    tail = draw(st.sampled_from(["", ".", ", ich wohne hier", " und ich suche das Rathaus", "\nDanke", " wo ist das?"]))
    return lead + name + tail, [part for part in name.split() if len(part) > 3]


@st.composite
def phones(draw: DrawFn) -> tuple[str, list[str]]:
    area = draw(
        st.sampled_from(["0631", "(0631)", "+49 631", "0049 631", "+49 (0) 631", "+49(0)631", "0171", "015112"])
    )
    gap = draw(st.sampled_from([" ", "/", "-", "", " / ", ".", " – ", "\u00a0", "\u200b"]))
    groups = draw(st.lists(fixed(2), min_size=2, max_size=4))
    number = draw(st.sampled_from(["", " ", "-", "."])).join(groups)
    return f"{area}{gap}{number}", [number]


@st.composite
def accounts(draw: DrawFn) -> tuple[str, list[str]]:
    number = "DE" + draw(fixed(20))
    parts = [number[place : place + 4] for place in range(0, 22, 4)]
    shown = draw(st.sampled_from(["", " ", "-", "\u00a0"])).join(parts)
    return draw(st.sampled_from([shown, shown.lower()])), [parts[1] + parts[2], parts[3]]


@st.composite
def cards(draw: DrawFn) -> tuple[str, list[str]]:
    parts = [draw(st.sampled_from("3456")) + draw(fixed(3)), *(draw(fixed(4)) for _ in range(3))]
    return draw(st.sampled_from(["", " ", "-"])).join(parts), [parts[0] + parts[1], "".join(parts)]


@st.composite
def plates(draw: DrawFn) -> tuple[str, list[str]]:
    town, letters = (
        draw(st.sampled_from(["KL", "KUS", "M", "LÜN", "DO"])),
        draw(st.sampled_from(["A", "AB", "XY", "FR"])),
    )
    number = str(draw(st.integers(10, 9999))) + draw(st.sampled_from(["", "E", "H"]))
    shown = draw(
        st.sampled_from([f"{town}-{letters} {number}", f"{town} {letters} {number}", f"{town}-{letters}{number}"])
    )
    lower = f"{town}-{letters} {number}".lower()
    return draw(st.sampled_from([shown, lower])), [number, number.lower()]


@st.composite
def addresses(draw: DrawFn) -> tuple[str, list[str]]:
    street = draw(st.sampled_from(STREETS))
    house = str(draw(st.integers(1, 299))) + draw(st.sampled_from(["", "a", " b", "-7", "/3"]))
    lead = draw(st.sampled_from(["Ich wohne ", "Müll vor ", "Adresse: ", "Es stinkt, "]))
    return f"{lead}{street} {house}", [f"{street} {house}", f" {house}", street.split()[-1]]


@st.composite
def mails(draw: DrawFn) -> tuple[str, list[str]]:
    name = draw(st.text("abcxyzäöü0123456789._-", min_size=3, max_size=12).filter(lambda one: one[0].isalnum()))
    at = draw(st.sampled_from(["@", " @ ", "(at)", " [at] "]))
    return f"{name}{at}{draw(st.sampled_from(['web.de', 'mail.kl.de', 'xn--mller-kva.com']))}", [f"{name}{at}"]


@st.composite
def addresses_of_the_web(draw: DrawFn) -> tuple[str, list[str]]:
    key = draw(st.text("abcdef0123456789", min_size=16, max_size=20))
    form = draw(
        st.sampled_from(
            [
                "https://kl.de/vorgang/{}",
                "www.kl.de/a?id={}",
                "https://t.me/{}",
                "https://www.facebook.com/{}",
                "t.me/{}",
            ]
        )
    )
    return form.format(key), [key]


@st.composite
def handles(draw: DrawFn) -> tuple[str, list[str]]:
    name = draw(st.text("abcxyz_0123456789", min_size=5, max_size=20))
    return f"@{name}", [name]


@st.composite
def births(draw: DrawFn) -> tuple[str, list[str]]:
    year = str(draw(st.integers(1930, 2015)))
    form = draw(st.sampled_from(["geboren am 1.2.{}", "geb. 01.02.{}", "geb. 3. März {}", "Geburtsdatum: 12.11.{}"]))
    return form.format(year), [year]


secrets = st.one_of(
    names(), phones(), accounts(), cards(), plates(), addresses(), mails(), addresses_of_the_web(), handles(), births()
)


@given(before=st.sampled_from(BEFORE), after=st.sampled_from(AFTER), secret=secrets)
def test_no_personal_data_gets_through(before: str, after: str, secret: tuple[str, list[str]]) -> None:
    written, parts = secret
    masked = mask(before + written + after)

    shown = masked.replace("[Name]", "")
    assert not [part for part in parts if part in shown], masked
    assert mask(masked) == masked


@given(one=secrets, other=secrets)
def test_two_in_one_message_are_both_masked(one: tuple[str, list[str]], other: tuple[str, list[str]]) -> None:
    masked = mask(f"{one[0]}\n{other[0]}").replace("[Name]", "")

    assert not [part for part in one[1] + other[1] if part in masked], masked


@given(st.text())
def test_any_text_can_be_masked_and_a_masked_text_stays(text: str) -> None:
    assert mask(mask(text)) == mask(text)
    assert is_masked(mask(text))


@pytest.mark.parametrize(
    "text",
    [
        "Wann hat das Bürgerbüro offen, Mo-Fr 8-12 Uhr?",
        "Gilt der Zeitplan vom 01.06.2020 noch, oder erst ab 2021-03-01?",
        "Am Montag 8 Uhr im Juni 2020",
        "Von 08.00-12.30 Uhr am 3. und 4. Mai",
        "Kostet das 10.000.000 Euro oder 100 %?",
        "Wie heißt das Projekt, und wie ist der Name?",
        "Ich bin neu in Kaiserslautern und habe zwei Kinder",
        "Ruf ich da die 115 an?",
        "Fährt der Bus 105 nach 67655 Kaiserslautern?",
        "Gilt DIN A4, ISO 9001 oder COVID-19?",
        "Steht das auf https://www.kl.digital/projekte?",
        "Vielen Dank und viele Grüße aus Dansenberg",
        "Mein Ticket ist KL-7F3K9Q",
        "🤷🏽‍♂️ was nun",
    ],
)
def test_what_tells_nobody_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Wo ist das Amt?\nViele Grüße\nAnna Schmidt", "Wo ist das Amt?\nViele Grüße\n[Name]"),
        ("Hallo, hier ist Max Mustermann aus Lautern", "Hallo, hier ist [Name] aus Lautern"),
        ("Frau Dr. Müller-Lüdenscheidt sagte das", "Frau [Name] sagte das"),
        ("Meine Tochter heißt Zoë, wo ist eine Kita?", "Meine Tochter heißt [Name], wo ist eine Kita?"),
        ("Aktenzeichen 12-ABC/2026", "Aktenzeichen [Nummer]"),
        ("Müll am Alten Markt 5!", "Müll am [Adresse]!"),
        ("I live at 12 Baker Street", "I live at [Adresse]"),
        ("Steuer-ID 12 345 678 901", "Steuer-ID [Telefon]"),
    ],
)
def test_what_tells_who_wrote_is_named_by_its_kind(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_the_shipped_questions_stay_as_they_are() -> None:
    base = load(shipped())
    said = [phrasing.text for entry in base.entries() for phrasing in entry.phrasings]
    said += [one.text for one in base.counterexamples()]

    assert [text for text in said if not is_masked(text) and "@" not in text] == []


def test_what_steers_a_terminal_is_left_out() -> None:
    assert mask("a\x1b[2Jb\u202ec\r\nd") == "a [2Jbc\nd"


@pytest.mark.parametrize("text", ["1." * 2048, "a-" * 2048, "x" * 4096, "1 " * 2048, "ich heiße " * 400, "@" * 4096])
def test_the_longest_message_is_masked_in_a_moment(text: str) -> None:
    started = time.perf_counter()
    mask(text)

    assert time.perf_counter() - started < 1
