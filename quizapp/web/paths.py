"""Where to go on: only to paths of this very site."""

from urllib.parse import urlsplit


def own_next(path: str | None, default: str = "/") -> str:
    r"""The path if it is one of ours, else `default`.

    Browsers read `//host`, `/\host` and paths with tabs or line ends as other sites.
    """
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return default
    if any(ord(character) < 33 or ord(character) > 0xFFFF for character in path) or "\\" in path:
        return default
    try:
        parts = urlsplit(path)
        path.encode("utf-8")
    except ValueError:
        return default
    if parts.scheme or parts.netloc:
        return default
    # a sign-in that leads to signing in again, or out, leads nowhere
    if parts.path in ("/sign-in", "/sign-out", "/language", "/reset", "/send-again"):
        return default
    return path
