"""lms schema: JSON Schema of what is written in files."""

import click

from lms.cli.context import answer
from lms.content.schema import SCHEMAS, schema_for


@click.command()
@click.argument("name", type=click.Choice(sorted(SCHEMAS)))
def schema(name: str) -> None:
    """Print the JSON Schema (2020-12) of a kind of file.

    Example: lms schema programme
    """
    answer(schema_for(name))
