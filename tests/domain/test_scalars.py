"""The scalar types: dates with their precision, amounts with their unit, links, and texts without markup."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from gptalt_catalog.domain.base import Line, PartialDate, Plain, Url, Verbatim, date_is_known, surely_before
from gptalt_catalog.domain.license import strictest
from gptalt_catalog.domain.problem import ERRORS, WARNINGS, severity_of
from gptalt_catalog.domain.quantity import Amount, Quantity, parse_quantity
from gptalt_catalog.domain.suggest import did_you_mean


def code_of(kind: Any, value: object) -> str | None:
    """The code of the objection to ``value``, ``None`` if it is accepted."""
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError as error:
        return str(error.errors()[0]["type"])
    return None


@pytest.mark.parametrize("value", ["2023", "2023-03", "2023-03-14", "2024-02-29", "unknown", "undisclosed"])
def test_dates(value: str) -> None:
    assert TypeAdapter(PartialDate).validate_python(value) == value


def test_a_bare_year_is_read_as_a_number_by_yaml() -> None:
    assert TypeAdapter(PartialDate).validate_python(2023) == "2023"


@pytest.mark.parametrize(
    "value", ["2023-13", "2023-02-30", "2023-00", "2023-3", "23", "March 2023", "2023-03-14T00:00", 1899, True]
)
def test_no_dates(value: object) -> None:
    assert code_of(PartialDate, value) in ("bad-date", "string_type")


def test_dates_are_compared_at_the_precision_that_both_have() -> None:
    assert surely_before("2023-03-14", "2023-04")
    assert not surely_before("2023-03-14", "2023-03")
    assert not surely_before("2023", "2023-01-01")
    assert not surely_before("unknown", "2023")
    assert not date_is_known("undisclosed")


@pytest.mark.parametrize(
    ("text", "amount", "unit", "approximate"),
    [
        ("1.5T tokens", 1_500_000_000_000, "tokens", True),
        ("825 GB", 825 * 10**9, "bytes", True),
        ("825 GiB", 825 * 2**30, "bytes", True),
        ("~70k samples", 70_000, "samples", True),
        ("about 15k samples", 15_000, "samples", True),
        ("299,892,736,000 tokens", 299_892_736_000, "tokens", False),
        ("52002 samples", 52_002, "samples", False),
        ("12 bytes", 12, "bytes", False),
    ],
)
def test_amounts(text: str, amount: int, unit: str, approximate: bool) -> None:
    found = parse_quantity(text)
    assert (found.amount, found.unit, found.approximate, str(found)) == (amount, unit, approximate, text)
    assert TypeAdapter(Amount).validate_python(text) == found


@pytest.mark.parametrize(
    "value", ["825GB tokens", "1.5T", "52K", "trillions of tokens", "207B token", "-1 tokens", "", 300, "1,00 tokens"]
)
def test_no_amounts(value: object) -> None:
    assert code_of(Amount, value) == "bad-quantity"
    assert code_of(Amount, None) is not None


def test_absent_amounts() -> None:
    assert TypeAdapter(Amount).validate_python("undisclosed") == "undisclosed"


@given(st.integers(1, 10**15))
def test_written_out_amounts_are_exact(number: int) -> None:
    assert parse_quantity(f"{number:,} tokens") == Quantity(
        amount=number, unit="tokens", approximate=False, text=f"{number:,} tokens"
    )


@pytest.mark.parametrize("value", ["https://example.org", "http://a.b/c?d=e#f", "https://example.org:8000/x%20y"])
def test_links(value: str) -> None:
    assert code_of(Url, value) is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("javascript:alert(1)", "link-scheme"), ("JaVaScRiPt:alert(1)", "link-scheme"), ("data:text/html,x", "link-scheme"),
        ("//example.org", "link-scheme"), ("ftp://example.org", "link-scheme"), (" https://example.org", "link-scheme"),
        ("https://", "bad-link"), ("https://exa mple.org", "bad-link"), ('https://example.org/"onclick="x', "bad-link"),
        ("https://example.org/<b>", "bad-link"), ("https://user@example.org", "bad-link"), ("https://example.org/a\nb", "bad-link"),
        ("https://еxample.org", "bad-link"), ("https://example.org/" + "x" * 500, "string_too_long"),
    ],
)  # fmt: skip
def test_no_links(value: str, code: str) -> None:
    assert code_of(Url, value) == code


@pytest.mark.parametrize(
    "value", ["5 < 6 and 7 > 6", "R&D at AT&T", "100 % of C:", "模型，许可证", "a_b *c*", "x <- y", "Größe", "$5"]
)
def test_plain_texts(value: str) -> None:
    assert code_of(Plain, value) is None


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>", "a <b>c", "</p>", "<!-- x", "<img src=x onerror=y", "< svg onload=1", "&lt;b&gt;", "&#60;", "&nbsp;",
        r"\textasciitilde 15k", r"$\sim$100k", r"\cite{x}", "[x](javascript:1)", "![x](y)", "a\x00b", "a\x1bb", "a\u202eb", "a\u200bb", "\ufeffa",
    ],
)  # fmt: skip
def test_markup(value: str) -> None:
    assert code_of(Plain, value) == "text-markup"
    assert code_of(Line, value) == "text-markup"


def test_verbatim_keeps_what_was_printed_but_no_control_characters() -> None:
    assert code_of(Verbatim, r"\textasciitilde 15k <b>") is None
    assert code_of(Verbatim, "two\nlines") is None
    assert code_of(Verbatim, "a\x1b[31m") == "text-markup"
    assert code_of(Verbatim, "a\u202eb") == "text-markup"


def test_the_strictest_license_decides() -> None:
    assert strictest(("yes", "conditional")) == "conditional"
    assert strictest(("yes", "no", "unclear")) == "no"
    assert strictest(("unclear", "conditional")) == "unclear"
    assert strictest(()) == "unclear"


def test_suggestions() -> None:
    assert did_you_mean("PYTHIA-70M", ["pythia-70m", "pythia-1b"]) == "pythia-70m"
    assert did_you_mean("zebra", ["pythia-70m"]) is None


def test_no_code_is_both() -> None:
    assert not ERRORS.keys() & WARNINGS.keys()
    assert (severity_of("bad-id"), severity_of("claim-grim")) == ("error", "warning")
    with pytest.raises(KeyError):
        severity_of("no-such-code")
