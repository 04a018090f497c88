"""Mail: queued in the act's transaction, sent after it; discreet in sender, subject and body."""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import formataddr
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.db import after_commit, transaction
from lms.models import Mail

log = logging.getLogger("lms.mail")

Sender = Callable[[Mail], None]


def queue_mail(session: Session, *, to: str, subject: str, body: str, now: datetime) -> Mail:
    """Queue one message; it leaves after the transaction has been committed."""
    mail = Mail(recipient=to, subject=subject, body=body, queued_at=now)
    session.add(mail)
    session.flush()
    nudge = session.info.get("send_mail")
    if nudge and "mail_nudged" not in session.info:
        session.info["mail_nudged"] = True
        after_commit(session, lambda: (session.info.pop("mail_nudged", None), nudge())[1])
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


def send_queued(session: Session, send: Sender, now: datetime) -> int:
    """Send what is queued, one transaction a message, and return how many left.

    Edge: a message that cannot leave stays queued; nothing of it is logged but its number.
    """
    waiting = list(session.scalars(select(Mail.id).where(Mail.state == "queued").order_by(Mail.id)))
    sent = 0
    for mail_id in waiting:
        with transaction(session):
            sent += _send_one(session, mail_id, send, now)
    return sent


def _send_one(session: Session, mail_id: int, send: Sender, now: datetime) -> int:
    query = select(Mail).where(Mail.id == mail_id, Mail.state == "queued")
    mail = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if mail is None:
        return 0
    try:
        send(mail)
    except (OSError, smtplib.SMTPException) as problem:
        log.warning("mail %s stays queued: %s", mail.id, type(problem).__name__)
        return 0
    mail.state, mail.sent_at, mail.body = "sent", now, ""
    return 1
