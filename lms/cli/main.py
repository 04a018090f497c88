"""The group of commands."""

from importlib import import_module

import click

from lms import __version__

COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "worker": "serve",
    "db": "database",
    "content": "content",
    "verdict": "verdict",
    "user": "user",
    "certificate": "certificate",
    "audit": "audit",
    "schema": "schema",
}
"""Each command and its module."""


class Commands(click.Group):
    """Reads a command's module when the command is asked for, so that a start takes no longer."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        found: click.Command = getattr(import_module(f"lms.cli.{module}"), cmd_name)
        return found


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="lms")
def main() -> None:
    """Alongside: train and certify peer support specialists.

    Settings come from LMS_… variables; `lms demo` needs none.
    """
