"""What a source says, by the section in which it says it."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.reports import Statement

SCIENCE = "科学领域模型"
MULTIMODAL = "图文多模态模型"
HUMAN = "人工评测"
DIRECTIONS = "主要挑战与发展方向"
"""Sections of the article on the survey."""


@dataclass(frozen=True)
class Said:
    """A statement with its id and its source."""

    source: str
    id: str
    statement: Statement


def said_in(catalog: Catalog, section: str) -> tuple[Said, ...]:
    """The statements whose locator names a section, in the order of their file."""
    start = f"section {section}"
    return tuple(Said(source, key, s) for source, key, s in catalog.statements if s.locator.startswith(start))
