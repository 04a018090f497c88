"""Mail: queued in the act's transaction, sent after it; discreet in sender, subject and body."""

import smtplib
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import formataddr
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.models import Address, Mail, Person
from lms.services.jobs import queue_job

Sender = Callable[[Mail], None]


def may_send(person: Person) -> bool:
    """Say whether a person wants letters beyond those to come in; asked each time."""
    return person.mail_wanted and person.closed_at is None


def first_address(session: Session, person_id: int) -> str | None:
    """Return the address a person's letters go to, None where none was confirmed."""
    query = (
        select(Address.written)
        .where(Address.person_id == person_id, Address.confirmed_at.is_not(None))
        .order_by(Address.rank)
    )
    return session.scalars(query.limit(1)).one_or_none()


def queue_mail(session: Session, *, to: str, subject: str, body: str, now: datetime) -> Mail:
    """Queue one message; it leaves after the transaction has been committed."""
    mail = Mail(recipient=to, subject=subject, body=body, queued_at=now)
    session.add(mail)
    session.flush()
    queue_job(session, "send-mail", f"mail:{mail.id}", now=now, mail=mail.id)
    return mail


def message_for(mail: Mail, settings: Settings) -> EmailMessage:
    """Return the message as it travels: plain text, nothing in its head but what is needed."""
    message = EmailMessage()
    message["From"] = formataddr((settings.mail_from_name, settings.mail_from))
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _to_file(settings: Settings) -> Sender:
    folder = settings.data_dir / "mail"

    def send(mail: Mail) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target: Path = folder / f"{mail.id:06d}.eml"
        target.write_bytes(bytes(message_for(mail, settings)))
        target.chmod(0o600)

    return send


def _to_console(settings: Settings) -> Sender:
    def send(mail: Mail) -> None:
        print(message_for(mail, settings))  # noqa: T201 (the console is the post box here)

    return send


def _to_smtp(settings: Settings) -> Sender:
    smtp = settings.smtp
    if smtp is None:
        raise ValueError("no SMTP settings")

    def send(mail: Mail) -> None:
        with smtplib.SMTP(smtp.host, smtp.port, timeout=20) as server:
            if smtp.starttls:
                server.starttls()
            if smtp.user:
                server.login(smtp.user, smtp.password)
            server.send_message(message_for(mail, settings))

    return send


def sender_for(settings: Settings) -> Sender:
    """Return the way mail leaves: files under the data folder, the console, or SMTP."""
    return {"file": _to_file, "console": _to_console, "smtp": _to_smtp}[settings.mail](settings)


def send_one(session: Session, mail_id: int, send: Sender, now: datetime) -> None:
    """Send one queued message and empty it; what cannot leave raises, so that its job waits.

    Edge: a message that left already is not sent again.
    """
    query = select(Mail).where(Mail.id == mail_id, Mail.state == "queued").with_for_update()
    mail = session.scalars(query).one_or_none()
    if mail is None:
        return
    send(mail)
    mail.state, mail.sent_at, mail.body = "sent", now, ""
