"""An HTTP/2 server on loopback: hypercorn over TLS in a process of its own, so that it can be killed.

    with H2Server() as server:
        ... fetch server.url("/coded/br") with an SSL context of server.ca_context() ...

What it answers is in `h2_app`; "/seen" tells in JSON what was asked, and in which version of HTTP.
"""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme

TESTS = Path(__file__).parents[1]


class H2Server:
    """See the module."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._ca = trustme.CA()
        certificate = self._ca.issue_cert("localhost")
        folder = Path(self._folder.name)
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        (folder / "cert.pem").write_bytes(b"".join(pem.bytes() for pem in certificate.cert_chain_pems))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, path: str) -> str:
        """An address that the certificate is for."""
        return f"https://localhost:{self._port}{path}"

    def ca_context(self) -> ssl.SSLContext:
        """A client's context that trusts this server."""
        context = ssl.create_default_context()
        self._ca.configure_trust(context)
        return context

    def start(self) -> None:
        """Listen (again, on the same port)."""
        command = [sys.executable, "-m", "hypercorn", "--bind", f"127.0.0.1:{self._port}", "--log-level", "critical"]
        command += ["--certfile", f"{self._folder.name}/cert.pem", "--keyfile", f"{self._folder.name}/key.pem"]
        environment = os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent / 'src'}"}
        self._process = subprocess.Popen([*command, "servers.h2_app:app"], env=environment)
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None and time.monotonic() < deadline, "the server did not start"
                time.sleep(0.02)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._folder.cleanup()
