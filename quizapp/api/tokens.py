"""Personal tokens: made with a password, ended by themselves."""

from pydantic import Field

from quizapp.api import visitor
from quizapp.api.area import PUBLIC, Area
from quizapp.api.shapes import Body, Out, Text, Time
from quizapp.domain.errors import SignInRequired
from quizapp.services.people import sessions, sign_in

area = Area("tokens", "What scripts sign in with")


class Credentials(Body):
    """Whoever asks for a token."""

    email: Text = Field(max_length=300, description="Address or staff number.")
    password: Text = Field(max_length=1000)
    otp: Text | None = Field(
        None, max_length=20, description="The second factor, where the account has one."
    )


class Token(Out):
    """A token, told this once."""

    token: str
    expires_at: Time


@area.post("/tokens", action=PUBLIC, gives={201: Token}, refuses=(401, 429))
def make_token(body: Credentials) -> Token:
    """Make a token with name and password."""
    issued = sign_in.issue_token(
        visitor.entrance().desk(), body.email, body.password, now=visitor.now()
    )
    return Token.model_validate(issued)


@area.delete("/tokens/current", action="account", gives={204: None})
def end_token() -> None:
    """End the token that asks; a browser signs out on its page."""
    if visitor.token() is None:
        raise SignInRequired
    sessions.sign_out(visitor.actor(), now=visitor.now())
