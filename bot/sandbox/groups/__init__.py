"""Groups of people that the bot is in: who belongs to them, what they write, and what the bot may do there."""
