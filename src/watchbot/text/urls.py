"""URLs as identities: two addresses of one page become one string.

What goes is what publishers, aggregators and mail tools add on the way: scheme, `www.`, `m.`, AMP forms, fragments,
tracking parameters, and the redirects of Google, Yandex and social networks. What names a page stays.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

MAX_URL = 4096
"""Longer addresses are data, not links: they are cut before anything looks at them."""

_TRACKING = re.compile(
    r"""(?ix)^(?:utm_.*|at_(?:medium|campaign|custom.*|link.*|ptr.*|bbc.*|format)|ns_.*|mc_(?:cid|eid)|pk_.*|mtm_.*|hsa_.*|wt_.*
    |fbclid|gclid|gclsrc|dclid|gbraid|wbraid|yclid|ysclid|msclkid|twclid|ttclid|igshid|igsh|_openstat|xtor|ito|ocid|cmp|cmpid
    |ncid|sref|smid|smtyp|spm|maca|guccounter|guce_.*|__twitter_impression|_ga|_gl|oly_.*|vero_.*|trk|mkt_tok|rss|rssfeed
    |feature|fb_ref|fb_source|ref_src|ref_url|amp|amp_js_v|amp_gsa|usqp|outputtype|nr_email_referer|share|shared|s_cid|traffic_source)$"""
)
_MAYBE_TRACKING = {"from", "ref", "source", "src", "partner", "via", "cid", "output", "view"}
"""Parameters that some sites route by: dropped only with a value that names a channel."""
_CHANNEL = re.compile(
    r"(?i)^(?:rss.*|feed.*|.*rss|amp|atom|twitter|facebook|fb|telegram|tg|vk|whatsapp|social.*|news(?:letter)?|"
    r"google.*|yandex.*|ya|dzen|zen|smi2?|push|mobile|email|share.*)$"
)
_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp|wap)\.(?=[^.]+\.)")
_AMP_TAIL = re.compile(r"(?i)(?:/amp|/amp\.html|\.amp|\.amp\.html|/index\.(?:html?|php))$")
_REDIRECT_PARAMS = (
    (re.compile(r"(?:^|\.)google\.[a-z.]+$"), re.compile(r"^/(?:url|news/url|alerts/.*)$"), ("url", "q")),
    (re.compile(r"^news\.google\.[a-z.]+$"), re.compile(r"^/"), ("url",)),
    (re.compile(r"(?:^|\.)yandex\.[a-z.]+$"), re.compile(r"^/(?:turbo.*|clck/.*|redir.*)"), ("url", "text")),
    (re.compile(r"(?:^|\.)facebook\.com$"), re.compile(r"^/l\.php$"), ("u",)),
    (re.compile(r"(?:^|\.)vk\.(?:com|ru)$"), re.compile(r"^/away\.php$"), ("to",)),
    (re.compile(r"(?:^|\.)bing\.com$"), re.compile(r"^/news/apiclick"), ("url",)),
    (re.compile(r"^(?:t\.umblr\.com|out\.reddit\.com)$"), re.compile(r"^/"), ("z", "url")),
)
_AMP_PATH = re.compile(r"^/(?:amp|c|a|v)/(?:s/)?(?=[^/]+\.[^/]+)")
_ABSOLUTE = re.compile(r"(?i)^https?://[^/\s]+\.[^/\s]+")
_PLAIN = re.compile(r"https?://((?:[a-z0-9-]+\.)+[a-z0-9-]+)(/[A-Za-z0-9._~/-]*)?")
"""Most links of feeds: nothing to decode, no query, no port. Only Google's and AMP's caches redirect such."""
_EMBEDDED = re.compile(rb"https?://[\x21-\x7e]+")


def canonical_url(url: str, host_aliases: Mapping[str, str] = {}) -> str:
    """The identity of a page: "https://host/path?query" without what does not name the page.

    `host_aliases` maps a host (as written, or without `www.`) to the host that stands for it. Never raises: what is
    no http(s) address comes back stripped. Applying it twice changes nothing.
    """
    current = url.strip()[:MAX_URL]
    plain = _PLAIN.fullmatch(current)
    if plain is not None and "google" not in plain[1] and "ampproject" not in plain[1]:
        return f"https://{_host(plain[1], host_aliases)}{_shortened(plain[2] or '')}"
    for _ in range(4):
        parts = _split(current)
        if parts is None:
            return current
        target = _unwrap(parts)
        if target is None:
            return _assemble(parts, host_aliases)
        current = target[:MAX_URL]
    parts = _split(current)
    return _assemble(parts, host_aliases) if parts else current


def _split(url: str) -> SplitResult | None:
    if url.startswith("//"):
        url = "https:" + url
    try:
        parts = urlsplit(url)
        ok = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return None
    return parts if ok else None


def _unwrap(parts: SplitResult) -> str | None:
    """The address inside a redirect or an AMP cache, or None when `parts` is the page itself."""
    host = (parts.hostname or "").lower()
    bare = host.removeprefix("www.")
    if bare.endswith(".cdn.ampproject.org") or (re.match(r"google\.[a-z.]+$", bare) and parts.path.startswith("/amp/")):
        inner = _AMP_PATH.sub("", parts.path)
        if inner != parts.path:
            return "https://" + inner + (f"?{parts.query}" if parts.query else "")
    for host_re, path_re, names in _REDIRECT_PARAMS:
        if host_re.search(bare) and path_re.match(parts.path):
            query = dict(parse_qsl(parts.query))
            for name in names:
                if _ABSOLUTE.match(query.get(name, "")):
                    return query[name]
    if bare.startswith("news.google."):
        return _google_article(parts.path)
    if bare in ("clck.yandex.ru", "clck.yandex.com") and "*" in parts.path:
        target = unquote(parts.path.split("*", 1)[1])
        return target if _ABSOLUTE.match(target) else None
    return None


def _google_article(path: str) -> str | None:
    """The address in a Google News article id, where the id (base64 of a protobuf) holds it in plain."""
    match = re.search(r"/articles/([\w-]+)", path)
    if not match:
        return None
    token = match.group(1)
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    found = _EMBEDDED.search(data)
    return found.group(0).decode("ascii") if found and _ABSOLUTE.match(found.group(0).decode("ascii")) else None


def _assemble(parts: SplitResult, host_aliases: Mapping[str, str]) -> str:
    host = (parts.hostname or "").lower().rstrip(".")
    host = _host(host, host_aliases)
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = _path(parts.path)
    query = _query(parts.query)
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    host = f"[{host}]" if ":" in host else host
    return f"https://{host}{port}{path}{'?' + query if query else ''}{fragment}"


def _host(host: str, host_aliases: Mapping[str, str]) -> str:
    for _ in range(4):
        bare = _HOST_PREFIX.sub("", host)
        named = host_aliases.get(host) or host_aliases.get(bare) or bare
        if named == host:
            return host
        host = named.lower()
    return host


def _path(path: str) -> str:
    path = quote(unquote(path, errors="surrogateescape").encode("utf-8", "surrogateescape"), safe="/:@!$&'()*+,;=-._~")
    return _shortened(path)


def _shortened(path: str) -> str:
    if "//" in path:
        path = re.sub(r"/{2,}", "/", path)
    while True:
        shorter = _AMP_TAIL.sub("", path.rstrip("/"))
        if shorter == path:
            break
        path = shorter
    if path.lower().startswith("/amp/"):
        path = path[4:]
    return path


def _query(query: str) -> str:
    if not query:
        return ""
    kept = []
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
        if _TRACKING.match(name) or (name.lower() in _MAYBE_TRACKING and _CHANNEL.match(value)):
            continue
        kept.append((name, value))
    return urlencode(sorted(kept), errors="surrogateescape")
