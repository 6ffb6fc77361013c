"""Small signs a bot gives: reactions to a message, and that it is typing."""

from bot.sandbox.params import Params, bad_request

# https://core.telegram.org/bots/api#reactiontypeemoji
_EMOJIS = """
❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈
😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
_ACTIONS = """
typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location
record_video_note upload_video_note record_audio upload_audio pick_up_location
"""
EMOJIS = frozenset(_EMOJIS.split())
CHAT_ACTIONS = frozenset(_ACTIONS.split())
# A bot that is no premium user.
MOST = 1


def reactions_of(params: Params) -> list[str]:
    """The emojis of a call. Raises ApiError for others than Telegram has, and for more than a bot may give."""
    given = params.structure("reaction") or []
    if not isinstance(given, list):
        raise bad_request("expected an Array of ReactionType")
    for one in given:
        if not isinstance(one, dict):
            raise bad_request("can't parse ReactionType: expected an Object")
        if one.get("type") not in ("emoji", "custom_emoji"):
            raise bad_request("can't parse ReactionType: invalid reaction type specified")
    if len(given) > MOST:
        raise bad_request("REACTIONS_TOO_MANY")
    emojis = [str(one.get("emoji", "")).removesuffix("\ufe0f") for one in given]
    if not EMOJIS.issuperset(emojis):
        raise bad_request("REACTION_INVALID")
    return emojis
