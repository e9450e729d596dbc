"""What every answer says to the browser: nothing inline, nothing from elsewhere, nothing kept."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
YEAR_S = 365 * 24 * 3600


def init_headers(app: Flask) -> None:
    """Add the headers to every answer; an answer that says how long it may be kept is believed."""
    secure = app.config["SESSION_COOKIE_SECURE"]
    # pages are somebody's own: a shared phone must not show them to the next person
    always = (*ALWAYS.items(), ("Cache-Control", "no-store"))
    wanted = (*always, ("Strict-Transport-Security", f"max-age={YEAR_S}"))

    @app.after_request
    def _say(answer: Response) -> Response:
        headers = answer.headers
        present = {name.lower() for name, _value in headers}
        for name, value in wanted if secure and request.is_secure else always:
            if name.lower() not in present:
                headers.add(name, value)
        return answer
