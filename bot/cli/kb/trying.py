"""A change tried on a copy: what would make the knowledge base wrong never begins."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from bot.cli.kb.place import as_edit, load_whole
from bot.errors import EditError, KnowledgeError
from bot.knowledge.editing import Page
from bot.knowledge.entry import KnowledgeBase

WRONG: Final = "Damit wäre die Wissensbasis fehlerhaft, darum bleibt alles, wie es war"


def base_with(base: KnowledgeBase, page: Page, wrong: str = WRONG) -> KnowledgeBase:
    """The knowledge base as it would be with this page, read from a copy. Raises EditError, beginning with `wrong`."""
    try:
        with tempfile.TemporaryDirectory(prefix="klbot-kb-") as made:
            copy = Path(made) / base.folder.resolve().name
            copy.mkdir()
            for path in base.folder.glob("*.yaml"):
                shutil.copyfile(path, copy / path.name)
            (copy / page.path.name).write_bytes(page.as_bytes())
            return load_whole(copy)
    except KnowledgeError as error:
        raise as_edit(error, wrong) from error
    except OSError as error:
        raise EditError(f"Zum Ausprobieren fehlt der Platz ({error.strerror}); es ist alles wie vorher.") from error
