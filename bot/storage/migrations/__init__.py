"""How an older database becomes today's: one file a step, never changed once released."""
