"""The explanation of one review point."""

import msgspec
import pytest

from reviewer import pipeline
from reviewer.errors import Failure
from reviewer.options import Options
from reviewer.render import reasons, words
from reviewer.render.why import explain
from reviewer.review import Review
from threads.model import Anchor


@pytest.fixture(scope="module")
def review() -> Review:
    return pipeline.from_source("example", Options())


def test_an_unknown_point_is_bad_input_and_names_the_range(review: Review) -> None:
    with pytest.raises(Failure, match=rf"no point P99; it has P1 to P{len(review.points)}"):
        explain(review, "P99")


def test_every_point_gives_its_sentence_reasons_events_and_status(review: Review) -> None:
    for point in review.points:
        text = explain(review, point.id.lower())
        assert point.quote in text
        flat = " ".join(text.replace("> ", " ").split())
        assert all(reason in flat for reason in reasons.grouped(point.why, reasons.heard_point(point)))
        assert 'the mark "' not in flat
        # The sentence that most of an event's line belongs to, not the line.
        told = (" ".join(words.event_quote(review, event).replace("> ", " ").split()) for event in point.events)
        assert all(quote in flat for quote in told)
        assert f"Status {point.status}: " in text


def test_what_decided_the_status_stands_with_the_status(review: Review) -> None:
    for point in review.points:
        head, _, tail = explain(review, point.id).partition(f"\nStatus {point.status}: ")
        assert f"\n  {point.status}: " not in head
        assert f"\n  {point.status}: " in tail


def test_a_mail_without_a_line_to_show_leaves_no_line(review: Review) -> None:
    anchor = Anchor(kind="mail", msgid=review.points[0].msgid, line=None)
    point = msgspec.structs.replace(review.points[0], anchor=anchor)
    text = explain(msgspec.structs.replace(review, points=(point,)), "P1")
    assert not [line for line in text.split("\n") if line and not line.strip()]


def test_escape_sequences_do_not_reach_the_terminal(review: Review) -> None:
    point = msgspec.structs.replace(review.points[0], text="\x1b[2Jgone", id="P1")
    text = explain(msgspec.structs.replace(review, points=(point,)), "P1")
    assert "\x1b" not in text
    assert "gone" in text
