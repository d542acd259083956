"""Kinds of forms that sound, spelling and endings must keep apart: one table of what is found and what is not."""

from __future__ import annotations

import pytest

from watchbot.model import EntityKind, EntitySpec
from watchbot.names import build_index
from watchbot.names.pinyin import czech_name
from watchbot.text import tokenize

# person, language, text, whether it is found
PERSONS = [
    ("Heinrich Kramer", "ru", "Кроме того, устав определяет выборы.", False),
    ("Heinrich Kramer", "ru", "Крамер выступил с речью.", True),
    ("Donald Trump", "ru", "Трамп выступил с речью.", True),
    ("Donald Trump", "ru", "Жена Трампа выступила с речью.", True),
    ("Donald Trump", "ru", "Мелания Трамп выступила с речью.", False),
    ("Borys Kolesnikov", "uk", "Сам Колесніков це заперечує.", True),
    ("Nikola Gruevski", "hr", "Vlada Gruevskog odlučila je drukčije.", True),
    ("Valentino Rossi", "ru", "Об этом сообщила Россия.", False),
    ("Valentino Rossi", "pl", "Tak podała Rosja.", False),
    ("Sara Errani", "cs", "Jednání o Íránu skončilo.", False),
    ("Sara Errani", "ru", "Тогда Рона разработала метод.", False),
    ("Serena Williams", "cs", "Navštívil ho William Hechler.", False),
    ("Serena Williams", "ru", "Победила Серена Уильямс.", True),
    ("Bohdan Khmelnytsky", "uk", "Рішення Хмельницької області скасовано.", False),
    ("Bohdan Khmelnytsky", "uk", "Повстання Хмельницького придушено.", True),
    ("Volodymyr Zelensky", "pl", "Rozmowa z Zełenskim trwała godzinę.", True),
    ("Hillary Clinton", "ru", "После речи Клинтона все встали.", False),
    ("Zoran Đinđić", "hr", "Članovi Đinđićeve obitelji došli su.", True),
    ("Martti Ahtisaari", "sr", "Očekuje se da će Ahtisarijevim planom biti nešto predloženo.", True),
    ("George W. Bush", "sr", "Tako je rekao je Buš.", True),
    ("Ahmet Necdet Sezer", "sr", "Sredstva SE dobiće film.", False),
    ("Andrzej Duda", "pl", "Sondaż sprzyja Dudzie.", True),
    ("Nicolas Sarkozy", "tr", "Dün Nicolas Sarkozy'nin adaylığı açıklandı.", True),
    ("Alexis Tsipras", "fi", "Keskustelu Tsipraksen kanssa jatkui.", True),
    ("Mariusz Błaszczak", "uk", "Про це заявив Блащак.", True),
    ("Norma Talmadge", "ru", "Роль жены, Нормы Толмадж, невелика.", True),
    ("Jeff Knott", "ru", "Глава организации Джефф Нотт заявил.", True),
    ("Ivan Dziuba", "uk", "На заклик Івана Дзюби.", True),
    ("Xi Jinping", "cs", "Setkání se Si Ťin-pchingem skončilo.", True),
    ("Yuan Shikai", "cs", "Tehdy Jüan Š'-kchaj prohrál.", True),
    ("Dmitry Medvedev", "sl", "Včeraj so govorili o Medvedjevu.", True),
]  # fmt: skip
COUNTRIES = [
    ("KP", "ru", "Турнир в Северной Корее отменён.", True),
    ("BA", "pl", "Wypadek w Bośni i Hercegowinie.", True),
    ("IE", "cs", "Lov v Irském moři skončil.", False),
    ("IE", "cs", "Jednání s Irskem skončilo.", True),
    ("RO", "hr", "Rumunjsko tržište poraslo je.", False),
    ("ES", "sk", "Španielska vláda odstúpila.", False),
    ("IN", "ru", "Корабль ушёл в Вест-Индию.", False),
    ("AU", "ru", "Кто-то в Sony Australia это заметил.", False),
]


def _found(kind: EntityKind, value: str, lang: str, text: str) -> bool:
    index = build_index([EntitySpec("it", kind, value)])
    return bool(index.find(text, tokenize(text), lang))


@pytest.mark.parametrize(("name", "lang", "text", "found"), PERSONS)
def test_persons(name: str, lang: str, text: str, found: bool) -> None:
    assert _found(EntityKind.PERSON, name, lang, text) is found


@pytest.mark.parametrize(("code", "lang", "text", "found"), COUNTRIES)
def test_countries(code: str, lang: str, text: str, found: bool) -> None:
    assert _found(EntityKind.COUNTRY, code, lang, text) is found


@pytest.mark.parametrize(
    ("family", "given", "czech"),
    [
        ("Xi", ["Jinping"], "Si Ťin-pching"),
        ("Li", ["Keqiang"], "Li Kche-čchiang"),
        ("Hu", ["Jintao"], "Chu Ťin-tchao"),
        ("Wang", ["Yi"], "Wang I"),
        ("Kim", ["Jong", "Un"], None),
        ("Nguyen", ["Phu", "Trong"], None),
    ],
)
def test_czech_transcription(family: str, given: list[str], czech: str | None) -> None:
    assert czech_name(family, given) == czech
