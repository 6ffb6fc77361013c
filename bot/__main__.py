"""`python -m bot` is `klbot`."""

from bot.cli import main

main()
