"""Objections and computed answers beside review points. Points and code are invented."""

from typing import Any, cast

import pytest

from reviewer import joins
from reviewer.joins import Joined
from rules.graph import Model
from rules.model import Edge
from tests import growth
from tests.rules.kernel import Kernel
from tests.rules.patches import patch
from threads.model import Anchor, Identity, Point

MODEL = cast(Model, Kernel())
ADA = Identity(name="Ada Quill", address="ada@example.org")
HELPER = "fs/iomap/helper.c"
CHANGE = patch(
    """
-    WARN_ON_ONCE(!PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
""",
    "helper_actor",
    file=HELPER,
)
DRIVER = patch("+    if (toy)\n+        return -EIO;", "lonely", file="drivers/toy/toy.c")


def point(text: str, kind: str = "correctness", **fields: Any) -> Point:
    known: dict[str, Any] = {
        "id": "P1",
        "msgid": "1@example.org",
        "author": ADA,
        "role": "reviewer",
        "date": None,
        "quote": text.partition("\n")[0],
        "line": 3,
        "text": text,
        "kind": kind,
        "weight": "should",
        "anchor": None,
        "symbols": (),
        "raisers": (ADA,),
        "events": (),
        "status": "open",
        "status_why": "",
        "waiting_for": "",
        "cleared": False,
        "automated": False,
        "why": (),
    }
    return Point(**(known | fields))


def diff_anchor(line: int) -> Anchor:
    return Anchor(kind="diff", msgid="1@example.org", line=9, file=HELPER, sign="+", text="if", new=line)


def joined(*points: Point) -> Joined:
    return joins.of_change(CHANGE, MODEL, points, pedantic=True)


WHY_HERE = "Why isn't a page that is not uptodate caught before the fault code calls ->page_mkwrite?"
OTHERS = "Every other ->page_mkwrite implementation has the same problem with !uptodate pages."
SILENT = {
    "a question about something else": point("Why is this function static?", "readability"),
    "a placement question about other code": point("Why do you need to add this in vfs code?", "placement"),
    "a scope question about other code": point("Shouldn't all callers of alloc_toy() be changed?", "scope"),
    "praise with the same words": point("Nice, uptodate was a mess.", "changelog"),
}


@pytest.mark.parametrize("silent", SILENT.values(), ids=SILENT)
def test_no_answer_and_no_link_for(silent: Point) -> None:
    found = joined(silent)
    assert found.answers == ()
    assert all(objection.raised_by == () for objection in found.objections)


def test_a_patch_off_every_path_has_no_tables_and_no_answers() -> None:
    found = joins.of_change(DRIVER, MODEL, (point(WHY_HERE, "placement"), point(OTHERS, "scope")))
    assert (found.placements, found.filesystems, found.objections, found.answers) == ((), (), (), ())


def test_what_nobody_raised_is_marked_so() -> None:
    objection = next(one for one in joined().objections if one.rule == "check-below-operation")
    assert (objection.raised_by, objection.link) == ((), "not raised by anybody")


def test_an_objection_is_linked_by_operation_and_state_with_the_evidence() -> None:
    objection = next(one for one in joined(point(WHY_HERE)).objections if one.rule == "check-below-operation")
    assert objection.raised_by == ("P1",)
    assert objection.link == f'P1: both speak of page_mkwrite and uptodate: "{WHY_HERE}"'


def test_an_objection_is_linked_by_the_diff_line() -> None:
    found = joined(point("Hm.", "readability", anchor=diff_anchor(100)))
    objection = next(one for one in found.objections if one.rule == "warning-became-error")
    assert objection.link == f"P1: both stand at {HELPER}:100"


def test_a_far_diff_line_links_nothing() -> None:
    found = joined(point("Hm.", "readability", anchor=diff_anchor(140)))
    assert all(objection.raised_by == () for objection in found.objections)


def test_one_shared_word_is_too_little_for_a_link() -> None:
    found = joined(point("Is the page uptodate here?", "placement"))
    assert all("P1" not in objection.raised_by for objection in found.objections)


