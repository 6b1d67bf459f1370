from __future__ import annotations

import pytest

from gptalt_catalog.domain.base import Text
from gptalt_catalog.domain.quantity import parse_quantity
from gptalt_catalog.views.formats import date_text, host_of, parameters_text, quantity_text, text_in, untranslated


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, ""), (512, "512"), (70_426_624, "70.4M"), (6_738_415_616, "6.74B"), (13_015_864_320, "13.0B"),
        (175_000_000_000, "175B"), (1_000_000_000_000, "1.00T"), (1500, "1.50k"),
        (999_885_952, "1.00B"), (99_960_000, "100M"), (9_999_000_000, "10.0B"), (99_940_000, "99.9M"),
    ],
)  # fmt: skip
def test_parameter_counts(count: int | None, text: str) -> None:
    assert parameters_text(count) == text


@pytest.mark.parametrize(
    ("printed", "chinese"),
    [
        ("1.5T tokens", "1.5T 词元"),
        ("~70k samples", "约 70k 条样本"),
        ("about 3 documents", "约 3 篇文档"),
        ("over 1,000 items", "约 1,000 题"),
        ("825 GB", "825 GB"),
    ],
)
def test_amounts_keep_their_digits(printed: str, chinese: str) -> None:
    assert quantity_text(parse_quantity(printed), "en") == printed
    assert quantity_text(parse_quantity(printed), "zh") == chinese


def test_a_missing_translation_falls_back_and_is_told() -> None:
    text = Text(en="Only English")
    assert text_in(text, "zh") == "Only English"
    assert untranslated(text, "zh")
    assert not untranslated(text, "en")
    assert text_in(None, "zh") == ""


def test_dates_and_hosts() -> None:
    assert date_text("2023-04", "zh") == "2023-04"
    assert date_text("undisclosed", "zh") == "未公开"
    assert date_text(None, "en") == "not known"
    assert host_of("https://www.example.org/a/b") == "example.org"
