"""Entries that programs write, as YAML text in the catalog's form."""

from __future__ import annotations

import io

from gptalt_catalog.domain.base import Model
from gptalt_catalog.loading.files import CatalogFile
from gptalt_catalog.loading.formatting import schema_line


def entry_text(content: Model, found: CatalogFile) -> str:
    """The text of the file ``found`` with ``content``: schema line, keys in the order of the type.

    Fields that are absent are left out; ruamel.yaml quotes what would be read as something else.
    """
    from ruamel.yaml import YAML

    writer = YAML()
    writer.width = 110
    writer.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    writer.dump(content.model_dump(mode="json", exclude_none=True, exclude_defaults=False), stream)
    return f"{schema_line(found)}\n{stream.getvalue()}"
