"""An embargoed wire story, dropped into a spool directory of the running bot, is held until its hour and told then."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app_world import Bot

STORY = """<nitf><head><docdata management-status="{status}"><doc-id id-string="{id}"/>
<date.issue norm="{issued}"/><date.release norm="{release}"/></docdata></head>
<body><body.head><hedline><hl1>{title}</hl1></hedline></body.head><body.content><p>Text.</p></body.content></body></nitf>"""


def stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


async def test_held_until_its_hour_and_never_told_when_withdrawn_before(tmp_path: Path) -> None:
    spool = tmp_path / "wire" / "in"
    spool.mkdir(parents=True)
    bot = Bot(tmp_path, {})
    text = bot.settings.read_text("utf-8").replace("poll: {", f"poll: {{spool: ['{spool}'], ")
    bot.settings.write_text(text, encoding="utf-8")

    def drop(name: str, title: str, identity: str, release: datetime, status: str = "usable") -> None:
        issued = stamp(datetime.now(UTC))
        document = STORY.format(status=status, id=identity, issued=issued, release=stamp(release), title=title)
        (spool / name).write_text(document, encoding="utf-8")

    async with bot.running() as process:
        now = datetime.now(UTC)
        release = now + timedelta(seconds=12)
        drop("a.xml", "Massimov verdict under embargo", "e1", release)
        drop("b.xml", "Almaty budget under embargo", "e2", release)
        drop("c.xml", "Massimov speaks at once", "e3", now - timedelta(hours=1))
        await process.expect("Massimov speaks at once", where="out")
        drop("d.xml", "Almaty budget under embargo", "e2", release, status="canceled")
        while datetime.now(UTC) < release - timedelta(seconds=1):
            assert "under embargo" not in process.out
            await asyncio.sleep(0.2)
        await process.expect("Massimov verdict under embargo", where="out", timeout=60)
        assert datetime.now(UTC) >= release
        await asyncio.sleep(1)
        assert "Almaty budget" not in process.out
        assert not list((spool / "failed").iterdir())
