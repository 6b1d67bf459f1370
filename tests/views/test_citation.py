from __future__ import annotations

import re

from gptalt_catalog.views.citation import family_bibtex, tex
from tests.catalogs import CHECKOUT, read
from tests.views.entries import catalog_of, checkpoint, family


def test_a_family_with_a_paper() -> None:
    entry = family(
        {"a": checkpoint(release={"evidence": "readme", "date": "2023-05"}), "b": checkpoint()},
        links=[
            {"kind": "code", "url": "https://github.com/example/x"},
            {"kind": "paper", "url": "https://arxiv.org/abs/2301.00001"},
        ],
        announced={"evidence": "readme", "date": "2022-11-30"},
    )
    assert family_bibtex(catalog_of({"models/fam.yaml": entry}), "fam") == (
        "@misc{fam,\n"
        "  title         = {{Paper}},\n"
        "  author        = {{Lab}},\n"
        "  year          = {2022},\n"
        "  eprint        = {2301.00001},\n"
        "  archivePrefix = {arXiv},\n"
        "  url           = {https://arxiv.org/abs/2301.00001},\n"
        "}"
    )


def test_without_links_dates_and_makers_the_name_remains() -> None:
    entry = family({}, name="50% & {more}_x", organizations=[])
    assert family_bibtex(catalog_of({"models/fam.yaml": entry}), "fam") == (
        "@misc{fam,\n  title = {{50\\% \\& \\{more\\}\\_x}},\n}"
    )


def test_tex_takes_nothing_for_a_command() -> None:
    assert tex("a\\b $x^2$ ~#\n next") == r"a\textbackslash{}b \$x\textasciicircum{}2\$ \textasciitilde{}\# next"


def test_every_family_gives_a_balanced_entry_with_a_title() -> None:
    catalog = read(CHECKOUT / "catalog").catalog
    for key in catalog.families:
        text = family_bibtex(catalog, key)
        bare = re.sub(r"\\[{}]", "", text)
        assert bare.count("{") == bare.count("}"), key
        assert text.startswith(f"@misc{{{key},\n  title")
        assert "{{}}" not in text
