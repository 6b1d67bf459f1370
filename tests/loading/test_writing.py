"""Entries written by programs are read back as they were, and are in canonical form."""

from __future__ import annotations

from gptalt_catalog.domain.verification import Verification
from gptalt_catalog.loading.files import CatalogFile, classify
from gptalt_catalog.loading.formatting import formatted
from gptalt_catalog.loading.tree import read_tree
from gptalt_catalog.loading.writing import entry_text
from tests.catalogs import GOOD, read


def test_a_record_is_read_back_as_it_was() -> None:
    record = read(GOOD).catalog.verifications["small-70m/2026-11-01"]
    found = classify("verifications/small-70m/again.yaml")
    assert isinstance(found, CatalogFile)
    text = entry_text(record, found)
    assert Verification.model_validate(read_tree(text.encode()).value) == record
    assert formatted(text, found) == text
