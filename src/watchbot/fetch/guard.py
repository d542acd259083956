"""The network guard: which addresses a feed may live at, and how a host name becomes one of them.

A host is resolved once, every address is judged, and the connection is made to a judged address, never to the name:
an answer that changes between the check and the connection (DNS rebinding) changes nothing.
`ipaddress.is_global` alone is not enough: it calls 6to4, NAT64 and multicast ranges global, and knows no metadata
service. So IPv6 is allowed only inside 2000::/3 (the one block that IANA allocates from), less the exceptions below.
Sources: the IANA special-purpose address registries for IPv4 and IPv6; the cloud vendors' pages on metadata services.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Protocol

from watchbot.errors import FetchError, Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_V4_REFUSED = tuple(
    (ipaddress.IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "metadata service"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_V6_ALLOWED = ipaddress.IPv6Network("2000::/3")
_V6_REFUSED = tuple(
    (ipaddress.IPv6Network(network), reason)
    for network, reason in (
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/32", "Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2001::/23", "reserved"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
    )
)
"""Metadata services of the clouds: they hand out credentials, so they are refused even where private ones are not."""
_ISATAP = (0x00005EFE, 0x02005EFE)


def refusal(address: str, *, allow_private: bool = False) -> str | None:
    """Why nothing may connect to `address` (an IPv4 or IPv6 literal), or None when it may.

    With `allow_private`, only metadata services, multicast and the unspecified address are refused.
    """
    try:
        ip: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    carried = _carried_v4(ip)
    if ip in METADATA or carried in METADATA:
        return "metadata service"
    if ip.is_multicast:
        return "multicast"
    if ip.is_unspecified:
        return "unspecified"
    return None if allow_private else _refused_range(ip)


def _carried_v4(ip: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address maps, translates or tunnels to."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if any(ip in network for network, reason in _V6_REFUSED if reason.startswith(("IPv4", "NAT64"))):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _refused_range(ip: Address) -> str | None:
    if isinstance(ip, ipaddress.IPv4Address):
        named = next((reason for network, reason in _V4_REFUSED if ip in network), None)
        return named or (None if ip.is_global else "not public")
    named = next((reason for network, reason in _V6_REFUSED if ip in network), None)
    if named:
        return named
    if ip not in _V6_ALLOWED:
        return "reserved"
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "ISATAP tunnel"
    return None if ip.is_global else "not public"


class Resolver(Protocol):
    """Host name -> IP literals, in the order in which they should be tried. Raises FetchError("dns")."""

    async def resolve(self, host: str, port: int) -> list[str]: ...


class SystemResolver:
    """The operating system's resolver, in the loop's default executor."""

    async def resolve(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchError("dns", f"{host}: the name does not resolve") from error
        return list(dict.fromkeys(str(info[4][0]) for info in infos))


async def permitted_addresses(resolver: Resolver, host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of `host` that may be connected to. Raises FetchError("dns"), or Refused when none may."""
    literal = host.strip("[]").partition("%")[0]
    try:
        addresses = [str(ipaddress.ip_address(literal))]
    except ValueError:
        addresses = await resolver.resolve(host, port)
    reasons: list[str] = []
    permitted = []
    for address in addresses:
        reason = refusal(address, allow_private=allow_private)
        if reason is None:
            permitted.append(address)
        else:
            reasons.append(f"{address} ({reason})")
    if not permitted:
        if not reasons:
            raise FetchError("dns", f"{host}: the name has no address")
        raise Refused("refused", f"{host} is at {', '.join(reasons[:3])}, which feeds may not use")
    return permitted
