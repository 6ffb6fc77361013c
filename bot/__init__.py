"""Citizens' questions answered from a curated knowledge base, or handed to people."""

__version__ = "0.1.0"
