"""Messages: asking for a reset link by e-mail, and the job that sends it."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

from quizapp.domain.people.fields import sign_in_name
from quizapp.domain.words import N_
from quizapp.services.people import links
from quizapp.services.people.sign_in import Desk, Device
from quizapp.storage import people as stored
from quizapp.storage.database import transaction
from quizapp.storage.jobs import Job
from quizapp.storage.people import Mail

JOB = "send_mail"
TIMEOUT_S = 20

SUBJECT = N_("Set a new password for %(product)s")
BODY = N_(
    "Somebody, probably you, asked for a new password for your account.\n\n"
    "This link works once, until %(until)s UTC:\n\n%(url)s\n\n"
    "If it was not you, do nothing: your password stays as it is.\n"
)


@dataclass(frozen=True)
class Smtp:
    """Where mail goes out, and as whom."""

    url: str
    """smtp://user:password@host:587 (STARTTLS where offered) or smtps://host:465."""
    sender: str
    product: str
    base_url: str


Say = Callable[[str, str], str]
"""(language, catalogue id) -> words."""


def ask_reset(desk: Desk, name: str, *, device: Device, now: datetime) -> None:
    """Take a request for a reset link by e-mail.

    Whether anybody has the name is looked up by the job, so that answer and time are the same
    for known and unknown names. Every request counts as a failure: nobody's mailbox is flooded.

    Raises:
        TooManyTries: asked too shortly before.
    """
    asked = sign_in_name(name)
    desk.throttle.begin("reset", now, account="|".join(asked) if asked else None, device=device.id)
    if asked is None:
        return
    mail_id = uuid4()
    with transaction(write=True) as session:
        session.add(
            Mail(
                id=mail_id,
                to="",
                subject="reset",
                details={"column": asked[0], "value": asked[1]},
                created_at=now,
            )
        )
        session.add(Job(kind=JOB, subject=str(mail_id), run_after=now, created_at=now))


def send(mail_id: UUID, *, smtp: Smtp | None, say: Say, now: datetime) -> bool:
    """Send a message that waits; gives whether one went out.

    The link is made here and is nowhere but in the message; a retry makes a new one.

    Raises:
        OSError: the mail server could not be reached or refused; try again later.
    """
    with transaction(write=True) as session:
        mail = session.get(Mail, mail_id)
        if mail is None or mail.sent_at is not None:
            return False
        asked = mail.details or {}
        person = stored.find_person(session, asked["column"], asked["value"])
        if smtp is None or person is None or not person.active:
            session.delete(mail)
            return False
        stored.drop_links(session, None, [person.id])
        link = links.issue_for(session, person, smtp.base_url, now, by=None)
        to, lang = person.email, person.lang
    message = EmailMessage()
    message["From"], message["To"] = smtp.sender, to
    message["Subject"] = say(lang, SUBJECT) % {"product": smtp.product}
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=urlsplit(smtp.base_url).hostname or "localhost")
    until = f"{link.expires_at:%Y-%m-%d %H:%M}"
    message.set_content(say(lang, BODY) % {"until": until, "url": link.url})
    _deliver(smtp.url, message)
    with transaction(write=True) as session:
        mail = session.get(Mail, mail_id)
        if mail is not None:
            mail.sent_at, mail.details = now, None
    return True


def _deliver(url: str, message: EmailMessage) -> None:
    place = urlsplit(url)
    secure = place.scheme == "smtps"
    host, port = place.hostname or "localhost", place.port or (465 if secure else 587)
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
        if secure
        else smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    ) as server:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        server.send_message(message)
