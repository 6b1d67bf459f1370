"""Amounts with a unit, written as people write them: ``1.5T tokens``, ``~70k samples``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from gptalt_catalog.domain.base import Absent, Model

Unit = Literal["tokens", "bytes", "samples", "documents", "images", "items", "tasks", "pairs"]
"""``tokens`` are what a tokenizer counts; ``bytes`` are decimal (GB = 10**9) unless the text
says GiB; ``samples`` are instruction or dialogue records; ``documents`` papers or pages;
``items`` benchmark questions; ``pairs`` image-text pairs."""

_SCALE = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_BYTES |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "bytes": 1}
_FORM = re.compile(
    r"(?P<approx>~|about |over )?(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(?:"
    r"(?P<bytes>KB|MB|GB|TB|KiB|MiB|GiB|TiB|bytes)"
    r"|(?P<scale>[kMBT]?) (?P<unit>tokens|samples|documents|images|items|tasks|pairs))"
)


class Quantity(Model):
    """A count with its unit; ``approximate`` if the source rounds or says "about"."""

    amount: int
    unit: Unit
    approximate: bool
    text: str

    def __str__(self) -> str:
        return self.text


def parse_quantity(text: str) -> Quantity:
    """Parse ``1.5T tokens``, ``825 GB``, ``~70k samples`` or ``299,892,736,000 tokens``.

    Raises ``ValueError`` for anything else. An amount is exact only if it is written out.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    number = Decimal(found["number"].replace(",", ""))
    if found["bytes"]:
        factor, unit = _BYTES[found["bytes"]], "bytes"
        rounded = found["bytes"] != "bytes"
    else:
        factor, unit = _SCALE[found["scale"]], found["unit"]
        rounded = bool(found["scale"])
    return Quantity(
        amount=int(number * factor),
        unit=unit,  # type: ignore[arg-type]  # the pattern admits only the units above
        approximate=bool(found["approx"]) or rounded,
        text=text,
    )


def _quantity(value: Any) -> Any:
    if value in ("unknown", "undisclosed") or not isinstance(value, str | int):
        return value
    try:
        return parse_quantity(str(value))
    except ValueError:
        raise PydanticCustomError(
            "bad-quantity", "{value} is not an amount with a unit", {"value": ascii(str(value)[:60])}
        ) from None


_JSON_PATTERN = re.sub(r"\?P<\w+>", "?:", f"^({_FORM.pattern}|unknown|undisclosed)$")  # Python's names are not JSON's

Amount = Annotated[
    Quantity | Absent,
    BeforeValidator(_quantity),
    WithJsonSchema({"type": "string", "pattern": _JSON_PATTERN}),
]
"""A :class:`Quantity` written as text, or an absence word."""
