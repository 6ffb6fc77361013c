"""Which entry answers a question, and whether it may be answered at all."""
