"""One run of MkDocs in a process of its own: ``python -m gptalt_catalog.render.mkdocs_build CONFIG DOCS SITE``.

A process, so that both languages build at the same time. Prints MkDocs' warnings as a JSON list.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

from gptalt_catalog.render.raw_blocks import spare_blocks


class _Collect(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def build_language(config_file: Path, docs: Path, site: Path) -> list[str]:
    """Build the pages in ``docs`` into ``site``; returns MkDocs' warnings.

    Raises MkDocs' ``ConfigurationError`` or ``BuildError`` if it cannot.
    """
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's notice about a version that we exclude
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    collected = _Collect()
    logging.getLogger("mkdocs").addHandler(collected)
    config = load_config(str(config_file), docs_dir=str(docs.resolve()), site_dir=str(site.resolve()))
    spare_blocks(config)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    config.plugins.on_shutdown()
    return collected.messages


def main(arguments: list[str]) -> int:
    """Run with the three paths; 0 if the site was built."""
    config, docs, site = (Path(argument) for argument in arguments)
    json.dump(build_language(config, docs, site), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
