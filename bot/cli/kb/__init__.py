"""`klbot kb`: what editors do with the knowledge base."""

from typing import Any

import typer
from typer.core import TyperGroup


class _Late(TyperGroup):
    """Loads its commands when one is wanted: they need the matcher, without which all others start in half the time."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the help."""
        return list(self._loaded())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name."""
        return self._loaded().get(cmd_name)

    def _loaded(self) -> dict[str, Any]:
        from bot.cli.kb.commands import editors  # noqa: PLC0415 -- see above

        if not self.commands:
            self.commands.update(typer.main.get_group(editors).commands)
        return dict(self.commands)


kb = typer.Typer(name="kb", cls=_Late, no_args_is_help=True, rich_markup_mode=None)


@kb.callback()
def _editors() -> None:
    """For editors: learn from what citizens ask, and change the knowledge base."""
