"""The page that lists what was compared says what the tests compare."""

from __future__ import annotations

import pytest

pytest.importorskip("lm_eval")

from tests.verify.tasks.listing import PAGE, page

pytestmark = pytest.mark.verify


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.verify.tasks.listing"
