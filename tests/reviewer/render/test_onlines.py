from reviewer.render import onlines
from tests.reviewer.render import sample


def test_a_thread_without_a_patch_has_nothing_on_lines() -> None:
    assert onlines.find(sample.empty()) == ()


def test_a_removed_line_is_told_at_the_line_that_stands_there_now() -> None:
    found = onlines.find(sample.typical())
    assert [(one.line, one.removed) for one in found if one.objection] == [(122, True), (124, False)]


def test_points_stand_in_the_order_of_their_lines() -> None:
    found = [one.point.id for one in onlines.find(sample.typical()) if one.point]
    assert found == ["P4", "P3", "P7"]


def test_a_message_names_the_person_and_quotes() -> None:
    told = [onlines.message(sample.typical(), one) for one in onlines.find(sample.typical()) if one.point]
    assert told[0] == 'P4, accepted: 佐藤 Hana says "a comment in one language is enough"'
