"""What to do with a question: answer, suggest, forward or make small talk.

A matcher ranks (`Ranking`), `decide` weighs the ranking against `Thresholds` and says in German why.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.knowledge.entry import Language
from bot.matching.text import normalise

MOST_CANDIDATES = 5
MOST_SUGGESTED = 3


class Outcome(StrEnum):
    """What becomes of a message."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    FORWARD = "forward"
    SMALLTALK = "smalltalk"


class Rule(StrEnum):
    """What decided."""

    NOISE = "noise"  # the message names nothing
    SMALL_TALK = "small-talk"  # small talk is likelier than any entry
    UNKNOWN = "unknown"  # no word is known
    SURE = "sure"  # an entry is likely enough, far enough ahead, and knows what is asked about
    UNSURE = "unsure"  # entries worth offering
    KEYWORD = "keyword"  # a bare keyword that several entries speak of
    UNLIKELY = "unlikely"  # no entry is likely enough even to be offered
    SEVERAL = "several"  # several questions, each decided by itself
    TOO_MANY = "too-many"  # more questions than a machine should try


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer the question.

    `score`: the probability that it is the right answer. `phrasing`: the nearest way it is asked. `explained`: of the
    question's words with a topic the share, weighed by rarity, that the entry knows; high for a bare keyword that fits
    several entries, while their scores are low. Only the best three candidates are looked at so closely; others have 0.
    """

    entry: str
    score: float
    phrasing: str
    language: Language
    explained: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one question, and why.

    `candidates`: up to five, best first. `entry` is set for ANSWER only; `suggested` (at most three entry ids) for
    SUGGEST only; `small_talk` (the kind) for SMALLTALK only. `reason` is one German sentence for clerks and editors.
    `rule` is what decided; None where no matcher did.
    `language`: the language the citizen wrote in, None when the words do not tell.
    `parts`: the questions of a message that holds several, each decided by itself; empty otherwise.
    `thanked`: the message thanks for something, whatever else it says.
    """

    outcome: Outcome
    text: str
    candidates: tuple[Candidate, ...]
    reason: str
    language: Language | None = None
    entry: str | None = None
    suggested: tuple[str, ...] = ()
    small_talk: str | None = None
    parts: tuple["Decision", ...] = ()
    rule: Rule | None = None
    thanked: bool = False


@dataclass(frozen=True, slots=True)
class Rival:
    """What else a message resembles: a counterexample (`name` is its topic) or small talk (`name` is its kind).

    `explained`: the share of the message that it knows, as of a candidate; of small talk any kind of it, except that
    a kind of `PARTING` must know it alone.
    """

    name: str
    text: str
    score: float
    explained: float = 1.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a text resembles. `candidates`: one an entry, best first, at most five.

    `small_talk` and `counterexample`: the nearest of each, if any. `noise`: the text names nothing at all.
    `words`: how many words carry a topic. `is_question`: it has a question mark.
    """

    text: str
    candidates: tuple[Candidate, ...] = ()
    counterexample: Rival | None = None
    small_talk: Rival | None = None
    noise: bool = False
    language: Language | None = None
    words: int = 0
    is_question: bool = False


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which values on something is done; all between 0 and 1.

    `answer`: least score of an answer; `margin`: its least lead over the next entry; `explained`: the least share of
    the question that it must explain. `suggest`: least score of the first suggestion, `with_it`: of those beside it.
    `known`: least explained share at which a bare keyword is met with suggestions. `small_talk`: least score of small
    talk. `part`: least score of an answer to one of several questions.
    """

    answer: float = 0.8
    margin: float = 0.15
    explained: float = 0.1
    suggest: float = 0.1
    with_it: float = 0.04
    known: float = 0.7
    small_talk: float = 0.85
    part: float = 0.7


