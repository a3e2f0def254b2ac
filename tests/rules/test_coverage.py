"""Why here: layers, coverage and the paragraph."""

from typing import cast

import msgspec

from rules import coverage
from rules.coverage import Layer, Placement
from rules.graph import Model
from rules.model import Site
from tests.rules.kernel import Kernel
from tests.rules.patches import patch

MODEL = cast(Model, Kernel())
HELPER = "fs/iomap/helper.c"
ASSERT_TO_CHECK = """
-    WARN_ON_ONCE(!PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
"""


def placed(text: str, function: str, file: str) -> Placement:
    (placement,) = coverage.placements(patch(text, function, file=file), MODEL)
    return placement


def layer(placement: Placement, function: str) -> Layer:
    return next(layer for layer in placement.layers if function in layer.functions)


def test_a_driver_has_no_placement() -> None:
    assert coverage.placements(patch(ASSERT_TO_CHECK, "lonely", file="drivers/toy/toy.c"), MODEL) == ()


def test_a_function_that_the_model_does_not_know_has_no_placement() -> None:
    assert coverage.placements(patch(ASSERT_TO_CHECK, "unheard_of", file=HELPER), MODEL) == ()


def test_documentation_has_no_placement() -> None:
    assert coverage.placements(patch("+some words", file="Documentation/mm/toy.rst"), MODEL) == ()


def test_the_layers_go_from_the_entry_down_to_the_change() -> None:
    placement = placed(ASSERT_TO_CHECK, "helper_actor", HELPER)
    roles = [(one.role, one.functions) for one in placement.layers]
    assert roles[0] == ("entry", ("handle_mm_fault",))
    assert roles[-2:] == [("helper", ("helper_mkwrite",)), ("changed", ("helper_actor",))]
    assert ("operation", ("alfa_page_mkwrite", "bravo_page_mkwrite")) in roles
    assert ("operation call", ("do_page_mkwrite",)) in roles
    assert placement.operation == "vm_operations_struct.page_mkwrite"


def test_each_layer_tells_what_it_covers() -> None:
    placement = placed(ASSERT_TO_CHECK, "helper_actor", HELPER)
    assert layer(placement, "helper_actor").filesystems == ("alfa", "bravo")
    assert "all 6 implementers of ->page_mkwrite" in layer(placement, "do_page_mkwrite").covers.text
    assert layer(placement, "wp_page_shared").missed == ("do_shared_fault",)
    assert layer(placement, "do_page_mkwrite").missed == ()


def test_an_assert_is_told_as_no_check() -> None:
    placement = placed(ASSERT_TO_CHECK, "helper_actor", HELPER)
    assert layer(placement, "helper_actor").checks.text == "only asserts PageUptodate() (fs/iomap/helper.c:60)"
    assert not layer(placement, "helper_actor").tested


def test_a_check_whose_lock_was_dropped_is_void() -> None:
    found = layer(placed(ASSERT_TO_CHECK, "helper_actor", HELPER), "do_shared_fault")
    assert "filemap_fault() tests it before, which is void again (mm/filemap.c:16, but" in found.checks.text
    assert "mm/memory.c:50" in found.checks.text
    assert not found.tested


def test_locks_that_the_model_sees_are_told_and_others_are_not_made_up() -> None:
    placement = placed(ASSERT_TO_CHECK, "helper_actor", HELPER)
    held = layer(placement, "helper_actor").holds.text
    assert held.startswith("on entry freeze protection and page lock (taken at ")
    assert "; fs/iomap/helper.c:12)" in held
    assert "fs/alfa/file.c:12" in held
    assert "fs/bravo/file.c:12" in held
    assert "no page lock" in layer(placement, "wp_page_shared").holds.text


def test_where_the_state_is_made_starts_with_the_code_of_the_change() -> None:
    produced = placed(ASSERT_TO_CHECK, "helper_actor", HELPER).produced
    assert produced[0].text.startswith("iomap clears uptodate when writing fails: helper_writeback()")
    assert "not on the page fault path itself" in produced[0].text
    assert [cell.text.partition(" ")[0] for cell in produced] == ["iomap", "charlie", "delta"]


