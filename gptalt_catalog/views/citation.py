"""How to cite a model family: BibTeX from what the catalog knows, with organizations as authors.

The catalog does not know the authors of papers, so the entry says who released the model; where there is a paper, the
entry points to it.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.evidence import LinkKind
from gptalt_catalog.domain.family import Family
from gptalt_catalog.views.model_list import release_date

_ARXIV: Final = re.compile(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5}|[a-z-]+/\d{7})")
_SPECIAL: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_BEST_LINKS: Final[tuple[LinkKind, ...]] = ("paper", "blog", "homepage", "code", "weights", "documentation")


def tex(text: str) -> str:
    """``text`` with what TeX takes for a command written as a character, on one line."""
    return "".join(_SPECIAL.get(character, character) for character in " ".join(text.split()))


def family_bibtex(catalog: Catalog, key: str) -> str:
    """A BibTeX entry for the family ``key``. Raises ``KeyError`` for an unknown id."""
    family = catalog.families[key]
    url = _url(family)
    names = [catalog.organizations[o].name if o in catalog.organizations else o for o in family.organizations]
    year = _year(catalog, family)
    fields = [("title", f"{{{tex(_title(catalog, family, url))}}}")]
    if names:
        fields.append(("author", " and ".join(f"{{{tex(name)}}}" for name in names)))
    if year:
        fields.append(("year", year))
    arxiv = _ARXIV.search(url or "")
    if arxiv is not None:
        fields += [("eprint", arxiv[1]), ("archivePrefix", "arXiv")]
    if url is not None:
        fields.append(("url", _plain_url(url)))
    width = max(len(name) for name, _ in fields)
    body = "".join(f"  {name:<{width}} = {{{value}}},\n" for name, value in fields)
    return f"@misc{{{key},\n{body}}}"


def _url(family: Family) -> str | None:
    links = {link.kind: link.url for link in reversed(family.links)}
    return next((links[kind] for kind in _BEST_LINKS if kind in links), None)


def _title(catalog: Catalog, family: Family, url: str | None) -> str:
    """The paper's title where a source or a link tells it, else the family's name."""
    titles = {source.url: source.title for source in catalog.sources.values() if source.kind == "paper"}
    titles |= {link.url: link.title for link in family.links if link.kind == "paper" and link.title is not None}
    title = titles.get(url or "")
    return re.sub(r"\s*\([^()]*\)$", "", title) if title else family.name


def _year(catalog: Catalog, family: Family) -> str | None:
    checkpoints = [catalog.checkpoints[key] for key in family.checkpoints]
    dates = [date for checkpoint in checkpoints if (date := release_date(checkpoint, family)) is not None]
    if family.announced is not None:
        dates.append(family.announced.date)
    years = sorted(date[:4] for date in dates if date[:4].isdigit())
    return years[0] if years else None


def _plain_url(url: str) -> str:
    """A web address in a field of BibTeX, where braces would end it."""
    parts = urlsplit(url)
    return parts.geturl().replace("{", "%7B").replace("}", "%7D")