KEYWORDS = 3  # so many words with a topic, and no question mark, are keywords rather than a question
TALK_LEAD = 0.3  # so far small talk must be ahead of the best entry
TALK_KNOWN = 0.55  # the least share of a message that small talk must know, or the message says something else
# Kinds for which people find ever new words, so that knowing few of them says little.
INVENTIVE = frozenset({"identity", "insult", "test", "how-are-you", "laughter", "noise"})
# Kinds that leave a message unread if they are wrong: nothing is asked back, the talk is over.
PARTING = frozenset({"bye", "pause"})
NOTEWORTHY = 0.3  # a counterexample with this score is named to clerks
LONGEST_WITH_PARTS = 300  # characters; a longer message is a story around one question
SENTENCE = 0.8  # what another entry's score is worth that one sentence alone reached


def decide(whole: Ranking, questions: Sequence[Ranking], thresholds: Thresholds) -> Decision:
    """What to do with a message. `questions`: of several sentences those with a question mark.

    Of a message with parts, outcome, entry and candidates are those of its first answered part.
    """
    parts = _parts(whole, questions, thresholds)
    if not parts:
        return _decide_one(_merged(whole, questions), thresholds)
    first = next(part for part in parts if part.outcome is Outcome.ANSWER)
    reason = f"Die Nachricht enthält {len(parts)} Fragen, über die einzeln entschieden wurde."
    return replace(first, text=whole.text, reason=reason, rule=Rule.SEVERAL, parts=parts)


def _parts(whole: Ranking, questions: Sequence[Ranking], thresholds: Thresholds) -> tuple[Decision, ...]:
    """A decision for each question of a short message if at least two have clear and different fates, else nothing."""
    if len(questions) < 2 or len(whole.text) > LONGEST_WITH_PARTS:
        return ()
    strict = replace(thresholds, answer=max(thresholds.answer, thresholds.part))
    parts = tuple(_decide_one(question, strict) for question in questions)
    answered = {part.entry for part in parts if part.outcome is Outcome.ANSWER}
    others = [
        part
        for question, part in zip(questions, parts, strict=True)
        if question.words >= 2 and _is_another(part, answered)
    ]
    return parts if len(answered) >= 2 or (answered and others) else ()


def _is_another(part: Decision, answered: Container[str | None]) -> bool:
    """Whether one of several questions is for itself: unknown, or worth suggestions that no answer holds."""
    if part.outcome is Outcome.SUGGEST:
        return not any(entry in answered for entry in part.suggested)
    return part.outcome is Outcome.FORWARD


def _merged(whole: Ranking, questions: Sequence[Ranking]) -> Ranking:
    """The ranking of the whole, in which a sentence may confirm the best entry, or outweigh it if it is much surer."""
    if not questions or not whole.candidates:
        return whole
    best = whole.candidates[0].entry
    found = {one.entry: one for one in whole.candidates}
    for question in questions:
        for place, one in enumerate(question.candidates):
            score = one.score if one.entry == best and place == 0 else one.score * SENTENCE
            if one.entry not in found or score > found[one.entry].score:
                found[one.entry] = replace(one, score=score)
    order = sorted(found.values(), key=lambda one: -one.score)[:MOST_CANDIDATES]
    return replace(whole, candidates=tuple(order))


def _decide_one(ranking: Ranking, thresholds: Thresholds) -> Decision:
    if ranking.noise:
        return _decision(ranking, Outcome.SMALLTALK, Rule.NOISE, "Die Nachricht nennt kein Thema.", small_talk="noise")
    best = ranking.candidates[0].score if ranking.candidates else 0.0
    talk = ranking.small_talk
    if talk and talk.score >= max(thresholds.small_talk, best + TALK_LEAD) and _is_all(talk):
        reason = f"Smalltalk wie „{talk.text}“ mit {_number(talk.score)}."
        return _decision(ranking, Outcome.SMALLTALK, Rule.SMALL_TALK, reason, small_talk=talk.name)
    if not ranking.candidates:
        reason = "Kein Eintrag der Wissensbasis hat mit der Nachricht ein Wort gemeinsam."
        return _decision(ranking, Outcome.FORWARD, Rule.UNKNOWN, reason)
    if _is_sure(ranking, thresholds):
        speaking = _speaking(ranking, thresholds) if _is_keyword(ranking) else ()
        if len(speaking) > 1:
            reason = f"Ein Stichwort, von dem mehrere Einträge sprechen: {_hit(ranking)}"
            return _decision(ranking, Outcome.SUGGEST, Rule.KEYWORD, reason, suggested=speaking)
        return _decision(ranking, Outcome.ANSWER, Rule.SURE, _hit(ranking), entry=ranking.candidates[0].entry)
    rule, suggested = _suggested(ranking, thresholds)
    if suggested:
        reason = f"Nicht eindeutig: {_hit(ranking)}{_nearer(ranking)}"
        return _decision(ranking, Outcome.SUGGEST, rule, reason, suggested=suggested)
    reason = f"Kein Eintrag passt gut genug: {_hit(ranking)}{_nearer(ranking)}"
    return _decision(ranking, Outcome.FORWARD, Rule.UNLIKELY, reason)


