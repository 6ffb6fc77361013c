"""JSON schemas of the knowledge files, made from what the loader knows: editors' tools complete and explain by them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from bot.knowledge import questions, synonyms, topics, wording
from bot.knowledge.entry import Language, Status
from bot.knowledge.form import DAY, DAY_OR_MINUTE, MONTH_OR_DAY
from bot.knowledge.schema_parts import (
    ANY_TEXT,
    Schema,
    an_id,
    any_text,
    lines,
    list_of,
    or_text,
    ref,
    table,
    whole,
    whole_file,
)

CHECKED: Final = "Die genaue Prüfung macht „klbot check“."
STYLES: Final = {
    "formal": "förmlich",
    "colloquial": "wie gesprochen",
    "keywords": "Stichwörter",
    "typo": "mit Tippfehlern",
    "dialect": "Mundart",
    "english": "Englisch",
    "long": "mit viel Drumherum",
    "indirect": "ohne die Wörter des Eintrags",
    "learner": "von jemandem, der Deutsch lernt",
}
OUTSIDE: Final = {
    "near-miss": "klingt nach einem Eintrag",
    "municipal": "andere Aufgaben einer Stadt",
    "other": "alles andere",
}
MUST: Final = "true: Geht diese Nachricht nach einer Änderung nicht mehr richtig aus, ist das ein Fehler."


def schemas(small_talk: Iterable[str]) -> dict[str, Schema]:
    """Every schema by the name of its file. `small_talk`: the kinds that there are."""
    kinds = list(small_talk)
    return {
        "schema.json": _topic_file(),
        "questions.schema.json": _questions_file(kinds),
        "synonyms.schema.json": _synonyms_file(),
        "smalltalk.schema.json": _small_talk_file(),
        "wording.schema.json": _wording_file(),
    }


def schema_of(path: Path) -> str:
    """The schema that a knowledge file should name in its first line."""
    own = f"{path.name.split('.')[0]}.schema.json"
    return own if own in schemas(()) else "schema.json"


# -- topics -------------------------------------------------------------------------------------------


def _topic_file() -> Schema:
    file = table(
        topics.FILE,
        f"Ein Thema mit seinen Einträgen. {CHECKED}",
        topic=ref("topic"),
        entries=list_of(ref("entry"), "Die Fragen dieses Themas mit ihren geprüften Antworten.", least=1),
        counterexamples=ref(
            "lines",
            "Fragen, die nach diesem Thema klingen, die aber kein Eintrag beantwortet. Sie halten den Bot von falschen "
            "Antworten ab.",
        ),
    )
    unique = "in der ganzen Wissensbasis einmalig. Nach der ersten Veröffentlichung nicht mehr ändern."
    definitions = {
        "text": any_text("Ein Text. Er wird so genommen, wie er geschrieben ist, auch „no“ und „0115“."),
        "lines": lines("Texte, jeder in einer eigenen Zeile."),
        "id": an_id(f"Kleinbuchstaben a-z, Ziffern und einzelne Bindestriche; {unique}"),
        "day": {"type": "string", "pattern": whole(DAY.pattern), "examples": ["2026-12-31"]},
        "topic": table(
            topics.TOPIC,
            "Worum es in dieser Datei geht.",
            id=ref("id"),
            title=ref("text", "Der Name des Themas."),
            intro=ref("text", "Ein bis drei Sätze, die das Thema vorstellen."),
            en=ref("topic_en"),
        ),
        "topic_en": table(
            topics.TOPIC_EN,
            "Name und Vorstellung auf Englisch.",
            title=ref("text", "Der Name des Themas auf Englisch."),
            intro=ref("text", "Die Vorstellung auf Englisch."),
        ),
        "entry": _entry(),
        "entry_en": table(
            topics.ENTRY_EN,
            "Dasselbe auf Englisch.",
            question=ref("text", "Die Frage auf Englisch."),
            aliases=ref("lines", "Wie Menschen auf Englisch fragen."),
            answer=ref("text", "Die Antwort auf Englisch."),
            withdrawn_reason=ref("text", "Der Grund auf Englisch."),
            correction_note=ref("text", "Was falsch war, auf Englisch."),
        ),
    }
    return whole_file("Themen-Datei der Wissensbasis", file, definitions)


def _entry() -> Schema:
    asked = "ganze Fragen, Stichwörter, Mundart. Am besten sechs oder mehr."
    example = "true: Diese Frage wird als Beispiel gezeigt, wenn jemand zu schreiben beginnt; höchstens drei."
    states = (
        "published: der Bot antwortet damit (auch ohne Angabe). draft: Entwurf. "
        "withdrawn: zurückgezogen, die alte Antwort bekommt niemand mehr."
    )
    return table(
        topics.ENTRY,
        "Eine Frage mit ihrer geprüften Antwort.",
        id=ref("id"),
        question=ref("text", "Die Frage, so wie sie als Vorschlag im Chat steht."),
        aliases=ref("lines", f"Wie Menschen dasselbe mit eigenen Worten fragen: {asked}"),
        answer=ref("text", "Die Antwort für den Chat: ein bis sechs kurze Sätze."),
        as_of={
            "description": "Stand: der Monat oder Tag, an dem die Antwort galt, etwa 2020-06 oder 2020-06-18.",
            "type": "string",
            "pattern": whole(MONTH_OR_DAY.pattern),
        },
        source=ref("text", "Woher die Antwort stammt; wird mit ihr angezeigt."),
        review_by=ref("day", "Bis zu diesem Tag soll jemand die Antwort neu prüfen."),
        valid_until=ref("day", "Der letzte Tag, an dem die Antwort gilt."),
        status={"description": states, "type": "string", "enum": list(Status)},
        withdrawn_reason=ref(
            "text",
            "Zu status: withdrawn: warum die Antwort nicht mehr gegeben wird. Wer danach fragt, liest diesen Grund; "
            "die Frage geht an das Team.",
        ),
        corrected={
            "description": "Diese Änderung ist eine Berichtigung: Wer die alte Antwort bekommen hat, bekommt die neue, "
            "einmal. Der Tag der Berichtigung, etwa 2026-11-25; bei mehreren am selben Tag mit Uhrzeit, "
            "2026-11-25 14:30.",
            "type": "string",
            "pattern": whole(DAY_OR_MINUTE.pattern),
        },
        correction_note=ref(
            "text",
            "Zu corrected: was an der alten Antwort falsch war, in einem Satz. Steht über der neuen Antwort.",
        ),
        follow={
            "description": "true: Die Antwort lautet „noch nicht“; unter ihr steht der Knopf „Sagen Sie mir Bescheid“.",
            "enum": [True, False],
        },
        owner=ref("text", "Wer für diese Antwort zuständig ist."),
        plain=ref(
            "text",
            "Die Antwort auf Deutsch in Einfacher Sprache: Sätze mit höchstens zwölf Wörtern und einem Gedanken, jeder "
            "in einer eigenen Zeile, Alltagswörter, schwere Wörter erklärt.",
        ),
        example={"description": example, "enum": [True, False]},
        en=ref("entry_en"),
    )


# -- labelled questions -------------------------------------------------------------------------------


def _questions_file(small_talk: list[str]) -> Schema:
    file = table(
        questions.FILE,
        "Fragen, zu denen feststeht, welcher Eintrag sie beantwortet – oder dass keiner es tut. Der Bot berechnet "
        f"daraus, wie sicher er sein muss. {CHECKED}",
        entries=list_of(ref("entry"), "Fragen, die ein Eintrag beantwortet; Eintrag für Eintrag."),
        out_of_scope=list_of(or_text("out_of_scope"), "Nachrichten, die kein Eintrag beantwortet."),
        smalltalk=list_of(or_text("smalltalk"), "Begrüßungen, Dank und anderes, das keine Frage ist."),
        ambiguous=list_of(ref("ambiguous"), "Nachrichten, zu denen mehrere Einträge passen."),
    )
    apart = "Sie darf weder unter „aliases“ noch anderswo in der Wissensbasis stehen."
    written = f"Die Nachricht, so wie jemand sie schreibt. Am besten in geraden Anführungszeichen. {apart}"
    plausible = list_of(ref("id"), "Die ids aller Einträge, die ein guter Vorschlag wären.", least=1)
    text, must = ref("text"), {"description": MUST, "enum": [True, False]}
    definitions = {
        "text": any_text(written),
        "id": an_id("Die id eines Eintrags."),
        "entry": table(
            questions.ENTRY,
            "Fragen, die derselbe Eintrag beantwortet.",
            id=ref("id"),
            answerable=list_of(
                or_text("question"),
                "Wie Menschen nach diesem Eintrag fragen, jede Frage anders als alle Formulierungen des Eintrags.",
            ),
            canonical=ref("text", "Die Frage des Eintrags zum Nachlesen; der Bot übergeht sie."),
        ),
        "question": table(
            questions.ASKED,
            "Eine Frage und wie sie geschrieben ist.",
            text=text,
            style=_offered("Wie die Frage geschrieben ist", STYLES),
            must=must,
        ),
        "out_of_scope": table(
            questions.OTHER,
            "Eine Nachricht, die kein Eintrag beantwortet, und von welcher Art sie ist.",
            text=text,
            kind=_offered("Von welcher Art sie ist", OUTSIDE),
            must=must,
        ),
        "smalltalk": table(
            questions.OTHER,
            "Etwas, das keine Frage ist, und von welcher Art es ist.",
            text=text,
            kind={"description": "Die id aus smalltalk.yaml.", "type": "string", "examples": small_talk},
            must=must,
        ),
        "ambiguous": table(
            questions.AMBIGUOUS,
            "Eine Nachricht, zu der mehrere Einträge passen.",
            text=text,
            plausible={**plausible, "uniqueItems": True},
            must=must,
        ),
    }
    return whole_file("Fragen mit bekannter Antwort", file, definitions)


def _offered(what: str, words: Mapping[str, str]) -> Schema:
    explained = ", ".join(f"{word} ({meaning})" for word, meaning in words.items())
    return {"description": f"{what}: {explained}.", "type": "string", "examples": list(words)}


# -- words --------------------------------------------------------------------------------------------


def _synonyms_file() -> Schema:
    file = table(
        synonyms.FILE,
        f"Wörter, die in dieser Stadt dasselbe bedeuten. {CHECKED}",
        synonyms=list_of(ref("group"), "Die Gruppen; jedes Wort steht in höchstens einer."),
    )
    same = "Mindestens zwei Wörter, die dasselbe bedeuten, auch englische: [Paketstation, Packstation, parcel locker]."
    word = r"[\p{L}\p{N}]+(-[\p{L}\p{N}]+)*"
    definitions = {
        "group": {**list_of(ref("word"), same, least=2), "uniqueItems": True},
        "word": {
            "description": "Ein bis drei Wörter aus Buchstaben, Ziffern und Bindestrichen.",
            "type": ANY_TEXT,
            "pattern": whole(f"{word}( {word}){{0,2}}"),
        },
    }
    return whole_file("Synonyme", file, definitions)


def _small_talk_file() -> Schema:
    file = table(
        wording.SMALL_TALK,
        f"Was Menschen neben ihren Fragen sagen, und was der Bot darauf antwortet. {CHECKED}",
        smalltalk=list_of(ref("kind"), "Die Arten von Small Talk."),
    )
    definitions = {
        "text": any_text("Ein Text."),
        "lines": lines("Texte, jeder in einer eigenen Zeile."),
        "id": an_id("Der Name dieser Art; Kleinbuchstaben a-z, Ziffern und einzelne Bindestriche."),
        "kind": table(
            wording.KIND,
            "Eine Art von Small Talk, etwa Begrüßungen.",
            id=ref("id"),
            **{str(language): ref("words") for language in Language},
        ),
        "words": table(
            wording.WORDS,
            "Wie Menschen es in dieser Sprache sagen, und was der Bot dann sagt.",
            examples=ref("lines", "Woran der Bot es erkennt."),
            reply=ref("text", "Was der Bot antwortet."),
        ),
    }
    return whole_file("Small Talk", file, definitions)


def _wording_file() -> Schema:
    what = "Jedes Wort, das Menschen vom Bot lesen, außer den Antworten selbst. {geschweifte} Wörter sind Platzhalter."
    text = {**any_text("Ein Text; seine Platzhalter müssen in jeder Sprache dieselben sein."), "type": "string"}
    file = {"description": f"{what} {CHECKED}", "type": "object", "additionalProperties": text}
    return whole_file("Wortlaut", file, {})
