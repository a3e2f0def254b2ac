"""Every format on real threads: valid, inert, readable. Skipped where there is no corpus beside the checkout."""

import json
from pathlib import Path

import jsonschema
import pytest

from reviewer import neutral, pipeline
from reviewer.options import Options
from reviewer.render import FORMATS, difftext, hunkview, json_v1, render
from reviewer.render.columns import width
from reviewer.review import Review
from tests.reviewer.render.test_hunkview import all_points
from threads.model import UNSETTLED

CORPUS = Path(__file__).parents[3] / "../shared/corpus"
THREADS = sorted(CORPUS.glob("*/mbox/*.mbox"))[::16]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not THREADS, reason="no ../shared/corpus beside the checkout"),
]


@pytest.fixture(scope="module", params=THREADS, ids=lambda path: path.stem)
def review(request: pytest.FixtureRequest) -> Review:
    return pipeline.from_source(str(request.param), Options(), network=False)


def test_a_real_thread_gives_a_valid_and_inert_report_in_every_format(review: Review) -> None:
    for fmt in FORMATS:
        assert neutral.count_hidden(render(review, fmt)) == 0
    jsonschema.validate(json.loads(render(review, "json")), json_v1.schema())


def test_a_real_page_is_at_most_three_screens_of_a_terminal_and_what_is_not_settled(review: Review) -> None:
    lines = render(review).split("\n")
    unsettled = sum(point.status in UNSETTLED for point in review.points)
    assert len(lines) <= 130 + 12 * unsettled
    assert all(width(line) <= 80 for line in lines if "://" not in line)


def test_no_point_of_a_real_thread_is_lost_in_the_annotated_diff(review: Review) -> None:
    view = hunkview.build(review, hunkview.Choice())
    assert all_points(view) == sorted(point.id for point in review.points)
    assert neutral.count_hidden(difftext.render(review)) == 0
