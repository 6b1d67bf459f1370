"""The finder on the home page: the choices of its form, and short lists for readers without JavaScript."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, get_args

from gptalt_catalog.domain.family import Role
from gptalt_catalog.domain.memory import GIB, PRECISIONS
from gptalt_catalog.render.choosing import USUAL_CONTEXT, Choosing
from gptalt_catalog.render.site_data import SiteData
from gptalt_catalog.render.strings.choosing import choosing_strings
from gptalt_catalog.views.model_list import query_checkpoints
from gptalt_catalog.views.shortlist import Pick, shortlist
from gptalt_catalog.views.words import Language

STATIC_MEMORIES: Final = (8, 16, 24)
STATIC_PICKS: Final = 5
MEMORIES: Final = (4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 80)
"""Suggestions; any number may be typed."""

CONTEXTS: Final = (2048, 4096, 8192, 16384, 32768, 131072)


def finder(data: SiteData, language: Language) -> dict[str, Any]:
    """What the finder's part of a template needs."""
    spoken = Counter(code for row in data.rows[language] for code in row.languages)
    named = data.readers[language].named
    return {
        "c": choosing_strings(language),
        "choose": Choosing(data, language),
        "memories": MEMORIES,
        "contexts": CONTEXTS,
        "precisions": PRECISIONS,
        "roles": get_args(Role),
        "tongues": sorted(((code, named("language", code)) for code in spoken), key=lambda pair: -spoken[pair[0]]),
        "static_lists": [(memory, static_list(data, language, memory)) for memory in STATIC_MEMORIES],
    }


def static_list(data: SiteData, language: Language, memory: int) -> tuple[Pick, ...]:
    """The first picks for ``memory`` GiB, 4 bits and commercial use."""
    rows = query_checkpoints(
        data.catalog,
        license="commercial",
        fits=memory * GIB,
        context=USUAL_CONTEXT,
        rows=data.rows[language],
    )
    return shortlist(rows, data.fitting, "q4_k_m", USUAL_CONTEXT)[:STATIC_PICKS]
