import pytest

from reviewer.render import worddiff
from threads.model import DiffLine


def lines(*texts: str) -> list[DiffLine]:
    return [DiffLine(sign=text[0], text=text[1:], old=None, new=None, mail_line=None) for text in texts]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "texts",
    [
        ("+only added",),
        ("-only removed",),
        ("-one thing", "+completely different words"),
        ("-a = 1;", " context", "+a = 2;"),
        ("+a = 2;", "-a = 1;"),
        ("-" + "a b " * 200, "+" + "a c " * 200),
    ],
    ids=["added", "removed", "replaced", "apart", "wrong order", "too long"],
)
def test_lines_that_were_not_changed_word_by_word_are_left_alone(texts: tuple[str, ...]) -> None:
    assert worddiff.changed(lines(*texts)) == {}


def test_the_words_that_differ_are_marked_on_both_sides() -> None:
    marks = worddiff.changed(lines("-\tif (WARN_ON(!uptodate(folio))) {", "+\tif (!uptodate(folio)) {"))
    old = ["".join(text for text, differs in worddiff.parts("\tif (WARN_ON(!uptodate(folio))) {", marks[0]) if differs)]
    assert old == ["(WARN_ON)"]
    assert marks[1] == ()


def test_parts_give_the_line_back() -> None:
    assert worddiff.parts("abcdef", ((1, 3), (5, 6))) == [("a", False), ("bc", True), ("de", False), ("f", True)]
    assert worddiff.parts("", ()) == []
