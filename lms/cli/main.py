"""The group of commands."""

import click

from lms import __version__
from lms.cli import audit, certificate, content, database, demo, schema, serve, user


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lms")
def main() -> None:
    """Alongside: train and certify peer support specialists.

    Settings come from LMS_… variables; `lms demo` needs none.
    """


main.add_command(demo.demo)
main.add_command(serve.serve)
main.add_command(serve.worker)
main.add_command(database.db)
main.add_command(content.content)
main.add_command(user.user)
main.add_command(certificate.certificate)
main.add_command(audit.audit)
main.add_command(schema.schema)
