"""Citizens' channel and the staff's group: Telegram's Bot API, in and out."""

import os

# The library's own switch for durations as timedelta; without it, it warns at every "too many requests".
os.environ.setdefault("PTB_TIMEDELTA", "true")
