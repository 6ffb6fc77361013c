"""The files of a small, good knowledge base that tests break in one place or another."""

TOPIC = """\
topic:
  id: lokale-logistik
  title: Lokale Logistik
  intro: Das Projekt bringt Paketstationen in die Stadt.
entries:
  - id: paketstation
    question: Wo steht die Paketstation?
    aliases:
      - Paketfach
      - Packstation
    answer: |
      Sie steht am Rathaus.
    as_of: 2020-06
    source: KL.digital
counterexamples:
  - Was kostet ein Fach?
"""
SMALL_TALK = """\
smalltalk:
  - id: greeting
    de: {examples: [Hallo], reply: Guten Tag!}
    en: {examples: [Hello], reply: Good day!}
"""
GERMAN = "welcome: Guten Tag, {name}!\nhelp: Hilfe\n"
ENGLISH = "welcome: Hello {name}!\nhelp: Help\n"

# What a finger that hits the wrong key may put into a file.
SLIPS = [
    "\t",
    '"',
    "'",
    ":",
    ": ",
    "\n",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a ",
    "!",
    "|",
    ">",
    "%",
    "\\",
    "„",
    "? ",
    "---\n",
]
