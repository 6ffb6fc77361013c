"""Bringing a database up to date, and refusing one from the future."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import SchemaTooNew


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run every migration up to `revision` that the database has not seen.

    Raises SchemaTooNew when it knows more than we do.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaTooNew(
            f"The database {connection.engine.url.database!r} was written by a newer klbot (its schema is {found!r}): "
            "install that version again, or start with another database."
        )
    command.upgrade(config, revision)
