import pytest

from reviewer.render import render
from tests.reviewer.render import sample


def parsed(text: str):  # type: ignore[no-untyped-def]
    module = pytest.importorskip("markdown_it")
    return module.MarkdownIt("commonmark").enable("table").parse(text)


def test_an_empty_review_has_a_title_and_no_table() -> None:
    tokens = parsed(render(sample.empty(), "markdown"))
    assert tokens[0].type == "heading_open"
    assert not [token for token in tokens if token.type == "table_open"]


def test_tables_have_the_same_number_of_cells_in_each_row() -> None:
    tokens = parsed(render(sample.typical(), "markdown", verbose=True))
    rows: list[int] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append(0)
        elif token.type in ("td_open", "th_open"):
            rows[-1] += 1
        elif token.type == "table_close":
            assert len(set(rows)) == 1
            rows = []


def test_the_path_is_a_mermaid_picture_with_the_changed_step_marked() -> None:
    text = render(sample.typical(), "markdown")
    fence = next(token for token in parsed(text) if token.type == "fence" and token.info == "mermaid")
    assert 'n6["brine_page_mkwrite<br/>fs/brinefs/file.c:110<br/>changed by this patch"]:::changed' in fence.content
    assert 'n5 -->|"-#gt;page_mkwrite"| n6' in fence.content


def test_long_parts_can_be_folded_away_and_every_fold_is_closed() -> None:
    text = render(sample.typical(), "markdown", verbose=True)
    assert text.count("<details><summary>") == text.count("</details>") >= 2


def test_each_open_point_is_linked_to_its_mail() -> None:
    text = render(sample.typical(), "markdown")
    for msgid in ("m2@example.org", "h1@example.org", "m3@example.org"):
        assert f"(<https://lore.example.org/r/{msgid}>)" in text
