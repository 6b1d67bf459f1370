"""How to cite the catalog and the survey that it continues; one family is cited by :mod:`.citation`."""

from __future__ import annotations

from typing import Final

from gptalt_catalog.domain.vocabulary import About

SURVEY_TITLE: Final = (
    "Examining User-Friendly and Open-Sourced Large GPT Models: "
    "A Survey on Language, Multimodal, and Scientific GPT Models"
)
SURVEY_AUTHORS: Final = (
    ("Kaiyuan", "Gao"),
    ("Sunan", "He"),
    ("Zhenyu", "He"),
    ("Jiacheng", "Lin"),
    ("QiZhi", "Pei"),
    ("Jie", "Shao"),
    ("Wei", "Zhang"),
)
SURVEY_ID: Final = "2308.14149"


def survey_bibtex() -> str:
    """The BibTeX entry of the survey."""
    return _entry(
        "article",
        "gao2023examining",
        (
            ("title", SURVEY_TITLE),
            ("author", " and ".join(f"{last}, {first}" for first, last in SURVEY_AUTHORS)),
            ("journal", f"arXiv preprint arXiv:{SURVEY_ID}"),
            ("year", "2023"),
            ("eprint", SURVEY_ID),
            ("archivePrefix", "arXiv"),
            ("url", f"https://arxiv.org/abs/{SURVEY_ID}"),
        ),
    )


def survey_text() -> str:
    """The survey as one line of a list of references."""
    authors = ", ".join(f"{first} {last}" for first, last in SURVEY_AUTHORS)
    return f"{authors}. {SURVEY_TITLE}. arXiv:{SURVEY_ID}, 2023."


def catalog_bibtex(about: About | None) -> str:
    """The BibTeX entry of the catalog at its date."""
    fields = [
        ("title", "gptalt-catalog: an evidence-backed catalog of open alternatives to {GPT}"),
        ("author", "{The gptalt-catalog contributors}"),
    ]
    if about is not None:
        fields += [
            ("year", about.date[:4]),
            ("note", f"Catalog of {about.date}, {about.license}"),
            ("url", str(about.repository)),
        ]
    return _entry("misc", "gptalt-catalog", tuple(fields))


def catalog_text(about: About | None) -> str:
    """The catalog as one line of a list of references."""
    line = "The gptalt-catalog contributors. gptalt-catalog: an evidence-backed catalog of open alternatives to GPT."
    return line if about is None else f"{line} Catalog of {about.date}. {about.repository}"


def _entry(kind: str, key: str, fields: tuple[tuple[str, str], ...]) -> str:
    width = max(len(name) for name, _ in fields)
    body = "".join(f"  {name:<{width}} = {{{value}}},\n" for name, value in fields)
    return f"@{kind}{{{key},\n{body}}}"
