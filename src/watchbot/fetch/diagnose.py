"""What an answer is when it is no feed: named from its status and headers, before anything is parsed."""

from __future__ import annotations

from collections.abc import Mapping

_STATUS = {
    400: "the server finds the request wrong",
    401: "a login is needed",
    402: "payment is needed",
    403: "access is forbidden",
    404: "there is no such page",
    410: "the feed is gone for good",
    429: "too many requests",
    451: "blocked for legal reasons",
    500: "the server failed",
    502: "a gateway failed",
    503: "the server is not available",
    504: "a gateway got no answer",
}


def problem(status: int, headers: Mapping[str, str]) -> tuple[str, str] | None:
    """(kind, sentence) for an answer that is no document; None for 2xx and 304.

    Kinds: challenge, login, gone, not-found, rate-limited, blocked, server, status.
    """
    if 200 <= status < 300 or status == 304:
        return None
    sentence = f"{status}: {_STATUS.get(status, 'not a document')}"
    if is_challenge(status, headers):
        return "challenge", f"{status}: a challenge for browsers (bot protection), which a feed reader cannot answer"
    if status in (401, 407):
        return "login", sentence
    if status == 410:
        return "gone", sentence
    if status == 404:
        return "not-found", sentence
    if status == 429:
        return "rate-limited", sentence
    if status in (402, 403, 451):
        return "blocked", sentence
    return ("server" if status >= 500 else "status"), sentence


def is_challenge(status: int, headers: Mapping[str, str]) -> bool:
    """Whether bot protection answered. Cloudflare documents `cf-mitigated: challenge` as its mark; the others have
    headers of their own (DDoS-Guard, Imperva, Sucuri, Qrator), seen with 403, 429 and 503 pages in HTML."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    if status not in (401, 403, 405, 429, 503) or "html" not in headers.get("content-type", ""):
        return False
    server = headers.get("server", "").lower()
    return server.startswith(("cloudflare", "ddos-guard", "qrator", "sucuri")) or bool(
        {"x-sucuri-id", "x-iinfo", "x-datadome"} & set(headers)
    )