def test_why_here_is_answered_from_the_placement() -> None:
    (answer,) = joined(point(WHY_HERE, "placement")).answers
    assert answer.point == "P1"
    assert "From handle_mm_fault() ->page_mkwrite is reached through" in answer.text
    assert "do_page_mkwrite() (mm/memory.c:130) it would cover all 6 implementers" in answer.text
    assert {(place.file, place.line) for place in answer.places} >= {("mm/memory.c", 130)}


def test_the_words_of_a_question_count_as_much_as_its_kind() -> None:
    assert joined(point(WHY_HERE, "approach")).answers != ()


def test_what_about_the_others_is_answered_from_the_rows() -> None:
    (answer,) = joined(point(OTHERS, "scope")).answers
    assert "->page_mkwrite has 7 implementers in the model" in answer.text
    assert "Through the changed code: alfa and bravo." in answer.text
    assert "Protected by their own check: charlie." in answer.text
    assert "Affected, with no check: delta." in answer.text


def test_how_it_can_happen_is_answered_with_where_the_state_is_made() -> None:
    (answer,) = joined(point("How can a mapped page lose uptodate in helper_actor()?", "evidence")).answers
    assert "helper_writeback()" in answer.text


def test_call_sites_are_listed_for_the_other_call_site() -> None:
    change = patch("-    do_page_mkwrite(vmf);\n+    do_page_mkwrite(vmf, 1);", "wp_page_shared", file="mm/memory.c")
    asked = point("Don't you need to change the other call site of do_page_mkwrite() as well?", "scope")
    (answer,) = joins.of_change(change, MODEL, (asked,)).answers
    callers = "do_shared_fault() and wp_page_shared() (changed here)"
    assert answer.text == f"Of the functions on the model's paths, {callers} call do_page_mkwrite()."
    assert [place.line for place in answer.places] == [52, 110]


def test_callers_of_a_function_that_a_point_would_move_something_into() -> None:
    asked = point("Please initialize it in helper_mkwrite() instead.", "readability")
    (answer,) = joins.of_change(DRIVER, MODEL, (asked,)).answers
    assert answer.text == (
        "Of the functions on the model's paths, alfa_page_mkwrite(), bravo_page_mkwrite(), delta_read_page() and "
        "delta_read_folio() call helper_mkwrite()."
    )


def test_callers_of_the_function_that_a_comment_stands_in() -> None:
    anchor = Anchor(
        kind="diff", msgid="1@example.org", line=9, file="drivers/toy/toy.c", sign="+", text="if", new=100, old=None
    )
    asked = point("Why do you need to add this here?", "placement", anchor=anchor)
    (answer,) = joins.of_change(DRIVER, MODEL, (asked,)).answers
    assert (
        answer.text == "Of the functions on the model's paths, delta_read_page() and delta_read_folio() call lonely()."
    )


def test_many_callers_are_counted_by_filesystem() -> None:
    class Busy(Kernel):
        def callers(self, index: int) -> tuple[Edge, ...]:
            edges = super().callers(index)
            every = (Edge(caller=at, callee=index, line=5, kind="call") for at in range(len(self.functions)))
            return tuple(every) if self.functions[index].name == "lonely" else edges

    asked = point("Shouldn't we move this into lonely()?", "placement")
    (answer,) = joins.of_change(DRIVER, cast(Model, Busy()), (asked,)).answers
    assert answer.text.startswith(
        "Of the functions on the model's paths, 23 call lonely(): mm (7), iomap (5), delta (4)"
    )


def test_a_function_that_nobody_calls_answers_nothing() -> None:
    asked = point("Please initialize it in handle_mm_fault() instead.", "placement")
    assert joins.of_change(DRIVER, MODEL, (asked,)).answers == ()


