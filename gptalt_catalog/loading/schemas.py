"""The JSON Schema of each kind of file, so that editors complete and complain while one types."""

from __future__ import annotations

import json
from typing import Any

from gptalt_catalog.domain.kinds import KINDS, Kind


def schema_of(kind: Kind) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the files of a kind."""
    schema = kind.model.model_json_schema(mode="validation")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"gptalt-catalog: {kind.name}",
        "description": (kind.model.__doc__ or "").strip().split("\n\n")[0],
    }
    return head | {key: value for key, value in schema.items() if key not in head}


def schema_files() -> dict[str, str]:
    """All schema files: name -> text."""
    return {
        f"{kind.name}.schema.json": json.dumps(schema_of(kind), indent=2, ensure_ascii=False, sort_keys=False) + "\n"
        for kind in KINDS
    }
