"""Checking a device before an exam: what it can do, and what to do where it cannot."""

from flask import Blueprint, Response, jsonify, render_template, request

from quizapp.web.guard import access, now

bp = Blueprint("device_check", __name__)

LONGEST = 100


@bp.get("/check")
@access("account")
def show() -> str:
    """The checks; a script makes them, and without it the page says what that means."""
    return render_template("device_check/show.html", now=now())


@bp.post("/check")
@access("account")
def hear() -> Response:
    """Answer as a save is answered, with what was sent and the server's time; nothing is stored."""
    return jsonify(sent=request.form.get("sent", "")[:LONGEST], at=now().timestamp())
