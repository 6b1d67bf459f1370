"""Taking HTML blocks out must change nothing: Python-Markdown is the measure."""

from __future__ import annotations

from pathlib import Path

import markdown  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptalt_catalog.render.generate import generate
from gptalt_catalog.render.raw_blocks import put_back, take_out
from tests.catalogs import CHECKOUT, GOOD, read
from tests.render.pages import EXTENSIONS, pages_below, split


def plain(text: str) -> str:
    html: str = markdown.markdown(text, extensions=EXTENSIONS)
    return html


def spared(text: str) -> str:
    rest, blocks = take_out(text)
    return put_back(plain(rest), blocks)


PIECES = (
    "# Title {: #_top }",
    "## A *part* {: #_p data-x }",
    "A paragraph with <b>some</b> markup.",
    "- a\n- list",
    "<div><p>One</p></div>",
    '<div class="x">\n\n<p>Two</p>\n\n</div>',
    "<figure><svg viewBox='0 0 1 1'><path d='M0 0'/></svg><br></figure>",
    "<ul><li>a</li></ul>\n<p>b</p>",
    "<div>never closed",
    "<div>closed</div> and more",
    "<details><summary>s</summary><div><table><tbody><tr><td>&#42;x&#42;</td></tr></tbody></table></div></details>",
    "  <div>indented</div>",
    "<span>not a block</span>",
)


@given(st.lists(st.sampled_from(PIECES), max_size=6))
def test_the_result_is_what_python_markdown_gives(pieces: list[str]) -> None:
    text = "\n\n".join(pieces)
    if "<div>never closed" in pieces[:-1]:  # everything after it is inside the open element
        return
    assert spared(text) == plain(text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_real_pages_come_out_the_same(tmp_path: Path, language: str) -> None:
    generate(read(GOOD).catalog, CHECKOUT / "site", tmp_path)
    for path, source in pages_below(tmp_path / language).items():
        body = split(source)[1].lstrip()
        assert spared(body) == plain(body), path


def test_most_of_a_page_is_spared() -> None:
    text = "# Title\n\n<div>" + "<p>x</p>" * 1000 + "</div>\n\n## Part\n\n<p>y</p>\n"
    rest, blocks = take_out(text)
    assert len(rest) < 120
    assert len(blocks) == 2
