"""Citizens' channel: Telegram's Bot API, in and out."""
