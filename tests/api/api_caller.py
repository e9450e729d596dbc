"""A caller of the API: with a token, with a browser's cookie, or a stranger."""

import contextvars
from datetime import UTC, datetime
from uuid import uuid4

from quizapp.services.people import sessions
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

ROOT = "/api/v1"
ORIGIN = "http://localhost"


class Caller:
    """One client. Each request gets a context of its own, as in a server."""

    def __init__(self, app, token=None):
        self.app = app
        self.client = app.test_client()
        self.token = token
        self.last = None

    def ask(self, method, path, **more):
        headers = dict(more.pop("headers", ()))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        where = path if path.startswith("/") else f"{ROOT}/{path}"
        self.last = contextvars.Context().run(
            lambda: self.client.open(where, method=method, headers=headers, **more)
        )
        return self.last

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, json=None, **more):
        return self.ask("POST", path, json=json, **more)

    def put(self, path, json=None, **more):
        return self.ask("PUT", path, json=json, **more)

    def patch(self, path, json=None, **more):
        return self.ask("PATCH", path, json=json, **more)

    def delete(self, path, **more):
        return self.ask("DELETE", path, **more)


def token_of(actor):
    """A token of somebody of the cast."""
    with transaction(write=True) as session:
        return sessions.open_token(session, actor.id, "test", datetime.now(UTC)).token


def caller(app, actor):
    """Somebody of the cast, with a token."""
    return Caller(app, token_of(actor))


class Browsing(Caller):
    """Somebody of the cast, with a browser's session; `csrf` is what its pages carry."""

    def __init__(self, app, actor, csrf="secret of the session"):
        super().__init__(app)
        with transaction(write=True) as session:
            opened = sessions.open_session(session, actor.id, "test", datetime.now(UTC))
        self.session_id = opened
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = str(opened)
            cookie["csrf_token"] = csrf
        self.headers = {"Origin": ORIGIN, "X-CSRFToken": signed(app, csrf)}

    def ask(self, method, path, **more):
        more["headers"] = {**self.headers, **dict(more.pop("headers", ()))}
        more["headers"] = {name: one for name, one in more["headers"].items() if one is not None}
        return super().ask(method, path, **more)


def signed(app, csrf):
    from itsdangerous import URLSafeTimedSerializer

    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(csrf)


def problem(answer, status, slug):
    """Check that an answer is the problem document that is meant; gives it."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), (
        answer.text
    )
    document = answer.get_json()
    assert document["type"] == f"/problems/{slug}", document
    assert document["status"] == status
    assert document["title"]
    assert answer.headers["Cache-Control"] == "no-store"
    return document


def fields(answer):
    """The fields that a refusal names."""
    return {one["field"] for one in problem(answer, 422, "invalid").get("errors", ())}


def add_person(role="trainee", name="somebody", email=None):
    """Somebody beside the cast, without a password; gives the id."""
    person_id = uuid4()
    with transaction(write=True) as session:
        session.add(
            Person(
                id=person_id,
                email=email or f"{name}@example.org",
                name=name,
                role=role,
                created_at=datetime.now(UTC),
            )
        )
    return person_id
