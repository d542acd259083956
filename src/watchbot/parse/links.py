"""Links as they may be shown: absolute, http or https, without credentials; or nothing."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

MAX_LINK = 4_096
_STRIPPED = re.compile("[\x00-\x20\x7f\u00a0\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
"""What browsers drop inside URLs (https://url.spec.whatwg.org/#concept-basic-url-parser), and invisible characters."""


def safe_link(link: str | None, base: str = "") -> str | None:
    """`link` made absolute by `base`, or None when it leads nowhere a browser should go.

    Only http and https pass; `user:password@` is dropped; white space and controls are taken out. Never raises.
    """
    if not link:
        return None
    text = link.strip()
    if not text or len(text) > MAX_LINK:
        return None
    text = _STRIPPED.sub(lambda m: "%20" if m.group() == " " else "", text)
    try:
        given = urlsplit(text)
        if given.scheme and not given.netloc:
            return None  # "http:///x", "http:x": urljoin would make something of them
        parts = urlsplit(urljoin(base, text) if base else text)
        host = parts.hostname
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "\\" in parts.netloc:
        return None
    return _assemble(parts, host, port)


def _assemble(parts: SplitResult, host: str, port: int | None) -> str:
    if "@" not in parts.netloc:
        return urlunsplit(parts)
    host = f"[{host}]" if ":" in host else host
    netloc = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))
