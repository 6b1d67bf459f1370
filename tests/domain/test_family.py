"""What the types of a family refuse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gptalt_catalog.domain.family import Base, Lineage


@pytest.mark.parametrize("bases", ["unknown", "undisclosed", (Base(checkpoint="root", relation="fine-tuned"),)])
def test_a_base_of_the_same_maker_without_an_entry_stands_alone(bases: object) -> None:
    with pytest.raises(ValidationError, match="own_base"):
        Lineage.model_validate({"evidence": "card", "bases": bases, "own_base": "unpublished"})


def test_a_base_of_the_same_maker_without_an_entry_can_be_said() -> None:
    lineage = Lineage.model_validate({"evidence": "card", "bases": (), "own_base": "not-listed"})
    assert lineage.own_base == "not-listed"