def _is_all(talk: Rival) -> bool:
    """Whether hardly a word with a topic is left over beside the small talk."""
    return talk.name in INVENTIVE or talk.explained >= TALK_KNOWN


def _is_sure(ranking: Ranking, thresholds: Thresholds) -> bool:
    best = ranking.candidates[0]
    return (
        best.score >= thresholds.answer
        and _lead(ranking) >= thresholds.margin
        and best.explained >= thresholds.explained
        and not is_counterexample(ranking)
    )


def is_counterexample(ranking: Ranking) -> bool:
    """Whether a message is what an editor has written down as answered by nothing."""
    return ranking.counterexample is not None and normalise(ranking.text) == normalise(ranking.counterexample.text)


def _is_keyword(ranking: Ranking) -> bool:
    """Whether a message is a few bare words, and not what an editor has written into an entry."""
    if ranking.words > KEYWORDS or ranking.is_question:
        return False
    return normalise(ranking.text) != normalise(ranking.candidates[0].phrasing)


def _speaking(ranking: Ranking, thresholds: Thresholds) -> tuple[str, ...]:
    """Up to three entries that speak of what the message names."""
    return tuple(one.entry for one in ranking.candidates if one.explained >= thresholds.known)[:MOST_SUGGESTED]


def _suggested(ranking: Ranking, thresholds: Thresholds) -> tuple[Rule, tuple[str, ...]]:
    """Up to three entries worth offering: likely ones, and for bare keywords those that speak of them."""
    best = ranking.candidates[0]
    likely = best.score >= thresholds.suggest and best.explained > 0
    scored = [one.entry for one in ranking.candidates if likely and one.score >= thresholds.with_it]
    if ranking.words > KEYWORDS or ranking.is_question:
        return Rule.UNSURE if likely else Rule.UNLIKELY, tuple(scored[:MOST_SUGGESTED])
    offered = dict.fromkeys([*scored, *_speaking(ranking, thresholds)])
    return Rule.UNSURE if likely else Rule.KEYWORD, tuple(offered)[:MOST_SUGGESTED]


def _lead(ranking: Ranking) -> float:
    scores = [one.score for one in ranking.candidates]
    return scores[0] - scores[1] if len(scores) > 1 else scores[0]


def _hit(ranking: Ranking) -> str:
    best = ranking.candidates[0]
    text = f"Treffer „{best.phrasing}“ mit {_number(best.score)}"
    return f"{text}, Abstand {_number(_lead(ranking))} zum Zweiten." if len(ranking.candidates) > 1 else f"{text}."


def _nearer(ranking: Ranking) -> str:
    rival = ranking.counterexample
    if rival is None or rival.score < NOTEWORTHY:
        return ""
    return f" Ähnelt dem Gegenbeispiel „{rival.text}“ mit {_number(rival.score)}."


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _decision(
    ranking: Ranking,
    outcome: Outcome,
    rule: Rule,
    reason: str,
    *,
    entry: str | None = None,
    suggested: tuple[str, ...] = (),
    small_talk: str | None = None,
) -> Decision:
    return Decision(
        outcome,
        ranking.text,
        ranking.candidates,
        reason,
        ranking.language,
        entry,
        suggested,
        small_talk,
        rule=rule,
    )
