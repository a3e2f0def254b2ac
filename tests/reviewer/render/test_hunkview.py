import copy

import msgspec

from reviewer.render import hunkview, words
from reviewer.render.hunkview import Choice, DiffView
from reviewer.review import Review
from tests.reviewer.render import sample
from threads.model import Anchor


def all_points(view: DiffView) -> list[str]:
    found = list(view.loose)
    for patch in view.patches:
        found += [point for _, points in patch.message for point in points]
        for file in patch.files:
            found += file.points
            for hunk in file.hunks:
                found += [*hunk.points, *(point for row in hunk.rows for point in row.points)]
    return sorted(point.id for point in found)


def moved(review: Review, number: int, anchor: Anchor) -> Review:
    points = list(review.points)
    points[number] = msgspec.structs.replace(points[number], anchor=anchor)
    return msgspec.structs.replace(review, points=tuple(points))


def test_every_point_is_shown_exactly_once() -> None:
    assert all_points(hunkview.build(sample.typical(), Choice())) == [f"P{number}" for number in range(1, 8)]
    assert all_points(hunkview.build(sample.typical(), Choice(unified=0))) == [f"P{number}" for number in range(1, 8)]


def test_without_a_patch_all_points_are_loose() -> None:
    review = msgspec.structs.replace(sample.typical(), series=())
    view = hunkview.build(review, Choice())
    assert view.patches == ()
    assert len(view.loose) == 7


def test_settled_points_can_be_left_out() -> None:
    assert all_points(hunkview.build(sample.typical(), Choice(only_open=True))) == ["P2", "P3", "P6", "P7"]


def test_a_point_on_another_version_goes_to_the_same_line() -> None:
    line = sample.FILES[1].hunks[0].lines[8]
    anchor = Anchor(kind="diff", msgid=sample.V1, line=40, file=sample.FILE, sign="+", text=line.text)
    view = hunkview.build(moved(sample.typical(), 0, anchor), Choice())
    row = view.patches[1].files[1].hunks[0].rows[8]
    assert [point.id for point in row.points] == ["P1", "P3"]


def test_a_point_on_a_line_that_is_gone_stands_above_its_file() -> None:
    anchor = Anchor(kind="diff", msgid=sample.V1, line=40, file=sample.FILE, sign="+", text="gone();")
    view = hunkview.build(moved(sample.typical(), 0, anchor), Choice())
    assert [point.id for point in view.patches[1].files[1].points] == ["P1"]


def test_a_line_that_occurs_twice_is_not_guessed() -> None:
    anchor = Anchor(kind="diff", msgid=sample.V1, line=40, file=sample.FILE, sign="", text="\t\tgoto out;")
    view = hunkview.build(moved(sample.typical(), 0, anchor), Choice())
    assert [point.id for point in view.patches[1].files[1].points] == ["P1"]


def test_less_context_gives_hunks_with_counts_of_their_own() -> None:
    hunks = hunkview.build(sample.typical(), Choice(unified=0)).patches[1].files[1].hunks
    first, last = hunks[0], hunks[-1]
    assert (first.old, first.new) == ((122, 2), (122, 5))
    assert (last.old, last.new) == ((203, 0), (207, 5))
    for hunk in hunks:
        assert hunk.old[1] == sum(row.line.sign != "+" for row in hunk.rows)
        assert hunk.new[1] == sum(row.line.sign != "-" for row in hunk.rows)


def test_only_files_that_are_asked_for() -> None:
    view = hunkview.build(sample.typical(), Choice(file="brine.h"))
    assert [file.file.path for patch in view.patches for file in patch.files] == ["fs/brinefs/brine.h"]


def test_objections_on_no_line_of_the_patch_stand_above_the_file() -> None:
    review = sample.typical()
    off = msgspec.structs.replace(review.objections[0], line=9999)
    view = hunkview.build(msgspec.structs.replace(review, objections=(off,)), Choice())
    assert view.patches[1].files[1].objections == (off,)


def test_an_objection_is_shown_once_whatever_number_of_patches_has_its_file() -> None:
    review = sample.typical()
    off = msgspec.structs.replace(review.objections[0], line=9999)
    review = msgspec.structs.replace(review, objections=(*review.objections, off))
    (series,) = (one for one in review.series if one == words.reviewed_series(review))
    again = tuple(
        msgspec.structs.replace(one, msgid=f"again-{one.msgid}", files=tuple(map(copy.copy, one.files)))
        for one in series.patches
    )
    longer = msgspec.structs.replace(series, patches=(*series.patches, *again))
    view = hunkview.build(
        msgspec.structs.replace(review, series=tuple(longer if one is series else one for one in review.series)),
        Choice(),
    )
    files = [file for patch in view.patches for file in patch.files]
    shown = [one for file in files for one in file.objections]
    shown += [one for file in files for hunk in file.hunks for row in hunk.rows for one in row.objections]
    assert sorted(map(repr, shown)) == sorted(map(repr, review.objections))


def test_a_file_that_a_patch_names_twice_shows_each_thing_once() -> None:
    review = sample.typical()
    series = words.reviewed_series(review)
    assert series is not None
    patch = series.patches[-1]
    twice = msgspec.structs.replace(patch, files=(*patch.files, *map(copy.copy, patch.files)))
    longer = msgspec.structs.replace(series, patches=(*series.patches[:-1], twice))
    versions = tuple(longer if one is series else one for one in review.series)
    files = hunkview.build(msgspec.structs.replace(review, series=versions), Choice()).patches[-1].files
    shown = [one for file in files for hunk in file.hunks for row in hunk.rows for one in row.objections]
    assert shown
    assert len(shown) == len({repr(one) for one in shown})


def test_more_context_than_there_are_lines_is_the_whole_hunk() -> None:
    every = hunkview.build(sample.typical(), Choice())
    wide = hunkview.build(sample.typical(), Choice(unified=10**30))
    for one, other in zip(every.patches, wide.patches, strict=True):
        for file, same in zip(one.files, other.files, strict=True):
            assert [hunk.rows for hunk in same.hunks] == [hunk.rows for hunk in file.hunks]
