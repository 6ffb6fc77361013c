"""What we know: the curated entries, and reading them from YAML."""
