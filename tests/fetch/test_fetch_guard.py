"""Which addresses may be connected to; names that resolve to others, or to another one each time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servers.feed_server import FeedServer, redirect
from watchbot.errors import FetchError, Refused
from watchbot.fetch import Fetcher, FetchOptions, FetchRequest
from watchbot.fetch.guard import refusal

# fmt: off
REFUSED = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1",
    "172.31.255.255", "192.168.0.1", "169.254.0.1", "169.254.169.254", "169.254.170.2", "100.64.0.1",
    "100.127.255.255", "100.100.100.200", "168.63.129.16", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:8.8.8.8", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::808:808", "64:ff9b:1::1", "64:ff9b:1:ffff::a00:1", "100::1", "2001::1",
    "2001:0:7f00:1::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
    "2002:808:808::1", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fd00:ec2::254",
    "fd20:ce::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "8000::1",
    "2a00:1450:4001::5efe:7f00:1", "2a00:1450:4001::200:5efe:7f00:1", "not-an-address", "1.2.3", "",
]
# fmt: on
# fmt: off
ALLOWED = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
    "192.0.1.1", "192.167.255.255", "168.63.129.17", "169.253.255.255", "198.17.255.255", "198.20.0.1",
    "223.255.255.255", "11.0.0.1", "2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e",
    "2400:cb00::1", "2620:fe::fe", "2001:67c:2e8::1",
]
# fmt: on


@pytest.mark.fault(27)
@pytest.mark.parametrize("address", REFUSED)
def test_refused(address: str) -> None:
    assert refusal(address) is not None


@pytest.mark.parametrize("address", ALLOWED)
def test_allowed(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254", "2002:a9fe:a9fe::", "64:ff9b::a9fe:a9fe"]
)
def test_metadata_services_are_refused_even_in_private_networks(address: str) -> None:
    assert refusal(address, allow_private=True) == "metadata service"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1", "192.168.1.1", "fd12::1"])
def test_private_networks_can_be_allowed(address: str) -> None:
    assert refusal(address, allow_private=True) is None


class Answers:
    """A resolver whose answer changes with each question; it keeps the questions."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers: Iterator[list[str]] = iter(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return next(self._answers)


@pytest.mark.fault(27)
async def test_loopback_is_refused_before_connecting() -> None:
    async with FeedServer() as server:
        fetcher = Fetcher(FetchOptions())
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"):
            with pytest.raises(FetchError) as caught:
                await fetcher.fetch(FetchRequest(server.url("/f", host)))
            assert caught.value.kind in ("refused", "dns")
        assert server.connections == 0
        await fetcher.aclose()


@pytest.mark.fault(27)
async def test_a_name_that_resolves_inside_is_refused_with_a_reason() -> None:
    resolver = Answers(["10.0.0.5", "::1", "169.254.169.254"])
    fetcher = Fetcher(FetchOptions(), resolver=resolver)
    with pytest.raises(Refused, match=r"10\.0\.0\.5 \(private\).*loopback.*metadata") as caught:
        await fetcher.fetch(FetchRequest("http://inside.example/feed"))
    assert caught.value.kind == "refused"
    await fetcher.aclose()


@pytest.mark.fault(27)
async def test_a_name_is_resolved_once_and_that_answer_is_connected_to() -> None:
    """DNS rebinding: the second answer is never asked for, because the connection goes to the first."""
    async with FeedServer(tls="valid") as server:
        server.put("/f", b"<rss/>")
        resolver = Answers(["127.0.0.1"], ["192.0.2.1"])
        options = FetchOptions(allow_private_networks=True)
        fetcher = Fetcher(options, resolver=resolver, ssl_context=server.ca_context())
        response = await fetcher.fetch(FetchRequest(server.url("/f", "rebind.example")))
        assert response.status == 200
        assert resolver.asked == ["rebind.example"]
        # The name, not the address, is what TLS and the Host header show.
        assert server.log[0].headers["host"] == f"rebind.example:{server.port}"
        await fetcher.aclose()


@pytest.mark.fault(27)
@pytest.mark.parametrize("inside", ["169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"])
async def test_every_hop_is_judged(inside: str) -> None:
    async with FeedServer() as server:
        server.behave("/a", redirect("/b", 302))
        server.behave("/b", redirect(f"http://{inside}/latest/meta-data/", 301))
        fetcher = Fetcher(FetchOptions(allow_private_networks=True))
        with pytest.raises(Refused, match="metadata service"):
            await fetcher.fetch(FetchRequest(server.url("/a")))
        await fetcher.aclose()


async def test_a_dead_address_costs_a_moment_only() -> None:
    """A refused (::1 without listener) address beside a good one: the good one is used."""
    async with FeedServer() as server:
        server.put("/f", b"<rss/>")
        fetcher = Fetcher(FetchOptions(allow_private_networks=True), resolver=Answers(["::1", "127.0.0.1"]))
        assert (await fetcher.fetch(FetchRequest(server.url("/f", "two.example")))).status == 200
        await fetcher.aclose()
