# ruff: noqa: E501, SIM905 - a table of sounds
"""Chinese names as Czech newspapers write them: Xi Jinping is Si Ťin-pching.

Czech has a transcription of its own (O. Švarný's, "Česká transkripce čínštiny"), which no comparison of sounds reaches from
pinyin: it writes the breath after p, t, k as -ch. Slovak papers mix it with pinyin.
"""

from __future__ import annotations

from functools import lru_cache

_INITIALS = dict(zip(
    "zh ch sh b p m f d t n l g k h j q x r z c s".split(), "č čch š p pch m f t tch n l k kch ch ť čch s ž c cch s".split(), strict=True,
))  # fmt: skip
_FINALS = dict(zip(
    "a o e ai ei ao ou an en ang eng ong i ia ie iao iu ian in iang ing iong u ua uo uai ui uan un uang ue er".split(),
    "a o e aj ej ao ou an en ang eng ung i ia ie iao iou ien in iang ing iung u ua uo uaj uej uan un uang üe er".split(), strict=True,
))  # fmt: skip
_ALONE = dict(zip(
    "a ai an ang ao e en er ou yi ya ye yao you yan yin yang ying yong yu yue yuan yun wu wa wo wai wei wan wen wang".split(),
    "a aj an ang ao e en er ou i ja jie jao jou jen jin jang jing jung jü jüe jüan jün wu wa wo waj wej wan wen wang".split(), strict=True,
))  # fmt: skip
_ROUNDED = {"u": "ü", "uan": "üan", "un": "ün", "ue": "üe"}


@lru_cache(maxsize=1)
def _syllables() -> dict[str, str]:
    found = dict(_ALONE)
    for initial, czech in _INITIALS.items():
        for final, sound in _FINALS.items():
            if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
                sound = "'"  # a vowel of its own, which Czech writes with an apostrophe
            elif initial in ("j", "q", "x"):
                sound = _ROUNDED.get(final, sound)
            found[initial + final] = czech + sound
    return found


def _split(word: str) -> list[str] | None:
    """The syllables of a word in pinyin, longest first, in Czech; None when it is no pinyin."""
    if not word:
        return []
    for size in range(min(6, len(word)), 0, -1):
        czech = _syllables().get(word[:size])
        rest = _split(word[size:]) if czech else None
        if czech and rest is not None:
            return [czech, *rest]
    return None


def czech_name(family: str, given: list[str]) -> str | None:
    """The Czech form of a Chinese name in pinyin, family name first; None when a part of it is no pinyin."""
    first = _split(family.lower())
    second = _split("".join(given).lower())
    if not first or not second or len(second) > 2:
        return None
    return f"{'-'.join(first).capitalize()} {'-'.join(second).capitalize()}"
