"""What citizens, the bot and the team say to each other, as it is written in the YAML files beside this one."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conversations.dialogue import Conversation, conversations, is_in
from tests.conversations.player import Failed, Player, Post
from tests.end_to_end.demo import running_demo

ALL = conversations()
AT_ONCE = 20
Played = Mapping[str, str]


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """How each conversation that is asked for went: all of them are played at once, against one try-out."""
    asked = [item.callspec.params for item in request.session.items if isinstance(item, pytest.Function)
             and hasattr(item, "callspec")]  # fmt: skip
    chosen = [params["conversation"] for params in asked if "conversation" in params]
    with running_demo(tmp_path_factory.mktemp("demo")) as demo, ThreadPoolExecutor(AT_ONCE) as pool:
        post = Post(demo)

        def play(conversation: Conversation) -> str:
            try:
                Player(demo, post, conversation).play()
            except Failed as failure:
                return str(failure)
            return ""

        yield dict(zip(map(str, chosen), pool.map(play, chosen), strict=True))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("conversation", ALL, ids=str)
def test_the_conversation_goes_as_it_is_written(conversation: Conversation, played: Played) -> None:
    if failure := played[str(conversation)]:
        pytest.fail(failure, pytrace=False)


def test_there_are_enough_conversations_and_each_has_a_name_of_its_own() -> None:
    names = Counter(map(str, ALL))

    assert len(ALL) >= 80
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("Ihr Vorgang: <Code>", "Ihr\nVorgang: KL-7F3K9Q", True),
        ("Ihr Vorgang: <Code>", "Ihr Vorgang: KL-0", False),
        ("bis <Datum>", "bis Dienstag, 1. Dezember, 16 Uhr", True),
        ("Stand: <Datum>. Quelle: *", "Stand: Juni 2020. Quelle: x", False),
        ("was (kostet) es?", "was (kostet) es?", True),
        ("A*C", "A B C", True),
    ],
)
def test_wildcards_stand_for_codes_dates_and_anything(pattern: str, text: str, found: bool) -> None:
    assert is_in(pattern, text) is found
