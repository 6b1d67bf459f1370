"""A few tasks on made-up rows, planned once a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gptalt_catalog.verify.pipeline.tasks import TaskLibrary

REPOSITORIES = ("aps/super_glue", "Rowan/hellaswag", "openai/gsm8k", "EleutherAI/lambada_openai", "ehovy/race")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> TaskLibrary:
    pytest.importorskip("lm_eval")
    from tests.verify.tasks import data

    return data.made_up_library(tmp_path_factory.mktemp("library"), *REPOSITORIES)


@pytest.fixture(scope="session")
def tiny() -> tuple[Any, Any]:
    """A model with random weights, and its tokenizer (an EOS, no BOS, no padding)."""
    pytest.importorskip("torch")
    from tests.verify.pipeline import models

    tokenizer = models.random_tokenizer()
    return models.random_model(tokenizer), tokenizer
