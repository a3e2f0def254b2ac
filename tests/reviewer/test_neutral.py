import re
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer import neutral
from tests import growth

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)
SPICY = st.text(
    st.sampled_from(
        "ab \t\n\r\x00\x1b\x07[]2J;\x9b\x7f\u202e\u2066\u200b\u2028\ufeff\U000e0041\ud800<>&\"'`|*_~#@$!()\\:/.w-+="
    ),
    max_size=80,
)
TEXT = ANY | SPICY
SHOWN = ["\x1b", "\x00", "\r", "\x0b", "\x0c", "\x7f", "\x85", "\x9b", "\u061c", "\u200e", "\u200f", "\u202a", "\u202e"]
SHOWN += [
    "\u2066",
    "\u2069",
    "\u2028",
    "\u2029",
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\xad",
    "\U000e0041",
    "\ud83d",
]


@pytest.mark.parametrize(
    "text", ["", "plain", "a\tb\nc", "Grüße, 日本語", "Ελληνικά e\u0301 \u2764\ufe0f", "x <U+202E> y"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert neutral.terminal(text) == text
    assert neutral.count_hidden(text) == 0


@pytest.mark.parametrize("character", SHOWN)
def test_a_hidden_character_is_shown_by_its_number(character: str) -> None:
    assert neutral.terminal(f"a{character}b") == f"a<U+{ord(character):04X}>b"
    assert neutral.count_hidden(f"a{character}b{character}") == 2


def test_every_format_control_and_surrogate_character_of_unicode_is_shown() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    left = neutral.terminal(every)
    bad = {c for c in left if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\t", "\n"}
    assert not bad
    assert "e\u0301" in neutral.terminal("e\u0301")


@settings(max_examples=40, deadline=None)
@given(TEXT)
def test_neutralising_twice_changes_nothing_more(text: str) -> None:
    once = neutral.terminal(text)
    assert neutral.terminal(once) == once
    assert neutral.count_hidden(once) == 0
    once.encode("utf-8")


@settings(max_examples=40, deadline=None)
@given(TEXT)
def test_plain_text_is_one_line(text: str) -> None:
    line = neutral.plain(text)
    assert len(line.splitlines()) <= 1
    assert "\t" not in line


@settings(max_examples=40, deadline=None)
@given(TEXT)
def test_html_holds_no_character_that_a_browser_obeys(text: str) -> None:
    out = neutral.html(text)
    assert not set("<>\"'") & set(out)
    assert all(part.startswith(("amp;", "lt;", "gt;", "#34;", "#39;")) for part in out.split("&")[1:])


@settings(max_examples=40, deadline=None)
@given(TEXT)
def test_a_mermaid_label_is_letters_and_a_little_punctuation(text: str) -> None:
    out = neutral.mermaid(text).replace("#gt;", "")
    assert all(c.isalnum() or c in " _.,:()/+-?" for c in out)


def _inert_tokens(markdown: str, *allowed: str) -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline", *allowed}, markdown
    seen = {child.type for token in tokens for child in token.children or ()}
    assert seen <= {"text", "code_inline", "text_special"}, seen


@settings(max_examples=40, deadline=None)
@given(TEXT)
def test_markdown_text_is_text_or_code_and_one_paragraph(text: str) -> None:
    pytest.importorskip("markdown_it")
    _inert_tokens("x " + neutral.markdown_text(text))
    _inert_tokens(
        "- " + neutral.markdown_text(text), "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"
    )


@settings(max_examples=40, deadline=None)
@given(TEXT)
def test_a_code_span_gives_the_text_back(text: str) -> None:
    module = pytest.importorskip("markdown_it")
    span = neutral.markdown_code(text)
    _inert_tokens("x " + span)
    children = module.MarkdownIt("commonmark").parse("x " + span + " y")[1].children
    shown = "".join(child.content for child in children)
    assert shown.split() == ["x", *neutral.plain(text).split(), "y"]


@settings(max_examples=40, deadline=None)
@given(TEXT)
def test_a_fence_is_not_left_by_its_text(text: str) -> None:
    module = pytest.importorskip("markdown_it")
    tokens = module.MarkdownIt("commonmark").parse(neutral.markdown_fence(text, "text") + "\nafter")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]


@settings(max_examples=40, deadline=None)
@given(TEXT)
def test_a_table_keeps_its_columns(text: str) -> None:
    module = pytest.importorskip("markdown_it")
    row = f"| {neutral.markdown_text(text)} | {neutral.markdown_code(text)} |"
    tokens = module.MarkdownIt("commonmark").enable("table").parse(f"| a | b |\n|---|---|\n{row}\n")
    assert [token.type for token in tokens].count("td_open") == 2


@pytest.mark.parametrize(
    "text",
    ["see http://x.example", "ask @somebody", "a@b.example", "#12 !3 ~bug $x$", "www.x.example", "![a](b)", "[a](b)"],
)
def test_nothing_is_left_that_a_forge_links_by_itself(text: str) -> None:
    out = re.sub(r"`[^`]*`", "", neutral.markdown_text(text))
    assert not re.search(r"https?:|www\.|@\w|(?<!\\)[#!~$]\w|(?<!\\)\]\(", out)


@pytest.mark.parametrize(
    "function", [neutral.terminal, neutral.html, neutral.markdown_text, neutral.markdown_code, neutral.markdown_fence]
)
@pytest.mark.parametrize("piece", ["\u202e", "`", "|", "a@", "<", "\\", "a `", "\x1b[2J"])
def test_time_grows_with_the_length(function, piece: str) -> None:  # type: ignore[no-untyped-def]
    assert growth.ratio(lambda times: piece * times, function, 10_000) < 3
