"""A large catalog for measurements: copies of the real one, with every id of a copy made its own.

Copies of real files keep the real mix of kinds, sizes, long texts and one-line claims, which made-up
entries would not.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.loading.catalog_loader import read_catalog

SHARED = ("vocabulary",)  # a larger catalog does not have more of these
_WORD = re.compile(r"(?<![\w./:@-])(?<!harness: )(?<!organization: )[a-z0-9][a-z0-9.-]*[a-z0-9](?![\w/@-]|\.\w)")
_ORGANIZATIONS = re.compile(r"( *organizations: .*\n)")
_NAMES = re.compile(r"^ *(?:aliases|former_ids):(?: \[[^\]]*\]|(?:\n +- .*)+)\n", re.MULTILINE)
_NAME = re.compile(r"^(name: )(.*)$", re.MULTILINE)
_REPOSITORY = re.compile(r"^( +repository: [\w.-]+/[\w.-]+)$|(\brepository: [\w.-]+/[\w.-]+)(?=[,}])", re.MULTILINE)


def grown_catalog(source: Path, target: Path, entries: int) -> int:
    """Write a catalog of at least ``entries`` files to ``target``, from ``source``; returns their number."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    files = sorted(p.relative_to(source) for p in source.rglob("*.yaml"))
    copied = [p for p in files if len(p.parts) > 1 and p.parts[0] not in SHARED]
    ids = _ids(read_catalog(source).catalog)
    count, copy = len(files), 0
    while count < entries:
        copy += 1
        for path in copied:
            text = (source / path).read_text(encoding="utf-8")
            name = target / path.parent / f"{path.stem}-s{copy}.yaml"
            name.write_text(_renamed(text, ids, f"-s{copy}", weights=path.parts[0] == "models"), encoding="utf-8")
        count += len(copied)
    return count


def _ids(catalog: Catalog) -> frozenset[str]:
    documents = {d.id for d in catalog.documents if d.file.split("/")[0] not in SHARED}
    # `yi` is a family and a language, `medical` a suite and a task: such words keep their meaning, references
    # then name the original
    words = {"catalog", *catalog.languages, *catalog.tasks}
    return frozenset({*documents, *catalog.checkpoints, *catalog.protocols}) - words


def _renamed(text: str, ids: frozenset[str], suffix: str, *, weights: bool) -> str:
    text = _NAMES.sub("", text)
    parts = _ORGANIZATIONS.split(text)
    parts[::2] = [_WORD.sub(lambda found: found[0] + suffix * (found[0] in ids), part) for part in parts[::2]]
    text = "".join(parts)
    text = _NAME.sub(lambda found: _suffixed(found[1], found[2], suffix), text)
    return _REPOSITORY.sub(lambda found: found[0] + suffix, text) if weights else text


def _suffixed(key: str, value: str, suffix: str) -> str:
    return f"{key}{value[:-1]}{suffix}{value[-1]}" if value.endswith(('"', "'")) else f"{key}{value}{suffix}"
