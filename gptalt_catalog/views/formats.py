"""Numbers, sizes, dates and amounts as people read them, in each language."""

from __future__ import annotations

from typing import Final

from gptalt_catalog.domain.base import Text
from gptalt_catalog.domain.quantity import Quantity
from gptalt_catalog.views.words import Language, value_label

_UNITS_ZH: Final = {
    "tokens": "词元",
    "samples": "条样本",
    "documents": "篇文档",
    "images": "张图像",
    "items": "题",
    "tasks": "项任务",
    "pairs": "对",
    "bytes": "字节",
}


def text_in(text: Text | None, language: Language) -> str:
    """A text in ``language``, in English where it is not translated; empty for none."""
    if text is None:
        return ""
    return (text.zh or text.en) if language == "zh" else text.en


def untranslated(text: Text | None, language: Language) -> bool:
    """Whether :func:`text_in` falls back to English."""
    return text is not None and language == "zh" and text.zh is None


def parameters_text(count: int | None) -> str:
    """A parameter count in three digits: ``6.74B``, ``70.4M``; empty for ``None``."""
    if count is None:
        return ""
    for unit, letter in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if count >= unit * 0.9995:  # 999.9 million read "1.00B", not "1000M"
            value = count / unit
            digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
            return f"{value:.{digits}f}{letter}"
    return str(count)


def percent_text(percent: float, digits: int = 1) -> str:
    """A percentage without its sign: ``46.2``."""
    return f"{percent:.{digits}f}"


def quantity_text(quantity: Quantity, language: Language) -> str:
    """An amount as its source writes it, with the unit's word in ``language``."""
    if language == "en":
        return quantity.text
    text = quantity.text
    for prefix in ("about ", "over ", "~"):
        text = text.removeprefix(prefix)
    for unit, word in _UNITS_ZH.items():
        text = text.replace(f" {unit}", f" {word}")
    return ("约 " if quantity.text != text and quantity.text[:1] in "~ao" else "") + text


def date_text(date: str | None, language: Language) -> str:
    """A date as written in the catalog, an absence as its word."""
    if date is None:
        return value_label("unknown", language)
    return value_label(date, language) if not date[:1].isdigit() else date


def host_of(url: str) -> str:
    """The host name of a web address, without ``www.``."""
    host = url.split("//", 1)[-1].split("/", 1)[0]
    return host.removeprefix("www.")
