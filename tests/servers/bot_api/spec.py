"""Checks requests and answers against the machine-readable Bot API, where that file lies beside the checkout.

`load_spec()` returns None when it is absent: the server then serves without this check. Every check returns a list of
sentences; an empty list means that the value conforms.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

SPEC = Path(__file__).parents[4] / "shared" / "data" / "telegram" / "bot-api.json"
SCALARS: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "String": (str,),
    "Boolean": (bool,),
    "Float": (int, float),
}


class Spec:
    """The Bot API's methods and types."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.version: str = data["version"]
        self.methods: dict[str, Any] = data["methods"]
        self.types: dict[str, Any] = data["types"]

    def check_request(self, method: str, params: dict[str, Any]) -> list[str]:
        """What is wrong with a call. `params` are decoded values (numbers, booleans, lists), not form strings."""
        if method not in self.methods:
            return [f"no such method: {method}"]
        fields = {field["name"]: field for field in self.methods[method].get("fields", [])}
        problems = [f"{method}: unknown parameter {name}" for name in params if name not in fields]
        for name, field in fields.items():
            if name not in params:
                if field["required"]:
                    problems.append(f"{method}: {name} is required")
            elif not any(self.fits(kind, params[name]) for kind in field["types"]):
                problems += self.check_any(field["types"], params[name], f"{method}.{name}")
        return problems

    def check_answer(self, method: str, result: Any) -> list[str]:
        """What is wrong with the `result` of a call that succeeded."""
        return self.check_any(self.methods[method]["returns"], result, f"{method} ->")

    def fits(self, kind: str, value: Any) -> bool:
        return not self.check(kind, value, "")

    def check_any(self, kinds: list[str], value: Any, where: str) -> list[str]:
        """The problems of the alternative that fits best."""
        return min((self.check(kind, value, where) for kind in kinds), key=len)

    def check(self, kind: str, value: Any, where: str) -> list[str]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{where}: {value!r} is no list"]
            inner = kind.removeprefix("Array of ")
            return [p for n, item in enumerate(value) for p in self.check(inner, item, f"{where}[{n}]")]
        if kind in SCALARS:
            wrong = not isinstance(value, SCALARS[kind]) or (kind != "Boolean" and isinstance(value, bool))
            return [f"{where}: {value!r} is no {kind}"] if wrong else []
        if kind == "InputFile":
            return [] if isinstance(value, (str, bytes)) or "data" in value else [f"{where}: {value!r} is no file"]
        return self.check_type(self.types[kind], value, where)

    def check_type(self, spec: dict[str, Any], value: Any, where: str) -> list[str]:
        if "subtypes" in spec:
            return self.check_any(spec["subtypes"], value, where)
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no {spec['name']}"]
        fields = {field["name"]: field for field in spec.get("fields", [])}
        problems = [f"{where}: {spec['name']} has no field {name}" for name in value if name not in fields]
        for name, field in fields.items():
            if name in value:
                problems += self.check_any(field["types"], value[name], f"{where}.{name}")
            elif field["required"]:
                problems.append(f"{where}: {spec['name']}.{name} is missing")
        return problems


@lru_cache(maxsize=1)
def load_spec() -> Spec | None:
    """The Bot API's specification, or None where the file is not beside the checkout."""
    return Spec(json.loads(SPEC.read_text(encoding="utf-8"))) if SPEC.exists() else None
