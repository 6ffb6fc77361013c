"""Try the bot without a token: an embedded Bot API, a staff mailbox and a web page."""
