"""Reads ``evalhooks/protocols.yaml``: which task answers to which protocol of the catalog."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from gptalt_catalog.domain.protocol_table import ProtocolRows
from gptalt_catalog.loading.location import project_file
from gptalt_catalog.loading.tree import read_tree

Rows = TypeVar("Rows", bound=ProtocolRows)


class ProtocolTableError(ValueError):
    """The table is not well-formed; the message says where."""


def read_protocol_table(kind: type[Rows], folder: Path | None = None) -> Rows:
    """The table as a ``kind``, from ``folder`` or the project's ``evalhooks``.

    Raises :class:`ProtocolTableError` if it is not well-formed, ``OSError`` if it cannot be read.
    """
    path = (folder or project_file("evalhooks")) / "protocols.yaml"
    tree = read_tree(path.read_bytes())
    if tree.value is None:
        first = tree.faults[0]
        raise ProtocolTableError(f"{path.name}:{first.line}:{first.column}: {first.message}; {first.fix}")
    try:
        return kind.model_validate_json(json.dumps(tree.value))
    except ValidationError as error:
        raise ProtocolTableError(f"{path.name} is not well-formed: {error}") from None
