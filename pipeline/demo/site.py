"""What the pages have in common: who is answered, and what they may load."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, request

EVERYWHERE = ("0.0.0.0", "::", "")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_site(host: str) -> Flask:
    """Return a Flask application without pages that listens on `host`; its templates are in pipeline/.

    It answers to no other name, so that no page from elsewhere can have its own name lead here (DNS
    rebinding); to any if `host` is all of this machine's addresses.
    """
    app = Flask(__name__, template_folder=str(Path(__file__).parents[1]))
    names = {"localhost", "127.0.0.1", "::1", host.lower()}

    @app.before_request
    def refuse_other_names() -> tuple[str, int] | None:
        if host in EVERYWHERE or _hostname(request.headers.get("Host", "")) in names:
            return None
        return f"This page is at {host}; give another name of this machine as --host", 400

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return app


def _hostname(header: str) -> str | None:
    """Return the name or address in a Host header, without port and brackets."""
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None
