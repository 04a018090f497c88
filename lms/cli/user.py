"""lms user: invite somebody, and make the first administrator."""

import click
from sqlalchemy import select

from lms.cli.context import NO, a_session, answer, settings_or_stop, stop
from lms.content.bundled import bundled
from lms.db import transaction, utcnow
from lms.models import Organisation
from lms.rules.people import INVITABLE
from lms.rules.signin import INVITATION_DAYS
from lms.services.errors import RefusedError
from lms.services.people import (
    Offer,
    invitation_link,
    let_in,
    make_organisation,
    send_invitation,
)
from lms.words import letter


@click.group()
def user() -> None:
    """People of an installation."""


def _invite(address: str, name: str, role: str, organisation: str, zone: str) -> None:
    settings = settings_or_stop()
    try:
        with a_session(settings) as session, transaction(session):
            home = session.scalars(
                select(Organisation).where(Organisation.name == organisation)
            ).one_or_none()
            if home is None and role != "administrator":
                stop(NO, f"There is no organisation called {organisation}.")
            home = home or make_organisation(
                session, name=organisation, zone=zone, language="en", now=utcnow()
            )
            offer = Offer(address, name, role)
            invitation, token = let_in(session, home, offer, invited_by=None, now=utcnow())
            link = invitation_link(session, token)
            words = letter(
                bundled("templates"), "invitation", "en", link=link, days=str(INVITATION_DAYS)
            )
            send_invitation(session, invitation, words, utcnow())
    except RefusedError as refused:
        stop(NO, f"Not invited: {refused.reason}.")
    answer({"link": link, "role": role, "expires_at": invitation.expires_at.isoformat()})


@user.command()
@click.argument("address")
@click.option("--name", default="", help="What to call the person.")
@click.option("--role", default="trainee", type=click.Choice(INVITABLE), show_default=True)
@click.option("--organisation", required=True, help="The organisation's name.")
def invite(address: str, name: str, role: str, organisation: str) -> None:
    """Invite somebody; the link is printed and mailed.

    Example: lms user invite sam@example.org --role trainer --organisation "Riverside Peers"
    """
    _invite(address, name, role, organisation, "UTC")


@user.command()
@click.argument("address")
@click.option("--name", default="", help="What to call the person.")
@click.option("--organisation", required=True, help="Made if it is not there yet.")
@click.option("--zone", default="UTC", show_default=True, help="Its time zone.")
def administrator(address: str, name: str, organisation: str, zone: str) -> None:
    """Invite an administrator, and make the organisation where it is new.

    Example: lms user administrator kim@example.org --organisation "Riverside Peers"
    """
    _invite(address, name, "administrator", organisation, zone)
