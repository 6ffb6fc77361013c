"""A knowledge base of two entries, for tests to which it does not matter what the bot knows: it is read in a moment."""

from pathlib import Path

TOPIC = """\
topic:
  id: stadtrat
  title: Stadtrat
  intro: Wie der Stadtrat tagt.
entries:
  - id: stadtrat-livestream
    question: Wird die Sitzung des Stadtrats im Internet übertragen?
    aliases:
      - Wird der Stadtrat live übertragen?
      - Livestream der Stadtratssitzung
    answer: |
      Ja, seit 2019.
    as_of: 2020-06
    source: Test
    en:
      question: Are the city council meetings streamed live?
      aliases: []
      answer: |
        Yes, since 2019.
  - id: stadtrat-sitzplatz
    question: Wo sitzen Gäste im großen Ratssaal?
    aliases:
      - Gibt es Stühle für Zuschauer?
    answer: |
      Auf der Empore.
    as_of: 2020-06
    source: Test
counterexamples:
  - Was kostet die Übertragung der Sitzung?
  - Wie viele Tiere leben im Zoo, und wer füttert sie?
  - Darf mein Hund im Rathaus schlafen?
  - Wo kann ich mein Auto anmelden?
  - Wann kommt die Müllabfuhr?
"""
SMALL_TALK = """\
smalltalk:
  - id: greeting
    de: {examples: [Hallo, Guten Tag], reply: Guten Tag!}
    en: {examples: [Hello], reply: Good day!}
"""


def small_base(folder: Path) -> Path:
    """The folder of the knowledge base, made inside this one; it says things in the words that ship."""
    made = folder / "knowledge"
    made.mkdir(parents=True, exist_ok=True)
    (made / "stadtrat.yaml").write_text(TOPIC, encoding="utf-8")
    (made / "smalltalk.yaml").write_text(SMALL_TALK, encoding="utf-8")
    return made
