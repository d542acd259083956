"""`python -m servers.bot_api [--port N] [--token T] [--limits] [--speed X]`: the server as a process.

Prints one JSON line {"url", "token"} once it listens, and serves until SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal

from servers.bot_api import NO_LIMITS, TOKEN, BotApiServer, Limits
from servers.bot_api.remote import control


async def main() -> None:
    parser = argparse.ArgumentParser(prog="servers.bot_api")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--limits", action="store_true", help="limit as Telegram does")
    parser.add_argument("--speed", type=float, default=1.0, help="multiply the limits' rates")
    options = parser.parse_args()
    server = BotApiServer(token=options.token, limits=Limits(speed=options.speed) if options.limits else NO_LIMITS)
    server.control = control(server)
    await server.start(options.port)
    print(json.dumps({"url": server.url, "token": server.token}), flush=True)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await server.stop()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
