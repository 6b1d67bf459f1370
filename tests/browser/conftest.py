"""The site of a few real families, built once and served, for the tests in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gptalt_catalog.domain.catalog import Catalog, Document
from gptalt_catalog.domain.claim import ClaimFile
from gptalt_catalog.domain.family import Family
from gptalt_catalog.domain.reports import MeasurementFile
from gptalt_catalog.render.build import build
from gptalt_catalog.render.project import Project
from gptalt_catalog.views.lineage import Lineage
from tests.browser.hostile import hostile_catalog
from tests.catalogs import CHECKOUT, read

FAMILIES = ("vicuna", "llama", "belle-7b", "chatglm-6b", "chatglm2-6b", "pythia", "falcon", "xverse-13b", "biogpt")
FOLDERS = ("models/", "claims/", "measurements/", "sources/", "datasets/", "suites/", "verifications/")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The families of :data:`FAMILIES` with their bases, and everything that speaks of them."""
    return subset(read(CHECKOUT / "catalog").catalog, FAMILIES)


def subset(whole: Catalog, wanted: tuple[str, ...]) -> Catalog:
    """The families wanted, those they build on, and what the rest of the catalog says of them."""
    families: set[str] = set()
    open_ = list(wanted)
    lineage = Lineage(whole)
    while open_:
        family = open_.pop()
        if family not in families:
            families.add(family)
            open_.extend(link.parent for link in lineage.parents_of(family))
    checkpoints = {key for key, checkpoint in whole.checkpoints.items() if checkpoint.family in families}
    kept = [d for d in (_part(d, families, checkpoints) for d in whole.documents) if d is not None]
    cited = {p.source for d in kept for p in getattr(d.content, "evidence", {}).values()}
    cited |= {d.id for d in kept if d.kind.name in ("claims", "measurements", "statements")}
    cited |= {defect.source for defect in whole.defects.values()}
    used = {
        dataset
        for key in checkpoints
        if (training := whole.checkpoints[key].training) is not None and not isinstance(training.datasets, str)
        for dataset in training.datasets
    }
    sources = [d for d in whole.documents if d.kind.name == "source" and d.id in cited]
    datasets = [d for d in whole.documents if d.kind.name == "dataset" and d.id in used]
    return Catalog((*kept, *sources, *datasets))


def _part(document: Document, families: set[str], checkpoints: set[str]) -> Document | None:
    content = document.content
    if isinstance(content, Family):
        return document if document.id in families else None
    if isinstance(content, ClaimFile):
        sets = tuple(s for s in content.sets if s.checkpoint in checkpoints or s.family in families)
        return _with(document, content.model_copy(update={"sets": sets})) if sets else None
    if isinstance(content, MeasurementFile):
        rows = tuple(m for m in content.measurements if m.checkpoint in checkpoints)
        return _with(document, content.model_copy(update={"measurements": rows})) if rows else None
    return None if document.file.startswith(FOLDERS) else document


def _with(document: Document, content: ClaimFile | MeasurementFile) -> Document:
    return Document(document.file, document.id, document.kind, content)


@pytest.fixture(scope="session")
def site_folder(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    out = tmp_path_factory.mktemp("site")
    built = build(catalog, Project.of(CHECKOUT / "catalog"), out)
    assert built.warnings == ()
    return out


class _Built(SimpleHTTPRequestHandler):
    """Serves the built site as a plain web server does: its 404 page for what is not there."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != 404:
            super().send_error(code, message, explain)
            return
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves a built site; the address, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Built, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address of the site, with a slash at its end."""
    with serving(site_folder / "site") as address:
        yield address


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of :func:`.hostile.hostile_catalog`, built as any other."""
    out = tmp_path_factory.mktemp("hostile")
    built = build(hostile_catalog(), Project.of(CHECKOUT / "catalog"), out)
    assert built.warnings == ()
    return out / "site"


@pytest.fixture(scope="session")
def hostile(hostile_folder: Path) -> Iterator[str]:
    """The address of that site."""
    with serving(hostile_folder) as address:
        yield address
