from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.render import columns

TEXT = st.text(st.sampled_from("ab 日é\u0301-/._"), max_size=60)
PIECES = st.lists(st.tuples(TEXT, st.sampled_from(["", "bold"])), max_size=5)


def test_width_counts_cells_and_not_characters() -> None:
    assert columns.width("abc") == 3
    assert columns.width("日本") == 4
    assert columns.width("e\u0301") == 1


def test_text_that_fits_is_not_cut() -> None:
    assert columns.cut("one two", 7) == "one two"


def test_a_cut_ends_after_a_word_and_says_so() -> None:
    assert columns.cut("one two three four", 15) == "one two ..."
    assert columns.cut("x" * 30, 10) == "xxxxxx ..."


def test_a_quotation_mark_that_was_opened_is_closed() -> None:
    assert columns.one_line([("on ", ""), ('"a long line of words"', "")], 20) == [
        ("on ", ""),
        ('"a long line ..."', ""),
    ]
    assert columns.one_line([("on ", ""), ('"short"', "")], 20) == [("on ", ""), ('"short"', "")]


def test_tabs_go_to_every_eighth_column() -> None:
    assert columns.expand("\tx") == "        x"
    assert columns.expand("ab\tx") == "ab      x"
    assert columns.expand("日\tx") == "日      x"
    assert columns.expand("\tx", 4) == "    x"


def test_a_web_address_is_never_broken() -> None:
    address = "https://lore.example.org/r/" + "a" * 60
    lines = columns.fold([("see " + address, "")], 40)
    assert [text for line in lines for text, _ in line if text.strip()] == ["see", address]


def test_pieces_without_a_blank_between_stay_on_one_line() -> None:
    lines = columns.fold([("word ", ""), ("code", "bold"), (",", "")], 10)
    assert ["".join(text for text, _ in line) for line in lines] == ["word code,"]
    lines = columns.fold([("word ", ""), ("code", "bold"), (",", "")], 9)
    assert ["".join(text for text, _ in line) for line in lines] == ["word", "code,"]


@settings(max_examples=100, deadline=None)
@given(PIECES, st.integers(8, 40))
def test_folding_loses_no_word_and_no_line_is_too_wide(pieces: list[tuple[str, str]], room: int) -> None:
    lines = columns.fold(pieces, room, "  ", "   ")
    texts = ["".join(text for text, _ in line) for line in lines]
    assert all(columns.width(text) <= room for text in texts)
    whole = "".join(text for text, _ in pieces)
    assert "".join("".join(texts).split()) == "".join(whole.split())


@settings(max_examples=100, deadline=None)
@given(TEXT, st.integers(5, 40))
def test_a_cut_fits(text: str, room: int) -> None:
    assert columns.width(columns.cut(text, room)) <= room
