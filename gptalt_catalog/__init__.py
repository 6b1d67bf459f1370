"""A typed, evidence-backed catalog of open alternatives to GPT.

The public Python API is small::

    from gptalt_catalog import load_catalog

    catalog = load_catalog()                 # the packaged or nearest catalog
    catalog.families["pythia"].checkpoints   # frozen, typed entries

See :mod:`gptalt_catalog.domain` for the types and
:mod:`gptalt_catalog.views` for queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["CatalogError", "load_catalog", "query_checkpoints"]

if TYPE_CHECKING:
    from gptalt_catalog.loading.catalog_loader import CatalogError, load_catalog
    from gptalt_catalog.views.model_list import query_checkpoints


def __getattr__(name: str) -> Any:
    # Lazy, so that `gptalt-catalog --help` does not import pydantic.
    if name in ("CatalogError", "load_catalog"):
        from gptalt_catalog.loading import catalog_loader

        return getattr(catalog_loader, name)
    if name == "query_checkpoints":
        from gptalt_catalog.views.model_list import query_checkpoints

        return query_checkpoints
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
