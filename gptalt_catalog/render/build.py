"""Builds the site in both languages, and puts it in place only when all of it is there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.render.generate import Generated, generate
from gptalt_catalog.render.project import Project
from gptalt_catalog.views.words import LANGUAGES, Language


class SiteBuildError(Exception):
    """MkDocs could not build the site; the message holds the end of what it said."""


@dataclass(frozen=True)
class Built:
    """A finished site: its folder, what was generated for it, and MkDocs' warnings."""

    site: Path
    generated: Generated
    warnings: tuple[str, ...]


def build(catalog: Catalog, project: Project, out: Path, say: Callable[[str], None] = lambda _: None) -> Built:
    """Generate and build the site into ``out``/site; an older one there stays until the new one is whole.

    Args:
        catalog: A catalog without errors.
        project: Where templates and configurations are.
        out: The output folder, usually ``build``.
        say: Told what is going on, one line at a time.

    Raises:
        SiteBuildError: MkDocs failed.
    """
    generated = generate(catalog, project.site, out / "docs", project.schema, project.news())
    say(f"wrote {len(generated.written)} of {generated.files} source files; building pages")
    fresh = {language: out / f"site.new-{language}" for language in LANGUAGES}
    configs: dict[Language, Path] = {"en": project.config, "zh": project.config_zh}
    running = [_start(configs[language], out / "docs" / language, fresh[language]) for language in LANGUAGES]
    try:
        warnings = [warning for process in running for warning in _finish(process)]
        _put_in_place(fresh, out / "site")
    finally:
        for process in running:
            _stop(process)
        for folder in fresh.values():
            shutil.rmtree(folder, ignore_errors=True)
    return Built(out / "site", generated, tuple(warnings))


def _start(config: Path, docs: Path, site: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gptalt_catalog.render.mkdocs_build", str(config), str(docs), str(site)]
    # Our own module with our own paths; nothing of it comes from the catalog.
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603


def _finish(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate()
    if process.returncode != 0:
        raise SiteBuildError("MkDocs failed:\n" + "\n".join(err.strip().splitlines()[-15:]))
    warnings: list[str] = json.loads(out)
    return warnings


def _stop(process: subprocess.Popen[str]) -> None:
    """End a build that is still running because the other one failed or the user interrupted."""
    with process:
        if process.poll() is None:
            process.kill()


def _put_in_place(fresh: Mapping[Language, Path], site: Path) -> None:
    (fresh["zh"]).rename(fresh["en"] / "zh")
    old = site.with_name("site.old")
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    fresh["en"].rename(site)
    shutil.rmtree(old, ignore_errors=True)
