"""The whole spine, on the bundled example and on threads that lack something."""

from pathlib import Path

import pytest

from reviewer import pipeline, sources
from reviewer.errors import Failure
from reviewer.options import Options
from reviewer.review import Review

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
PLAIN = b"""From: Ada Quill <ada@example.org>
Subject: a question about truncate
Date: Thu, 12 Nov 2026 11:15:00 +0100
Message-ID: <q1@example.org>

Who holds the folio lock there?
"""
DRIVER = b"""From: Ada Quill <ada@example.org>
Subject: [PATCH] toy: spell probe right
Date: Thu, 12 Nov 2026 11:15:00 +0100
Message-ID: <d1@example.org>

A typo.

Signed-off-by: Ada Quill <ada@example.org>
---
 drivers/toy/toy.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/drivers/toy/toy.c b/drivers/toy/toy.c
index 1111111..2222222 100644
--- a/drivers/toy/toy.c
+++ b/drivers/toy/toy.c
@@ -10,1 +10,1 @@ static int toy_probe(struct device *dev)
-\tdev_info(dev, "probnig");
+\tdev_info(dev, "probing");
--
2.49.0
"""


def review_of(*mails: bytes, options: Options | None = None) -> Review:
    raws = tuple((mail, f"mail {number}") for number, mail in enumerate(mails, 1))
    return pipeline.review(sources.Mails(raws=raws, description="a test"), options or Options())


@pytest.fixture(scope="module")
def example() -> Review:
    return pipeline.from_source("example", Options())


def test_a_thread_without_a_patch_says_so() -> None:
    review = review_of(PLAIN)
    assert review.series == ()
    assert review.change is None
    assert review.model.fit == "none"
    assert "no patch" in review.model.why


def test_a_patch_off_every_path_claims_no_place_on_one() -> None:
    review = review_of(DRIVER)
    assert [(hunk.function, hunk.known, hunk.on_paths) for hunk in review.hunks] == [("toy_probe", False, ())]
    assert review.placements == ()
    assert review.filesystems == ()
    assert "outside what the shipped" in review.hunks[0].note


def test_one_broken_mail_costs_no_other() -> None:
    review = review_of(PLAIN, b"\xff\xfe\x00 no header at all")
    assert any(message.msgid == "q1@example.org" for message in review.thread.messages)
    assert any("mail 2" in defect.where for defect in review.defects)


def test_an_unknown_kernel_is_bad_input() -> None:
    with pytest.raises(Failure, match=r"no model of kernel 2\.6"):
        review_of(DRIVER, options=Options(kernel="2.6.32"))


def test_the_example_is_read_against_the_exact_model(example: Review) -> None:
    assert example.model.fit == "exact"
    assert example.model.version.startswith("7.3")
    assert [series.version for series in example.series] == [1]
    assert not example.defects


def test_the_example_stands_below_page_mkwrite_of_the_netfs_users(example: Review) -> None:
    (hunk,) = example.hunks
    assert (hunk.function, hunk.on_paths) == ("netfs_page_mkwrite", ("fault",))
    assert {"9p", "afs"} <= set(hunk.filesystems)
    steps = [[step.function for step in chain.steps] for chain in hunk.chains]
    assert any("do_wp_page" in names and names[-1] == "netfs_page_mkwrite" for names in steps)
    assert all(chain.steps[-1].changed for chain in hunk.chains)


def test_every_place_of_the_example_has_a_file_and_a_line(example: Review) -> None:
    places = [
        place for row in example.placements for layer in row.layers for place in (layer.place, *layer.covers.places)
    ]
    places += [place for rule in example.objections for place in rule.places]
    assert places
    assert all(place.file and place.line > 0 for place in places)


def test_the_same_thread_gives_the_same_review(example: Review) -> None:
    assert pipeline.from_source("example", Options()) == example


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
def test_the_motivating_thread_on_the_model_of_its_time() -> None:
    review = pipeline.from_source(str(CORPUS / "dev" / "mbox" / "t000.mbox"), Options(pedantic=True))
    assert review.model.version.startswith("5.10")
    (hunk,) = review.hunks
    assert hunk.function == "iomap_page_mkwrite_actor"
    assert hunk.filesystems == ("xfs", "zonefs")
    ways = [[step.function for step in chain.steps] for chain in hunk.chains]
    below = ["do_page_mkwrite", "xfs_filemap_page_mkwrite", "__xfs_filemap_fault", "iomap_page_mkwrite"]
    assert any(way[-5:-1] == below for way in ways if "do_wp_page" in way)
    testing = [row for row in review.filesystems if row.filesystem in ("f2fs", "gfs2", "nilfs2", "ocfs2")]
    assert [row.verdict for row in testing] == ["protected"] * 4
    assert review.plan is not None
    (named,) = [one for one in review.plan.suggestions if one.test == "generic/019"]
    assert named.reasons
    assert {"check-below-operation", "warning-became-error"} <= {objection.rule for objection in review.objections}


def test_a_lock_that_an_earlier_call_dropped_again_is_not_told_as_held(example: Review) -> None:
    """filemap_fault() takes the invalidate lock on some ways, and returns without it."""
    (placement,) = example.placements
    holds = {layer.place.function: layer.holds.text for layer in placement.layers}
    assert holds["do_page_mkwrite"].startswith("no page lock, invalidate lock or freeze protection seen")
    assert holds["netfs_page_mkwrite"].startswith("takes freeze protection and page lock itself")
