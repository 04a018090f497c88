"""lms audit: verify the chains, print their heads."""

import click

from lms.cli.context import NO, a_session, answer, say, settings_or_stop
from lms.services.audit import list_heads, verify_chains


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def verify(as_json: bool) -> None:
    """Walk every chain and say whether it holds.

    Example: lms audit verify
    """
    with a_session(settings_or_stop()) as session:
        report = verify_chains(session)
    broken = report.first_broken
    if as_json:
        found = {"chain": broken.chain, "seq": broken.seq, "why": broken.why} if broken else None
        answer(
            {
                "ok": broken is None,
                "entries": report.entries,
                "chains": report.chains,
                "first_broken": found,
            }
        )
    elif broken:
        say(f"Chain {broken.chain} breaks at entry {broken.seq}: {broken.why}.")
    else:
        say(f"{report.entries} entries in {report.chains} chains: all hold.")
    if broken:
        raise SystemExit(NO)


@audit.command()
def head() -> None:
    """Print the tip of every chain, to be kept somewhere else.

    Example: lms audit head
    """
    with a_session(settings_or_stop()) as session:
        rows = [{"chain": h.chain, "seq": h.seq, "hash": h.hash} for h in list_heads(session)]
    answer({"heads": rows})
