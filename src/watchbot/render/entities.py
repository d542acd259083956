"""What an entity is called in the chat: never by the id that rules.yaml gives it."""

from __future__ import annotations

from collections.abc import Iterable

from watchbot.model import EntityKind, EntitySpec
from watchbot.render.i18n import Texts
from watchbot.render.rich import clean


def entity_title(spec: EntitySpec, t: Texts) -> str:
    """Its name in the reader's language, else the name it was written down by, else the first of its names."""
    if spec.kind is EntityKind.COUNTRY:
        return t.country_name(spec.value)
    own = spec.names.get(t.language, ())
    found = [*own, spec.value, *(name for names in spec.names.values() for name in names), *spec.acronyms]
    title = next((name for name in found if name.strip()), spec.id.replace("-", " ").title())
    return clean(title).strip()


def entity_titles(specs: Iterable[EntitySpec], t: Texts) -> dict[str, str]:
    """Titles by id."""
    return {spec.id: entity_title(spec, t) for spec in specs}
