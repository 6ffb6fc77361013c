"""The catalogue of questions for everybody: the knowledge base as one page, as JSON and as Markdown."""
