"""MkDocs kept ready in this process: makes single pages exactly as a full build would.

A full build spends its time on a thousand pages; a preview needs the one that is looked at. The functions of
``mkdocs.commands.build`` are used as they are, so that both ways give the same bytes (a test holds them to it).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gptalt_catalog.render.raw_blocks import spare_blocks

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page


class PageMaker:
    """One language's MkDocs. Not for several threads at once.

    Args:
        config_file: The configuration of the language.
        folder: An existing folder that stands for MkDocs' input and output; nothing is read or written there.
    """

    def __init__(self, config_file: Path, folder: Path) -> None:
        os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's notice about a version that we exclude
        from mkdocs.config import load_config
        from mkdocs.structure.files import File, Files, set_exclusions
        from mkdocs.structure.nav import get_navigation

        place = str(folder.resolve())
        config = load_config(str(config_file), docs_dir=place, site_dir=f"{place}-site")
        spare_blocks(config)
        config.plugins.on_startup(command="build", dirty=False)
        self._config = config.plugins.on_config(config)
        self._config.plugins.on_pre_build(config=self._config)
        self._env = self._config.theme.get_env()
        listed = [File.generated(self._config, path, content="") for path in _listed(self._config.nav)]
        self._files = Files(listed)
        self._files.add_files_from_theme(self._env, self._config)
        self._files = self._config.plugins.on_files(self._files, config=self._config)
        set_exclusions(self._files, self._config)
        self._nav = get_navigation(self._files, self._config)
        self._nav = self._config.plugins.on_nav(self._nav, config=self._config, files=self._files)
        self._env = self._config.plugins.on_env(self._env, config=self._config, files=self._files)

    def page(self, path: str, markdown: str) -> str:
        """The HTML of the page whose source at ``path`` (``models/llama.md``) is ``markdown``."""
        from mkdocs.commands.build import _populate_page, get_context

        page = self._page(path, markdown)
        _populate_page(page, self._config, self._files)
        page.active = True
        self._config._current_page = page  # noqa: SLF001  what MkDocs does while it builds a page
        try:
            context = get_context(self._nav, self._files, self._config, page)
            template = self._env.get_template(page.meta.get("template", "main.html"))
            context = self._config.plugins.on_page_context(context, page=page, config=self._config, nav=self._nav)
            return self._config.plugins.on_post_page(template.render(context), page=page, config=self._config)
        finally:
            page.active = False
            self._config._current_page = None  # noqa: SLF001

    def _page(self, path: str, markdown: str) -> Page:
        from mkdocs.structure.files import File, InclusionLevel
        from mkdocs.structure.pages import Page

        file = self._files.get_file_from_path(path)
        if file is not None and file.page is not None:  # it stands in the navigation
            file.content_string = markdown
            return file.page
        inclusion = InclusionLevel.INCLUDED
        return Page(None, File.generated(self._config, path, content=markdown, inclusion=inclusion), self._config)

    def not_found(self) -> str:
        """The page for addresses that do not exist."""
        from mkdocs.commands.build import _build_template

        name = "404.html"
        return _build_template(name, self._env.get_template(name), self._files, self._config, self._nav)

    def theme_file(self, path: str) -> Path | None:
        """A style, script or picture of the theme; ``None`` if it has none of that name."""
        file = self._files.get_file_from_path(path)
        if file is None or file.abs_src_path is None:
            return None
        return Path(file.abs_src_path)


def _listed(nav: Any) -> Iterator[str]:
    """The source paths that a navigation names."""
    for item in nav or ():
        for target in item.values() if isinstance(item, dict) else (item,):
            if isinstance(target, list):
                yield from _listed(target)
            else:
                yield target
