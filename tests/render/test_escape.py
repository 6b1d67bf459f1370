from __future__ import annotations

import html as html_module
from html.parser import HTMLParser

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from gptalt_catalog.render.escape import fill, finalize, front_matter, href, html, safe
from tests.render.pages import parsed

HOSTILE = [
    "<script>alert(1)</script>",
    "</div></td></table><h1>x",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "**bold** _it_ `code` ~~s~~ ^x^ $m$",
    "# heading\n\n- list\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "{: .x onclick=alert(1) }",
    "<!-- comment -->",
    "&lt;script&gt; &#60;b&#62;",
    "a\n\n---\ntitle: x\n---\n",
    "\\*not\\* \\[x\\]",
    "http://example.org <http://example.org>",
    "\x02klzzwxh:0000\x03",
    "[ref]: http://evil.example",
    "{{ config }} {% raw %}",
    'x" onmouseover="alert(1)',
]
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
    st.text(alphabet="<>&\"'`*_[](){}|#!~^=$\\:-+.\n\t /ax1", max_size=60),
)


def visible(text: str) -> str:
    """What remains of a text on a page: everything but characters that HTML or reading order forbid."""
    parser_text: list[str] = []
    parser = HTMLParser(convert_charrefs=True)
    parser.handle_data = parser_text.append  # type: ignore[method-assign, assignment]
    parser.feed(str(safe(text)))
    parser.close()
    return "".join(parser_text)


@given(texts)
def test_a_text_in_a_block_stays_text(text: str) -> None:
    page = parsed(f"<div>\n<p>{safe(text)}</p>\n</div>\n")
    assert page.tags == ["div", "p", "/p", "/div"]
    assert "".join(page.text).strip() == visible(text).strip()


@given(texts)
def test_a_text_in_a_heading_stays_text(text: str) -> None:
    page = parsed(f"# A {safe(text)} z {{: #_top }}\n")
    assert page.tags == ["h1", "/h1"]
    assert page.all("id") == ["_top"]
    assert " ".join("".join(page.text).split()) == " ".join(f"A {visible(text)} z".split())


@given(texts)
def test_a_text_in_an_attribute_stays_there(text: str) -> None:
    page = parsed(f'<div title="{safe(text)}">x</div>\n')
    assert page.tags == ["div", "/div"]
    assert [name for _, name, _ in page.attributes] == ["title"]


@given(texts)
def test_front_matter_is_one_yaml_string_that_is_safe_in_html(text: str) -> None:
    value = yaml.safe_load(f"title: {front_matter(text)}\n")["title"]
    assert not set('<>"') & set(value)
    assert html_module.unescape(value).split() == visible(text).split()


def test_controls_and_reordering_characters_are_dropped() -> None:
    assert safe("a\u202eb\u2066c\x00d\x9be\u200ff") == "abcdef"


def test_markup_passes_and_other_values_become_text() -> None:
    assert safe(html("<b>x</b>")) == "<b>x</b>"
    assert isinstance(html("x"), Markup)
    assert safe(12) == "12"
    assert finalize(None) == ""
    assert finalize("<") == "&#60;"


def test_sentences_escape_their_words_and_parts_but_not_markup() -> None:
    assert fill("{a} & {b}", a="<x>", b=html("<i>y</i>")) == "&#60;x&#62; &#38; <i>y</i>"
    with pytest.raises(KeyError):
        fill("{missing}", other=1)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "JAVASCRIPT:x", "ftp://x"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert href(url) == "#"


def test_addresses_keep_their_meaning() -> None:
    page = parsed(f'<div><a href="{href("https://example.org/a_(b)?x=1&y=%20#z")}">x</a></div>')
    assert page.all("href") == ["https://example.org/a_(b)?x=1&y=%20#z"]
