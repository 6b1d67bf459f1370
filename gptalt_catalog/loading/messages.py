"""The objections of the types, in words: which code, what was found, what was wanted, how to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gptalt_catalog.domain.base import Model
from gptalt_catalog.domain.problem import Finding
from gptalt_catalog.domain.structure import field_shapes, model_at
from gptalt_catalog.domain.suggest import did_you_mean
from gptalt_catalog.loading.tree import Place

_FORMS = {
    "^[a-z0-9][a-z0-9.-]*$": (
        "bad-id",
        "an id",
        "use lower-case letters, digits, dots and hyphens, as in `llama-2-7b`",
    ),
    r"^-?\d+(\.\d+)?(e-?\d+)?$": (
        "bad-number",
        "a printed number",
        'write the digits in quotes as printed, e.g. "46.20"',
    ),
    r"^-?\d+(\.\d+)?(-\d+(\.\d+)?)?$": (
        "bad-number",
        "a number or a range",
        'write it in quotes, e.g. "13.1" or "7-15"',
    ),
    r"^\d+(\.\d+)?[MBT]$": ("bad-number", "a size label", "write it as in the name: 70M, 1.4B, 1T"),
    r"^[0-9a-f]{7,40}$": ("bad-id", "a commit", 'write 7 to 40 hexadecimal digits in quotes, e.g. "a19eecb"'),
    r"^[0-9a-f]{64}$": ("bad-id", "a SHA-256 hash", "write its 64 hexadecimal digits"),
    r"^\d+(\.\d+)?$": ("bad-number", "a number", 'write its digits in quotes, e.g. "0.05"'),
    r"^-?\d+(\.\d+)?$": ("bad-number", "a number", 'write its digits in quotes, e.g. "-0.05"'),
    r"^(0(\.\d+)?|1(\.0+)?)$": ("bad-number", "a number from 0 to 1", 'write it in quotes, e.g. "0.614"'),
    r"^[a-z0-9][a-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$": (
        "bad-id",
        "a record",
        "write its checkpoint and its name, e.g. pythia-70m/2026-11-25-e93a9faa",
    ),
    r"^E\d{2}$": ("bad-id", "a number of the survey's errors", "write E and two digits, e.g. E06"),
}
_REPOSITORY = ("bad-id", "a repository", "write owner/name, e.g. EleutherAI/pythia-70m")
_TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "finite_number": "a finite number",
}
_CUSTOM_FIXES = {
    "text-markup": "write plain text; links belong under `links:`",
    "link-scheme": "give an http or https address",
    "bad-link": "give a complete address without spaces, quotes or brackets",
    "bad-date": "write 2023, 2023-03 or 2023-03-14, or unknown or undisclosed",
    "bad-quantity": "write a number and a unit: 1.5T tokens, 825 GB, ~70k samples, or the number in full",
}


def findings_of(error: ValidationError, file: str, model: type[Model], tree: Mapping[str, Any]) -> list[Finding]:
    """One finding per place of ``tree`` that its type objects to."""
    places: dict[Place, list[Any]] = {}
    for detail in error.errors(include_url=False):
        places.setdefault(_place_in(tree, detail["loc"], detail["type"]), []).append(detail)
    for place in [p for p, details in places.items() if isinstance(details[0]["input"], dict | tuple)]:
        if any(other != place and other[: len(place)] == place for other in places):
            del places[place]  # what is wrong is a member; the other members of the union object to the whole
    return [_finding(file, place, _one_objection(details), model) for place, details in places.items()]


def _place_in(tree: Any, loc: tuple[str | int, ...], kind: str) -> Place:
    """``loc`` without the names of union members, which are no places of the file."""
    place: list[str | int] = []
    current = tree
    for step in loc:
        if isinstance(current, dict) and step in current:
            current = current[str(step)]
        elif isinstance(current, tuple) and isinstance(step, int) and step < len(current):
            current = current[step]
        else:
            continue
        place.append(step)
    if kind == "missing":
        place.append(loc[-1])
    return tuple(place)


def _one_objection(details: list[Any]) -> Any:
    """A union objects once per member; the member that was meant says the most."""
    best = next((d for d in details if d["type"] not in _TYPES and d["type"] != "literal_error"), None)
    if best is not None:
        return best
    words = ", ".join(d["ctx"]["expected"] for d in details if d["type"] == "literal_error")
    types = list(dict.fromkeys(_TYPES[d["type"]] for d in details if d["type"] in _TYPES))
    if not types and isinstance(details[0]["input"], str):
        return {**details[0], "ctx": {"expected": words}}
    one_of = [f"one of {words.replace(' or ', ', ')}"] if words else []
    first = next((d for d in details if d["type"] in _TYPES), {**details[0], "type": "model_type"})
    return {**first, "wanted": " or ".join([*types, *one_of]), "words": re.findall(r"'([^']*)'", words)}


def _finding(file: str, place: Place, detail: Any, model: type[Model]) -> Finding:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(file, place, model)
    if kind == "missing":
        parent = ".".join(map(str, place[:-1])) or "the entry"
        key = str(place[-1])
        return Finding(file, place, "missing-key", f"{parent} lacks the key `{key}`", f"add `{key}: …`", at_key=True)
    if kind in _CUSTOM_FIXES:
        return Finding(file, place, kind, detail["msg"], _CUSTOM_FIXES[kind])
    if kind == "literal_error":
        return _bad_value(file, place, detail)
    if kind == "string_pattern_mismatch":
        code, what, fix = _FORMS.get(detail["ctx"]["pattern"], _REPOSITORY)
        return Finding(
            file, place, code, f"{_shown(detail['input'])} is not {what}", fix, at_key="[key]" in detail["loc"]
        )
    if kind in ("string_too_short", "too_short", "string_too_long", "too_long"):
        return _bad_length(file, place, detail)
    if kind in _TYPES:
        return _wrong_type(file, place, detail)
    return Finding(
        file,
        place,
        "bad-value",
        f"{_shown(detail['input'])}: {_lower(detail['msg'])}",
        "give a value that the field allows",
    )


def _unknown_key(file: str, place: Place, model: type[Model]) -> Finding:
    key = str(place[-1])
    holder = model_at(model, place[:-1])
    known = [shape.name for shape in field_shapes(holder)] if holder else []
    near = did_you_mean(key, known)
    listed = ", ".join(known[:20])
    fix = f"did you mean `{near}`?" if near else f"remove it; keys here: {listed}"
    return Finding(file, place, "unknown-key", f"unknown key {_shown(key)}", fix, at_key=True)


def _bad_value(file: str, place: Place, detail: Any) -> Finding:
    allowed = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
    value = detail["input"]
    near = did_you_mean(value, allowed) if isinstance(value, str) else None
    fix = f"did you mean `{near}`?" if near else f"use one of: {', '.join(allowed)}"
    return Finding(file, place, "bad-value", f"{_shown(value)} is not in the vocabulary of `{_field(place)}`", fix)


def _bad_length(file: str, place: Place, detail: Any) -> Finding:
    context = detail["ctx"]
    if detail["type"].endswith("short"):
        return Finding(
            file, place, "bad-length", f"`{_field(place)}` is empty", "fill it, or remove the key if it may be left out"
        )
    limit = context["max_length"]
    return Finding(file, place, "bad-length", f"`{_field(place)}` is longer than {limit} characters", "shorten it")


def _wrong_type(file: str, place: Place, detail: Any) -> Finding:
    value, wanted = detail["input"], detail["wanted"]
    near = did_you_mean(value, detail["words"]) if isinstance(value, str) else None
    found = _shown(value)
    if near:
        fix = f"did you mean `{near}`?"
    elif isinstance(value, dict | tuple):
        found, fix = "a mapping" if isinstance(value, dict) else "a list", f"give {wanted}"
    elif value is None:
        found, fix = "nothing", f"give {wanted}, or remove the key"
    elif wanted.startswith("a text") and isinstance(value, int | float):
        found, fix = f"the number {value}", f'write it in quotes: "{value}" (with all printed digits)'
    elif wanted.startswith("a list"):
        fix = f"put it in brackets: [{str(value)[:60]}]"
    else:
        fix = f"give {wanted}"
    return Finding(file, place, "wrong-type", f"`{_field(place)}` must be {wanted}, not {found}", fix)


def _field(place: Place) -> str:
    return ".".join(map(str, place[-2:] if isinstance(place[-1], int) else place[-1:]))


def _shown(value: Any) -> str:
    """A short, harmless form of any value from a file."""
    text = value if isinstance(value, str) else repr(value)
    return ascii(text if len(text) <= 60 else text[:57] + "...")


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
