"""The command `lms`: thin over services. stdout is for answers, stderr for messages."""

from lms.cli.main import main

__all__ = ["main"]
