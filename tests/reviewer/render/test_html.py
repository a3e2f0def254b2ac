import html.parser

from reviewer.render import render
from tests.reviewer.render import sample

VOID = {"meta", "input", "br"}


class Nesting(html.parser.HTMLParser):
    """Checks that every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def test_elements_are_closed_and_ids_are_unique() -> None:
    for review in (sample.empty(), sample.settled(), sample.typical()):
        nesting = Nesting()
        nesting.feed(render(review, "html"))
        assert nesting.open == []
        assert len(nesting.ids) == len(set(nesting.ids))


def test_the_page_has_a_language_a_title_and_landmarks() -> None:
    document = render(sample.typical(), "html")
    for part in (
        '<html lang="en">',
        "<title>Review of [PATCH v2 1/2]",
        "<header>",
        "<main>",
        "<nav aria-label=",
        "<footer>",
    ):
        assert part in document


def test_all_points_are_in_the_page_settled_or_not() -> None:
    document = render(sample.typical(), "html")
    assert document.count('<article class="point') == 7


def test_there_is_a_filter_for_each_person_who_raised_a_point() -> None:
    document = render(sample.typical(), "html")
    assert document.count('name="who"') == 5
    assert "body:has(#who-0:checked) .point:not(.who-0)" in document
