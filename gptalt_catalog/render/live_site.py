"""The site of a catalog held in memory: every page and file is made when a browser asks for it.

So a change costs what the pages looked at cost, and not a build of all of them; nothing has to know
which pages a change touches, because all are made from the catalog as it is now.
"""

from __future__ import annotations

import mimetypes
import tempfile
import threading
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.render.environment import Templates
from gptalt_catalog.render.page_maker import PageMaker
from gptalt_catalog.render.places import file_of
from gptalt_catalog.render.project import Project
from gptalt_catalog.render.site_data import site_data
from gptalt_catalog.render.sources import Sources
from gptalt_catalog.views.words import LANGUAGES, Language

HTML = "text/html"


@dataclass(frozen=True)
class Answer:
    """What a request gets; ``location`` is where a redirect leads."""

    status: HTTPStatus
    kind: str
    body: bytes
    location: str = ""


class Workshop:
    """Templates and MkDocs of a project, ready to make pages; renewed when ``site/`` changes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.templates = Templates([project.site / "templates", project.site / "pages"])
        configs: dict[Language, Path] = {"en": project.config, "zh": project.config_zh}
        with tempfile.TemporaryDirectory() as folder:  # MkDocs wants one to exist
            self.makers = {language: PageMaker(configs[language], Path(folder)) for language in LANGUAGES}


class LiveSite:
    """Answers requests from one catalog. Threads may share it."""

    def __init__(self, catalog: Catalog, workshop: Workshop) -> None:
        project = workshop.project
        data = site_data(catalog, project.news(), project.schema)
        self._sources = Sources(data, project.site, workshop.templates, project.schema)
        self._workshop = workshop
        self._lock = threading.Lock()
        self._made: dict[str, Answer] = {}

    def answer(self, path: str) -> Answer:
        """What stands at a path of the site (``/zh/models/llama/``), the page for missing ones included."""
        with self._lock:
            if path not in self._made:
                self._made[path] = self._find(path)
            return self._made[path]

    def _find(self, path: str) -> Answer:
        language: Language = "en"
        rest = path.removeprefix("/")
        if rest == "zh" or rest.startswith("zh/"):
            language, rest = "zh", rest[3:]
        pages = self._sources.pages[language]
        if rest in pages and not path.endswith("/zh"):
            source = self._sources.markdown(language, rest)
            html = self._workshop.makers[language].page(file_of(rest), source)
            return Answer(HTTPStatus.OK, HTML, html.encode("utf-8", errors="xmlcharrefreplace"))
        if f"{rest}/" in pages or path == "/zh":
            return Answer(HTTPStatus.MOVED_PERMANENTLY, HTML, b"", f"{path}/")
        body = self._file(language, rest)
        if body is None:
            missing = self._workshop.makers["en"].not_found()
            return Answer(HTTPStatus.NOT_FOUND, HTML, missing.encode())
        kind = mimetypes.guess_type(rest)[0] or "application/octet-stream"
        return Answer(HTTPStatus.OK, kind, body)

    def _file(self, language: Language, path: str) -> bytes | None:
        make = self._sources.files.get(f"{language}/{path}")
        if make is not None:
            content = make()
            return content.encode() if isinstance(content, str) else content
        found = self._workshop.makers[language].theme_file(path)
        return found.read_bytes() if found is not None else None