def test_a_state_that_the_patch_drops_is_answered_with_who_else_uses_it() -> None:
    change = patch("-    ClearPageUptodate(page);", "helper_writeback", file=HELPER)
    asked = point("Do all other users of PageUptodate stay as they are?", "scope", symbols=("PageUptodate",))
    (answer,) = joins.of_change(change, MODEL, (asked,)).answers
    assert "Uptodate is tested in 2 places: charlie (1) and mm (1)." in answer.text
    assert "Uptodate is cleared in 3 places: charlie (1), delta (1) and iomap (1)." in answer.text


def test_a_rule_that_could_not_decide_says_why() -> None:
    assert "rule regression-test-unnamed: no test plan was made" in joined().skipped


def test_the_tables_arrive_in_the_reports_form() -> None:
    found = joined()
    (placement,) = found.placements
    assert (placement.function, placement.condition) == ("helper_actor", "uptodate")
    assert [layer.changed for layer in placement.layers][-1]
    assert placement.layers[0].place.file == "mm/memory.c"
    assert {row.filesystem: row.verdict for row in found.filesystems}["delta"] == "affected"


def test_words_of_prose_stand_for_the_models_words() -> None:
    words = joins.words_of(point("the write fault kills the application and ClearPageUptodate() is to blame"))
    assert {"page_mkwrite", "SIGBUS", "uptodate"} <= words


def test_a_long_text_is_read_in_linear_time() -> None:
    assert (
        growth.ratio(
            lambda n: point("every " * n + "all other -> " * n, "scope"),
            lambda asked: (joins.asks(asked), joins.words_of(asked)),
            2000,
        )
        < 3
    )


def test_pedantic_rules_are_asked_only_when_wanted() -> None:
    found = joins.of_change(CHANGE, MODEL, ())
    assert "check-below-operation" in {one.rule for one in found.objections}
    assert not any(one.pedantic for one in found.objections)
    assert any(one.pedantic for one in joined().objections)


def test_a_wish_about_all_filesystems_is_no_question_about_them() -> None:
    text = "Is that so? Really, all I want is the same for all filesystems with page_mkwrite and uptodate.\n\nOk."
    assert joins.asks(point(text, "correctness")) == ()
    assert joins.asks(point("All filesystems with page_mkwrite need that.", "correctness")) == ("scope",)
    assert joins.asks(point("We have the same problem in iomap.", "correctness")) == ("scope",)


def test_who_asks_why_all_others_must_is_told_of_the_others_first() -> None:
    (answer,) = joined(point(f"Why should all the ->page_mkwrite implementations check uptodate? {WHY_HERE}")).answers
    assert answer.text.startswith("->page_mkwrite has 7 implementers")
    (answer,) = joined(point(f"{WHY_HERE} Every other ->page_mkwrite needs it too.", "placement")).answers
    assert answer.text.startswith("No test of uptodate")
    assert answer.text.count("No test of uptodate") == 1


def test_a_function_that_is_merely_named_is_not_answered_with_its_callers() -> None:
    asked = point("I was hoping for more here, like lonely() has.", "scope")
    assert joins.of_change(DRIVER, MODEL, (asked,)).answers == ()


def test_functions_that_a_point_lists_are_looked_for_in_the_patchs_own_filesystem() -> None:
    change = patch("+    if (TOY(mp))\n+        return;", "delta_page_mkwrite", file="fs/delta/file.c")
    listed = ("helper_mkwrite", "filemap_fault()", "no_such_thing")
    asked = point(
        "Cover all of them rather than just one:\n- helper_mkwrite\n- filemap_fault()", "approach", symbols=listed
    )
    (answer,) = joins.of_change(change, MODEL, (asked,)).answers
    assert answer.text == (
        "In delta, of the functions on the model's paths: helper_mkwrite() is called by delta_read_page() and "
        "delta_read_folio(); filemap_fault() is called by delta_read_page() and delta_read_folio()."
    )
    assert {place.line for place in answer.places} == {45, 47, 75, 77}
    few = point("Cover all of them rather than just helper_mkwrite", "approach", symbols=("helper_mkwrite",))
    assert all("In delta" not in one.text for one in joins.of_change(change, MODEL, (few,)).answers)
