"""How sure the bot must be: what the configuration allows, and what that comes to."""

from bot.config import Matching
from bot.knowledge.entry import Kind
from bot.matching.calibration import Aim
from bot.matching.matcher import LEAST_QUESTIONS, Matcher


def aim(matching: Matching) -> Aim:
    """What the thresholds of answers are computed for."""
    traffic = matching.traffic
    if traffic is None:
        return Aim(matching.max_wrong_answers)
    shares = {
        Kind.IN_SCOPE: traffic.in_scope,
        Kind.OUT_OF_SCOPE: traffic.out_of_scope,
        Kind.SMALL_TALK: traffic.small_talk,
        Kind.AMBIGUOUS: traffic.ambiguous,
    }
    return Aim(matching.max_wrong_answers, shares)


def computed(matcher: Matcher) -> dict[str, float]:
    """How sure an answer must be and, unless that is the default, how much is then answered wrongly.

    `wrong` and `wrong_at_most` (with 95 % confidence) are shares of all messages; `labelled` questions say so.
    """
    threshold = round(matcher.thresholds.answer, 4)
    if matcher.limit is None:
        return {"threshold": threshold, "labelled_needed": LEAST_QUESTIONS}
    wrong, bound = round(matcher.limit.wrong, 4), round(matcher.limit.bound, 4)
    return {"threshold": threshold, "wrong": wrong, "wrong_at_most": bound, "labelled": matcher.limit.messages}
