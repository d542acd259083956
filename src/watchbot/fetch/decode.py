"""Content encodings undone as the bytes come, with a limit on what comes out.

httpx decodes a whole chunk at once: one gzip chunk of 486 KB was seen to become 67 MB before any cap could be
checked. Here each decoder is told how much room is left and never makes much more than that.
"""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

from watchbot.errors import FetchError, Refused

_GZIP_MAGIC = b"\x1f\x8b"
ACCEPT = "gzip, deflate, br, zstd"
MAX_ENCODINGS = 2
_STEP = 256 * 1024
_ZSTD_SLICE = 64
"""Bytes fed to zstd at once: an RLE block of 4 bytes makes 128 KB (RFC 8878), so a slice makes at most 2 MB."""
_ZSTD_WINDOW = 8 * 1024 * 1024
"""RFC 9659: a decoder of Content-Encoding zstd supports windows of 8 MB and should refuse larger ones."""


class Decoder(Protocol):
    """Undoes one encoding, piece by piece."""

    def feed(self, data: bytes, room: int) -> bytes:
        """Decode `data`. Raises Refused("too-large") beyond `room` bytes, FetchError("protocol") on rubbish."""

    def complete(self) -> bool:
        """Whether the stream ended where its format says."""


def too_large(limit: str) -> Refused:
    return Refused("too-large", f"the document is larger than {limit}")


class _Gzip:
    """gzip (several members too) and deflate, in zlib's wrapping or bare."""

    def __init__(self, *, raw_allowed: bool) -> None:
        self._raw_allowed = raw_allowed
        self._inner = zlib.decompressobj(wbits=47)
        self._fresh = True

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        while data:
            piece = self._decompress(data)
            out += piece
            if len(out) > room:
                raise too_large("allowed when unpacked")
            data = self._next_member(self._inner.unused_data) if self._inner.eof else self._inner.unconsumed_tail
        while not self._inner.eof and (piece := self._decompress(b"")):
            out += piece
            if len(out) > room:
                raise too_large("allowed when unpacked")
        return bytes(out)

    def _decompress(self, data: bytes) -> bytes:
        try:
            piece = self._inner.decompress(data, _STEP)
        except zlib.error as error:
            if not (self._fresh and self._raw_allowed):
                raise FetchError("protocol", f"the body is not what its Content-Encoding says: {error}") from error
            self._inner = zlib.decompressobj(wbits=-15)
            self._fresh = False
            return self._decompress(data)
        self._fresh = False
        return piece

    def _next_member(self, rest: bytes) -> bytes:
        if not rest.startswith(_GZIP_MAGIC):
            return b""  # padding after the end, as some servers send
        self._inner = zlib.decompressobj(wbits=31)
        return rest

    def complete(self) -> bool:
        return self._inner.eof


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        try:
            out += self._inner.process(data, output_buffer_limit=_STEP)
            while not self._inner.can_accept_more_data() and not self._inner.is_finished():
                if len(out) > room:
                    break
                out += self._inner.process(b"", output_buffer_limit=_STEP)
        except brotli.error as error:
            raise FetchError("protocol", f"the body is not what its Content-Encoding says: {error}") from error
        if len(out) > room:
            raise too_large("allowed when unpacked")
        return bytes(out)

    def complete(self) -> bool:
        return bool(self._inner.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._make = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._inner = self._make.decompressobj()

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        try:
            for start in range(0, len(data), _ZSTD_SLICE):
                out += self._step(data[start : start + _ZSTD_SLICE])
                if len(out) > room:
                    raise too_large("allowed when unpacked")
        except zstandard.ZstdError as error:
            raise FetchError("protocol", f"the body is not what its Content-Encoding says: {error}") from error
        return bytes(out)

    def _step(self, data: bytes) -> bytes:
        out = b""
        while data:
            if self._inner.eof:
                self._inner = self._make.decompressobj()
            out += self._inner.decompress(data)
            data = self._inner.unused_data if self._inner.eof else b""
        return out

    def complete(self) -> bool:
        return bool(self._inner.eof)


def decoders(content_encoding: str) -> list[Decoder]:
    """Decoders for a Content-Encoding header, in the order to apply. Raises FetchError("protocol")."""
    names = [name for part in content_encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > MAX_ENCODINGS:
        raise Refused("protocol", f"{len(names)} encodings one over another")
    return [_decoder(name) for name in reversed(names)]


def _decoder(name: str) -> Decoder:
    if name in ("gzip", "x-gzip"):
        return _Gzip(raw_allowed=False)
    if name == "deflate":
        return _Gzip(raw_allowed=True)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise FetchError("protocol", f"unknown Content-Encoding '{name[:40]}'")


class BoundedBody:
    """Collects a body: at most `max_bytes` on the wire, and at most `max_bytes` unpacked.

    A gzipped file (sitemap.xml.gz) is unpacked too: no format that is read begins with gzip's two bytes.
    """

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        self._decoders = decoders(content_encoding)
        self._max = max_bytes
        self._wire = 0
        self._body = bytearray()
        self._begun = False

    def add(self, data: bytes) -> None:
        """Raises Refused("too-large"), FetchError("protocol")."""
        self._wire += len(data)
        if self._wire > self._max:
            raise too_large(f"{self._max:,} bytes")
        room = self._max - len(self._body)
        for decoder in self._decoders:
            data = decoder.feed(data, room)
        if len(data) > room:
            raise too_large(f"{self._max:,} bytes")
        self._body += data
        if not self._begun and len(self._body) >= len(_GZIP_MAGIC):
            self._begun = True
            if self._body.startswith(_GZIP_MAGIC):
                self._unpack_file()

    def _unpack_file(self) -> None:
        decoder = _Gzip(raw_allowed=False)
        packed, self._body = bytes(self._body), bytearray()
        self._decoders.append(decoder)
        self._body += decoder.feed(packed, self._max)

    @property
    def size(self) -> int:
        return len(self._body)

    def take(self) -> bytes:
        """The body so far."""
        return bytes(self._body)

    def complete(self) -> bool:
        """Whether every encoding ended where it says."""
        return self._wire == 0 or all(decoder.complete() for decoder in self._decoders)
