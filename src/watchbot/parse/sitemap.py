"""Google News sitemaps (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap)."""

from __future__ import annotations

from watchbot.errors import ParseError
from watchbot.model import Media, ParsedEntry, ParsedFeed
from watchbot.parse.dates import parse_date
from watchbot.parse.links import safe_link
from watchbot.parse.wire.xmltools import each, first, line, local, read_xml

MAX_URLS = 2_000


def parse_sitemap(text: str, *, url: str, lang: str | None) -> ParsedFeed:
    """The news of a sitemap. Raises ParseError(unsupported) for a sitemap without news."""
    last = text.rfind("<url>")
    cut = text[:last] if last >= 0 and "</url>" not in text[last:] else text  # the last one is incomplete
    root, problems = read_xml(cut)
    urls = [e for e in root if local(e) == "url"]
    entries = []
    publication = ""
    for element in urls[:MAX_URLS]:
        news = first(element, "news")
        title = line(news, "title")
        if not title:
            continue
        publication = publication or line(news, "publication/name")
        link = safe_link(line(element, "loc"), url)
        published = parse_date(line(news, "publication_date"))
        images = [safe_link(line(i, "loc"), url) for i in each(element, "image")]
        entries.append(
            ParsedEntry(
                guid=link,
                link=link,
                title=title,
                lang=line(news, "publication/language") or lang,
                published_at=published,
                updated_at=parse_date(line(element, "lastmod")),
                tags=tuple(dict.fromkeys(t for k in line(news, "keywords").split(",") if (t := k.strip())))[:100],
                media=tuple(Media(i, "image") for i in images if i)[:20],
                source=line(news, "publication/name") or None,
            )
        )
    if not entries:
        raise ParseError("unsupported", "a sitemap without news: its pages have no titles")
    if len(urls) > MAX_URLS:
        problems.append(f"{len(urls)} entries: the first {MAX_URLS} were read")
    if cut is not text:
        problems = [p for p in problems if not p.startswith("truncated")]
        problems.append(f"truncated XML: {len(entries)} complete entries kept")
    return ParsedFeed(
        title=publication,
        link=None,
        lang=next((e.lang for e in entries if e.lang), lang),
        format="sitemap-news",
        entries=tuple(entries),
        problems=tuple(problems),
    )