def test_the_paragraph_names_nothing_that_the_table_does_not_hold() -> None:
    placement = placed(ASSERT_TO_CHECK, "helper_actor", HELPER)
    told = {word.strip("().,;:") for word in placement.paragraph.split()}
    functions = {function.name for function in MODEL.functions} & told
    cells = " ".join(
        f"{one.label} {one.covers.text} {one.holds.text} {one.checks.text} {' '.join(map(str, one.spots))}"
        for one in placement.layers
    ) + " ".join(cell.text for cell in placement.produced)
    assert functions
    assert all(name in cells for name in functions)
    assert "In do_page_mkwrite() (mm/memory.c:130) it would cover all 6 implementers" in placement.paragraph


def test_a_change_in_the_dispatch_covers_every_implementer() -> None:
    placement = placed(
        "+    if (!PageUptodate(page))\n+        return VM_FAULT_SIGBUS;", "do_page_mkwrite", "mm/memory.c"
    )
    assert placement.operation == "vm_operations_struct.page_mkwrite"
    assert "all 6 implementers" in layer(placement, "do_page_mkwrite").covers.text


def test_a_state_that_is_changed_tells_who_looks_at_it() -> None:
    text = "+    ClearPageUptodate(page);"
    (cell,) = placed(text, "helper_actor", HELPER).produced
    assert cell.text.startswith("uptodate is tested in 2 places")


def test_of_a_state_of_one_filesystem_the_others_are_not_counted() -> None:
    (cell,) = placed("+    ClearPageUptodate(page);", "delta_page_mkwrite", "fs/delta/file.c").produced
    assert cell.text == "uptodate is tested in 1 place: mm (1)"


def test_a_condition_that_is_no_recorded_state_is_told_as_such() -> None:
    placement = placed("+    if (TOY_SHUTDOWN(mp))\n+        return -EIO;", "helper_actor", HELPER)
    assert placement.condition == "TOY_SHUTDOWN(mp)"
    assert layer(placement, "do_page_mkwrite").checks.text == "not recorded by the model"
    assert "No test of" not in placement.paragraph


def test_a_lock_is_told_as_a_lock_and_not_as_a_test() -> None:
    placement = placed("+    filemap_invalidate_lock_shared(mapping);\n     foo();", "helper_actor", HELPER)
    assert "No test of" not in placement.paragraph
    assert "Locks that the model sees in helper_actor(): " in placement.paragraph


class _Late(Kernel):
    """do_page_mkwrite() looks at the mapping when ->page_mkwrite has returned."""

    def sites(self, index: int) -> tuple[Site, ...]:
        found = super().sites(index)
        if index != self.index["do_page_mkwrite"]:
            return found
        return (*found, Site(function=index, line=150, op="check", subject="mapping", spelling="page->mapping"))


def test_a_test_after_the_call_is_none_before_it() -> None:
    change = patch("+    if (page->mapping != mapping)\n+        return -EFAULT;", "helper_actor", file=HELPER)
    (placement,) = coverage.placements(change, cast(Model, _Late()))
    checks = layer(placement, "do_page_mkwrite").checks.text
    assert checks == "tests page->mapping (mm/memory.c:150, after it went on)"
    assert not layer(placement, "do_page_mkwrite").tested


def test_a_check_by_a_function_of_one_filesystem_can_stand_nowhere_else() -> None:
    text = "+    if (delta_read_page(page))\n+        return VM_FAULT_SIGBUS;"
    placement = placed(text, "delta_page_mkwrite", "fs/delta/file.c")
    assert "it would cover" not in placement.paragraph


def test_a_check_of_a_variable_can_stand_nowhere_else() -> None:
    placement = placed("+    if (ret)\n+        return -EIO;", "helper_actor", HELPER)
    assert "it would cover" not in placement.paragraph


def test_the_condition_of_a_new_error_is_told() -> None:
    placement = placed("+    if (flag == TOY_FIEMAP)\n+        return -EIO;", "helper_actor", HELPER)
    assert "The error is new only if flag == TOY_FIEMAP." in placement.paragraph


def test_functions_of_a_layer_beyond_the_first_few_are_counted() -> None:
    found = layer(placed(ASSERT_TO_CHECK, "helper_actor", HELPER), "do_shared_fault")
    assert found.label == "dispatch: do_shared_fault"
    assert msgspec.structs.replace(found, more=3).label == "dispatch: do_shared_fault and 3 more"


def test_an_assertion_is_no_predicate_that_another_layer_could_call() -> None:
    text = "-    foo(x);\n+    if (WARN_ON_ONCE(toy_is_bad(x)))\n+        return -EIO;"
    assert "WARN_ON" not in layer(placed(text, "helper_actor", HELPER), "helper_mkwrite").checks.text
