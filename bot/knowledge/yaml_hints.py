"""What a YAML error means in plain German words, and where to mend it."""

import re
from typing import Any

_KEY = re.compile(r"(?:- +)*[\w-]+ *$")
_AFTER_KEY = re.compile(r"^\s*(?:- +)*(?:[\w-]+: +)?")
_WORD_QUOTES = "„“”‚‘’«»"  # noqa: RUF001
_QUOTE_IT = 'setzen Sie den ganzen Text in gerade Anführungszeichen ("…").'


def shown(text: str) -> str:
    """A text of the file as it is quoted in a complaint: one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def explain(error: Any, text: str, last: Any) -> tuple[int, int, str]:
    """Line, column (from 1) and a German sentence for an error of PyYAML in `text`.

    `error` is a MarkedYAMLError of either of PyYAML's readers, `last` the event before it (or None).
    """
    lines = re.split(r"\r\n|\r|\n", text)
    mark = error.problem_mark or error.context_mark
    line = lines[mark.line] if mark.line < len(lines) else ""
    tabs = re.match(r" *(?=\t)", line)
    if tabs and mark.column >= tabs.end():
        sentence = "Hier steht ein Tabulator; rücken Sie nur mit Leerzeichen ein (zwei je Stufe)."
        return mark.line + 1, tabs.end() + 1, sentence
    number, column, sentence = _quoted(error, mark, last) or _by_problem(error, mark, line)
    if number > len(lines):  # libyaml's end of a file that does not end its last line
        return len(lines), len(lines[-1]) + 1, sentence
    return number, column, sentence


def _quoted(error: Any, mark: Any, last: Any) -> tuple[int, int, str] | None:
    """The sentence for a quotation mark that is not closed, or closed too early."""
    if "unexpected end of stream" in error.problem and error.context_mark is not None:
        return _at(error.context_mark, _UNCLOSED)
    if getattr(last, "style", None) not in ("'", '"') or last.end_mark.line != mark.line:
        return None
    if last.start_mark.line != last.end_mark.line:
        return _at(last.start_mark, _UNCLOSED)
    return _at(mark, f"Hinter dem schließenden Anführungszeichen steht noch etwas; {_QUOTE_IT}")


_UNCLOSED = (
    "Das Anführungszeichen, das hier beginnt, wird nicht geschlossen; setzen Sie an das Ende des Textes dasselbe "
    "gerade Zeichen („ und “ aus Word zählen nicht)."
)


def _by_problem(error: Any, mark: Any, line: str) -> tuple[int, int, str]:
    problem = error.problem
    if "mapping values are not allowed" in problem:
        return _at(mark, _colon(line, mark.column))
    if "could not find expected ':'" in problem:
        return _at(error.context_mark, _NO_COLON)
    if "escape" in problem or "hexdec" in problem:
        return _at(mark, "In doppelten Anführungszeichen ist „\\“ ein Sonderzeichen; schreiben Sie „\\\\“.")
    if "sequence entries are not allowed" in problem:
        return _at(mark, "Eine Aufzählung mit „-“ muss in einer neuen Zeile beginnen; als Text " + _QUOTE_IT)
    if "document start" in problem:
        return _at(mark, "Hinter „...“ darf nichts mehr stehen; löschen Sie die drei Punkte.")
    context = error.context or ""
    if "cannot start any token" in problem or any(word in context for word in ("alias", "anchor", "block scalar")):
        start = mark if "token" in context else error.context_mark
        sign = line[start.column : start.column + 1] if start.line == mark.line else ""
        if sign == "\t":
            return _at(start, "Hier steht ein Tabulator; ersetzen Sie ihn durch ein Leerzeichen.")
        return _at(start, f"Ein Text darf nicht mit „{sign}“ beginnen; {_QUOTE_IT}")
    if "flow" in context:
        return _at(error.context_mark, f"Die Klammer, die hier beginnt, geht nicht auf; ist sie Text, {_QUOTE_IT}")
    if "block" in context:
        return _at(mark, _misplaced(line, mark.column))
    return _at(mark, _UNREADABLE)


_NO_COLON = (
    "Hier fehlt nach dem Schlüssel ein Doppelpunkt mit einem Leerzeichen dahinter; gehört die Zeile zum Text darüber, "
    "rücken Sie sie weiter ein."
)
_UNREADABLE = (
    "Ab hier lässt sich die Datei nicht lesen; prüfen Sie Einrückung, Doppelpunkte und Anführungszeichen in dieser "
    "Zeile und in der davor."
)


def _colon(line: str, column: int) -> str:
    """A colon where none may stand: in a text without quotation marks, or after a key indented too far."""
    if _KEY.fullmatch(line[:column].strip()):
        return "Diese Zeile ist falsch eingerückt; sie muss genau unter den anderen Schlüsseln beginnen."
    begun = _AFTER_KEY.sub("", line, count=1)
    if begun[:1] in _WORD_QUOTES and begun:
        return f"„ und “ aus Word gelten hier nicht als Anführungszeichen, der Text enthält aber „: “; {_QUOTE_IT}"
    return f"Der Text enthält einen Doppelpunkt mit Leerzeichen; {_QUOTE_IT}"


def _misplaced(line: str, column: int) -> str:
    if line[:column].strip():
        return f"Hier endet der Text früher als die Zeile, weil er mit einem Sonderzeichen beginnt; {_QUOTE_IT}"
    return "Diese Zeile ist falsch eingerückt; sie muss genau unter den Zeilen beginnen, zu denen sie gehört."


def _at(mark: Any, sentence: str) -> tuple[int, int, str]:
    return mark.line + 1, mark.column + 1, sentence
