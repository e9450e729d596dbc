"""Reset links by e-mail."""

import re
import socketserver
from contextlib import contextmanager
from email import message_from_string, policy
from threading import Thread

import pytest
from people_samples import DEVICE, NOW, PASSWORD, account, make_desk
from sqlalchemy import func, select

from quizapp.domain.errors import TooManyTries
from quizapp.services.people import links, mail
from quizapp.services.people.mail import Smtp
from quizapp.services.people.sign_in import Device
from quizapp.storage.database import transaction
from quizapp.storage.jobs import Job
from quizapp.storage.people import Mail, OneTimeLink


class OneSession(socketserver.StreamRequestHandler):
    """Just enough of SMTP to take a message."""

    def handle(self):
        def say(line):
            self.wfile.write(line + b"\r\n")

        say(b"220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                say(b"354 go on")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text.decode())
                self.server.taken.append("".join(lines))
            if verb == b"QUIT":
                say(b"221 bye")
                return
            say(b"250 ok")


@contextmanager
def post_office():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OneSession) as server:
        server.daemon_threads = True
        server.taken = []
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        yield Smtp(url, "quiz@example.org", "Quiz", "https://quiz.example.org"), server.taken
        server.shutdown()


def words(_lang, message):
    return message


def waiting():
    with transaction(write=False) as session:
        return [
            mail_id for (mail_id,) in session.execute(select(Mail.id).where(Mail.sent_at.is_(None)))
        ]


def test_the_link_arrives_and_works(administrator):
    dara = account(administrator, "dara@example.org", staff_number="7")
    desk = make_desk()
    mail.ask_reset(desk, "Dara@example.org", device=DEVICE, now=NOW)
    with transaction(write=False) as session:
        job = session.scalars(select(Job).where(Job.kind == mail.JOB)).one()
    (mail_id,) = waiting()
    assert job.subject == str(mail_id)
    with post_office() as (smtp, taken):
        assert mail.send(mail_id, smtp=smtp, say=words, now=NOW)
        assert not mail.send(mail_id, smtp=smtp, say=words, now=NOW)
    (raw,) = taken
    message = message_from_string(raw, policy=policy.default)
    assert message["To"] == "dara@example.org"
    token = re.search(r"https://quiz\.example\.org/reset\?link=(\S+)", message.get_content())[1]
    assert links.set_password(desk, token, PASSWORD, device=DEVICE, now=NOW).person_id == dara
    with transaction(write=False) as session:
        kept = session.get(Mail, mail_id)
        assert (kept.body, kept.details, kept.sent_at) == (None, None, NOW)


@pytest.mark.usefixtures("administrator")
def test_known_and_unknown_names_leave_the_same_behind():
    desk = make_desk()
    for name in ("administrator@example.org", "nobody@example.org"):
        assert mail.ask_reset(desk, name, device=Device(name), now=NOW) is None
    assert len(waiting()) == 2
    with transaction(write=False) as session:
        assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 0


@pytest.mark.usefixtures("administrator")
def test_to_nobody_nothing_goes_out():
    mail.ask_reset(make_desk(), "nobody@example.org", device=DEVICE, now=NOW)
    (mail_id,) = waiting()
    with post_office() as (smtp, taken):
        assert not mail.send(mail_id, smtp=smtp, say=words, now=NOW)
    assert taken == []
    assert waiting() == []


def test_what_cannot_be_delivered_waits(administrator):
    account(administrator, "dara@example.org")
    mail.ask_reset(make_desk(), "dara@example.org", device=DEVICE, now=NOW)
    (mail_id,) = waiting()
    closed = Smtp("smtp://127.0.0.1:1", "quiz@example.org", "Quiz", "https://quiz.example.org")
    with pytest.raises(OSError, match="refused"):
        mail.send(mail_id, smtp=closed, say=words, now=NOW)
    assert waiting() == [mail_id]
    with post_office() as (smtp, taken):
        assert mail.send(mail_id, smtp=smtp, say=words, now=NOW)
    assert len(taken) == 1


@pytest.mark.usefixtures("administrator")
def test_nobodys_mailbox_is_flooded():
    desk = make_desk()
    with pytest.raises(TooManyTries):
        for number in range(5):
            mail.ask_reset(desk, "dara@example.org", device=Device(str(number)), now=NOW)
    assert len(waiting()) < 5


@pytest.mark.parametrize("name", ["", "\x00", "\ud800", "@"])
@pytest.mark.usefixtures("administrator")
def test_what_is_no_name_is_answered_alike(name):
    assert mail.ask_reset(make_desk(), name, device=DEVICE, now=NOW) is None
    assert waiting() == []
