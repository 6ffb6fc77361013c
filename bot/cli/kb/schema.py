"""`klbot kb schema`: what editors' tools complete and explain knowledge files by."""

import typer

from bot.cli.kb.place import FolderOption, load_whole
from bot.cli.options import listed_complaints
from bot.knowledge.loader import shipped
from bot.knowledge.schema import schemas
from bot.knowledge.schema_parts import as_json
from bot.knowledge.shelf import write_whole


def schema(knowledge: FolderOption = None) -> None:
    """Write the schemas that VS Code and other editors check knowledge files by."""
    folder = knowledge or shipped()
    with listed_complaints("der Wissensbasis"):
        base = load_whole(folder)
    written = 0
    for name, made in schemas(kind.kind for kind in base.small_talk).items():
        path, contents = folder / name, as_json(made).encode()
        if not path.exists() or path.read_bytes() != contents:
            write_whole(path, contents)
            written += 1
    typer.echo(f"{written} von {len(schemas(()))} Schemas geschrieben, die anderen waren aktuell ({folder}).")
