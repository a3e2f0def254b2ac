"""The explanation of one review point."""

import msgspec
import pytest

from reviewer import pipeline
from reviewer.errors import Failure
from reviewer.options import Options
from reviewer.render import reasons, words
from reviewer.render.why import explain
from reviewer.review import Review


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
        assert all(reason in flat for reason in reasons.grouped(point.why))
        # The sentence that most of an event's line belongs to, not the line.
        told = (" ".join(words.event_quote(review, event).replace("> ", " ").split()) for event in point.events)
        assert all(quote in flat for quote in told)
        assert f"Status {point.status}: " in text


def test_escape_sequences_do_not_reach_the_terminal(review: Review) -> None:
    point = msgspec.structs.replace(review.points[0], text="\x1b[2Jgone", id="P1")
    text = explain(msgspec.structs.replace(review, points=(point,)), "P1")
    assert "\x1b" not in text
    assert "gone" in text
