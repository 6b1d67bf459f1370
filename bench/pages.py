"""The site's build against mkdocs-material alone: as many plain pages, each as large as one of ours.

Ours is everything from YAML to two finished sites; the plain one is a bare ``mkdocs build`` of Markdown that is
there already, with mkdocs-material's defaults (its search included) and no page in the navigation but the first.
"""

from __future__ import annotations

import gzip
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measure import ROOT, TOOL, WORK, Usage, row, usage
from bench.synthetic import grown_catalog

PLAIN = """
site_name: Plain
docs_dir: {docs}
site_dir: {site}
theme: {{name: material, font: false}}
validation: {{omitted_files: ignore}}
nav: [{{Home: index.md}}]
"""
TEXT = (
    "a model of the catalog has weights that were published under its own license and may be used by people who "
    "read what each source says about training data tokens parameters context benchmarks scores protocols evidence"
)
WORDS = TEXT.split()


def bench_site(rounds: int, entries: int | None = None) -> list[str]:
    """The real catalog, or one grown to a number of ``entries``; the median ratio of some rounds."""
    catalog = ROOT / "catalog"
    if entries is not None:
        catalog = WORK / "catalog"
        grown_catalog(ROOT / "catalog", catalog, entries)
    out = WORK / "built"
    shutil.rmtree(out, ignore_errors=True)
    usage([TOOL, "site", "generate", "--catalog", catalog, "--out", out])
    pages, size = plain_pages(out / "docs", WORK / "plain")
    config = WORK / "plain.yml"
    config.write_text(PLAIN.format(docs=WORK / "plain", site=WORK / "plain-site"), encoding="utf-8")
    runs = [_round(catalog, out, config) for _ in range(rounds)]
    generate, build, plain = sorted(runs, key=lambda run: run[1].processor / run[2].processor)[len(runs) // 2]
    name = f"site of {pages:,} pages ({size / pages / 1000:.1f} KB each), "
    total, share = build.processor / plain.processor, generate.processor / plain.processor
    own = generate.processor / (build.processor - generate.processor)
    each = 1000 * build.processor / pages
    value = f"{build.processor:.1f} s against {plain.processor:.1f} s, {total:.2f} times ({each:.1f} ms a page)"
    lines = [row(name + "YAML to two sites against mkdocs-material alone", value, "at most 1.2 times", total <= 1.2)]
    value = f"{generate.processor:.1f} s, {share:.2f} times ({own:.2f} times what our own MkDocs stage takes)"
    lines.append(row(name + "YAML to Markdown, of which, against mkdocs-material alone", value, "", True))
    value = f"{build.memory / 1e6:.0f} MB (mkdocs-material alone: {plain.memory / 1e6:.0f} MB)"
    lines.append(row(name + "peak memory of the largest process", value, "", True))
    lines.append(row(name + "bytes of search that a visitor may load (gzip)", _search(out), "", True))
    return lines


def _round(catalog: Path, out: Path, config: Path) -> tuple[Usage, Usage, Usage]:
    for folder in (out, WORK / "generated", WORK / "plain-site"):
        shutil.rmtree(folder, ignore_errors=True)  # what is there already is not written again
    generate = usage([TOOL, "site", "generate", "--catalog", catalog, "--out", WORK / "generated"])
    build = usage([TOOL, "site", "build", "--catalog", catalog, "--out", out])
    plain = usage([sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", config])
    return generate, build, plain


def plain_pages(docs: Path, target: Path) -> tuple[int, int]:
    """Write a plain page for each of ours, as many bytes; returns their number and size."""
    shutil.rmtree(target, ignore_errors=True)
    chance = random.Random(1)  # noqa: S311  words of a text, not secrets
    pages = size = 0
    for source in sorted(docs.rglob("*.md")):
        path = target / source.relative_to(docs)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = plain_text(source.stat().st_size, chance)
        path.write_text(text, encoding="utf-8")
        pages, size = pages + 1, size + len(text)
    (target / "index.md").write_text("# Home\n", encoding="utf-8")
    return pages, size


def plain_text(size: int, chance: random.Random) -> str:
    """A page of ordinary Markdown: headings, paragraphs with some emphasis and links, lists."""
    parts, length = [], 0
    for part in _parts(chance):
        parts.append(part)
        length += len(part) + 2
        if length >= size:
            break
    return "\n\n".join(parts)[:size]


def _parts(chance: random.Random) -> Iterator[str]:
    yield "# " + _line(chance, 4)
    while True:
        yield "## " + _line(chance, 5)
        yield _line(chance, 70) + " **" + _line(chance, 3) + "** " + _line(chance, 50)
        yield "\n".join("- " + _line(chance, 12) for _ in range(6))
        yield (
            _line(chance, 60)
            + f" [{_line(chance, 2)}](https://example.org/{chance.randrange(1000)}) "
            + _line(chance, 40)
        )


def _line(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words))


def _search(out: Path) -> str:
    ours = [out / "site/assets/data/search.json", out / "site/zh/assets/data/search.json"]
    theirs = WORK / "plain-site/search/search_index.json"
    sizes = [len(gzip.compress(path.read_bytes())) / 1000 for path in (*ours, theirs)]
    ours_text = f"{sizes[0]:.0f} KB English, {sizes[1]:.0f} KB Chinese, when the search is opened"
    return f"{ours_text} (mkdocs-material alone: {sizes[2]:.0f} KB with the first page)"
