"""Write src/watchbot/names/data/countries.txt: the names of all countries in all languages of CLDR, through babel.

Reading babel's data takes a second, and every start of watchbot would pay it. `python tools/country_names.py` after
babel was renewed; a test says when the table is not what babel's data give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import distribution
from pathlib import Path

from babel import localedata
from babel.core import get_cldr_version

from watchbot.names.countries import folded_words, with_variants

FOLDER = Path(__file__).resolve().parent.parent / "src" / "watchbot" / "names" / "data"
TABLE, LICENSE = FOLDER / "countries.txt", FOLDER / "LICENSE.unicode"
HEAD = """\
# Names of countries from Unicode CLDR {cldr} (as babel {babel} ships it); made by tools/country_names.py, not by hand.
# Copyright (c) Unicode, Inc. SPDX-License-Identifier: Unicode-3.0; the licence is beside this file.
# "= CODE" begins a country; then a name, a tab, and the languages that use it; of a name of several words also these,
# folded. "~ NAME" is a folded name that different countries bear, the names of watchbot.names.variants included.
"""
MIN_LETTERS = 3
"""Folded letters of the shortest name: two-letter ones are words everywhere."""
SPELT_OTHERWISE = frozenset(("pt_PT", "es_MX", "fr_CA", "de_AT", "de_CH"))
"""Regional locales repeat their language's names, but for these few."""
# Countries whose CLDR names tell by brackets which one is meant, or to whom it belongs.
_TELLING_BRACKETS = frozenset({"CD", "CG", "HK", "MO", "VI", "UM", "MF", "SX", "AS", "CC", "FK"})
_BRACKETS = re.compile(r"^(.+?)\s*[(（](.+?)[)）]$")
# Articles that CLDR writes into names: Irish, Maltese, Zulu and Xhosa, Italian dialects.
_ARTICLE = re.compile(r"^(?:an|na|il|i|l|the|la|el|les|le)[\s\-’']\s*(?=\w{4})", re.IGNORECASE)


def collect() -> dict[str, dict[str, set[str]]]:
    """Country code -> name -> languages ("pt", "kk_Latn")."""
    names: dict[str, dict[str, set[str]]] = {}
    for locale in localedata.locale_identifiers():
        language, _, rest = locale.partition("_")
        script = rest.partition("_")[0]
        if script and len(script) != 4 and locale not in SPELT_OTHERWISE:
            continue
        lang = f"{language}_{script}" if len(script) == 4 else language
        for code, name in localedata.load(locale).get("territories", {}).items():
            if len(code) == 2 and code.isalpha():
                for variant in variants(str(name), code):
                    names.setdefault(code, {}).setdefault(variant, set()).add(lang)
    return names


def variants(name: str, code: str) -> set[str]:
    """A CLDR name, without its article, and both halves of "Myanmar (Burma)" but not of "Congo (Kinshasa)"."""
    name = name.replace("\u200c", "").strip()
    found = {name, _ARTICLE.sub("", name)}
    bracket = _BRACKETS.match(name)
    if bracket and code not in _TELLING_BRACKETS:
        found |= {bracket[1], bracket[2]}
    if "&" in name:
        found.add(name.replace("&", "and"))
    return {n for n in found if usable(n)}


def usable(name: str) -> bool:
    """Whether a name is long enough to be looked for: three letters, or two Han characters."""
    folded = "".join(folded_words(name))
    return len(folded) >= MIN_LETTERS or (len(folded) == 2 and folded >= "\u2e80")


def shared(names: Mapping[str, Iterable[str]]) -> list[str]:
    """The folded names that more than one country bears."""
    owners: dict[str, set[str]] = {}
    for code, listed in names.items():
        for name in listed:
            owners.setdefault(" ".join(folded_words(name)), set()).add(code)
    return sorted(name for name, codes in owners.items() if len(codes) > 1)


def line_of(name: str, langs: Iterable[str]) -> str:
    """A name's line."""
    words = folded_words(name)
    return "\t".join([name, " ".join(sorted(langs)), *([" ".join(words)] if len(words) > 1 else [])])


def table() -> str:
    """The text of the table."""
    names = {code: {n: frozenset(langs) for n, langs in found.items()} for code, found in sorted(collect().items())}
    lines = [HEAD.format(cldr=get_cldr_version(), babel=distribution("babel").version).rstrip("\n")]
    for code, listed in names.items():
        lines.append(f"= {code}")
        lines += [line_of(name, langs) for name, langs in sorted(listed.items())]
    lines += [f"~ {name}" for name in shared(with_variants(names))]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table and its licence."""
    FOLDER.mkdir(exist_ok=True)
    TABLE.write_text(table(), encoding="utf-8")
    LICENSE.write_text(
        (Path(localedata.__file__).parent / "locale-data" / "LICENSE.unicode").read_text("utf-8"), "utf-8"
    )


if __name__ == "__main__":
    main()
