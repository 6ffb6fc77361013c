"""How sure the bot must be: what the configured share of wrong answers comes to."""

from bot.matching.matcher import LEAST_QUESTIONS, Matcher


def computed(matcher: Matcher) -> dict[str, float]:
    """How sure an answer must be and, unless that is the default, how much is then answered wrongly.

    `wrong` and `wrong_at_most` (with 95 % confidence) are shares of all messages; `labelled` questions say so.
    """
    threshold = round(matcher.thresholds.answer, 4)
    if matcher.limit is None:
        return {"threshold": threshold, "labelled_needed": LEAST_QUESTIONS}
    wrong, bound = round(matcher.limit.wrong, 4), round(matcher.limit.bound, 4)
    return {"threshold": threshold, "wrong": wrong, "wrong_at_most": bound, "labelled": matcher.limit.messages}
