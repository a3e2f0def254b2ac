"""What about the others: one row per implementer."""

from typing import cast

import msgspec

from rules import filesystems
from rules.change import Change
from rules.filesystems import Row
from rules.graph import Model
from rules.model import Site
from tests.rules.kernel import Kernel
from tests.rules.patches import patch

MODEL = cast(Model, Kernel())
HELPER = "fs/iomap/helper.c"
CHECK = """
-    WARN_ON_ONCE(!PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
"""


def rows(text: str, function: str, file: str) -> dict[str, Row]:
    return {row.filesystem: row for row in filesystems.rows(patch(text, function, file=file), MODEL)}


def whole(change: Change) -> tuple[Row, ...]:
    return filesystems.of_whole_change(change, MODEL, filesystems.rows(change, MODEL))


def test_a_driver_has_no_rows() -> None:
    assert rows(CHECK, "lonely", "drivers/toy/toy.c") == {}


def test_a_function_of_the_same_name_in_another_directory_is_not_taken() -> None:
    assert rows(CHECK, "helper_actor", "drivers/toy/other.c") == {}


def test_a_shared_helper_reaches_those_that_go_through_it() -> None:
    found = rows(CHECK, "helper_actor", HELPER)
    assert {name for name, row in found.items() if row.reached} == {"alfa", "bravo"}
    assert found["alfa"].helper == "helper_mkwrite"
    assert found["alfa"].verdict == "protected"
    assert found["alfa"].why == "covered by the check in helper_actor()"


def test_an_implementer_with_its_own_check_is_protected() -> None:
    row = rows(CHECK, "helper_actor", HELPER)["charlie"]
    assert (row.reached, row.verdict) == (False, "protected")
    assert row.own_check.text.startswith("tests it: charlie_page_mkwrite()")


def test_an_implementer_without_a_check_whose_writes_clear_the_state_is_affected() -> None:
    row = rows(CHECK, "helper_actor", HELPER)["delta"]
    assert row.verdict == "affected"
    assert row.produces.text == "clears uptodate: delta_write_end_io() if bio->bi_status"
    assert (row.produces.spots[0].file, row.produces.spots[0].line) == ("fs/delta/io.c", 15)


def test_an_implementer_that_only_asserts_and_never_clears_is_not_concerned() -> None:
    row = rows(CHECK, "helper_actor", HELPER)["foxtrot"]
    assert row.verdict == "not concerned"
    assert row.own_check.text.startswith("only asserts it")


def test_an_implementer_whose_body_is_not_in_the_model_is_unknown() -> None:
    row = rows(CHECK, "helper_actor", HELPER)["echo"]
    assert (row.verdict, row.why) == ("unknown", "the model does not have its body")


def test_an_implementer_that_hands_the_operation_over_is_unknown() -> None:
    assert rows(CHECK, "helper_actor", HELPER)["kernfs"].verdict == "unknown"


def test_one_implementer_changed_leaves_its_siblings() -> None:
    found = rows(CHECK, "delta_page_mkwrite", "fs/delta/file.c")
    assert {name for name, row in found.items() if row.reached} == {"delta"}
    assert len(found) == 7


def test_a_change_in_the_dispatch_comes_before_every_implementer() -> None:
    found = rows("+    if (!PageUptodate(page))\n+        return VM_FAULT_SIGBUS;", "do_page_mkwrite", "mm/memory.c")
    assert all(row.reached for row in found.values())
    assert found["echo"].verdict == "unknown"


def test_a_check_that_goes_is_lost_to_those_who_came_through() -> None:
    text = "-    if (!PageUptodate(page))\n-        return -EIO;"
    row = rows(text, "helper_actor", HELPER)["alfa"]
    assert (row.verdict, row.why) == ("affected", "loses the check of uptodate in helper_actor()")


def test_a_check_that_moves_is_not_lost() -> None:
    gone = "-    if (!PageUptodate(page))\n-        return -EIO;\n"
    text = f"{gone}     foo();\n+    if (!PageUptodate(page))\n+        goto out;"
    assert "loses" not in rows(text, "helper_actor", HELPER)["alfa"].why


def test_a_check_that_goes_is_no_matter_of_those_who_did_not_come_through() -> None:
    text = "-    if (!PageUptodate(page))\n-        return -EIO;"
    row = rows(text, "helper_actor", HELPER)["delta"]
    assert (row.verdict, row.why) == ("not concerned", "no call leads from its ->page_mkwrite to helper_actor()")


def test_who_comes_only_to_another_changed_function_is_affected_by_that_one() -> None:
    one = patch("+    one(mp);", "delta_page_mkwrite", file="fs/delta/file.c")
    both = msgspec.structs.replace(one, files=one.files + patch("+    two(mp);", "helper_actor", file=HELPER).files)
    found = {row.filesystem: row for row in whole(both)}
    assert (found["alfa"].verdict, found["alfa"].why) == (
        "affected",
        "its ->page_mkwrite goes through helper_mkwrite() to helper_actor()",
    )
    assert found["delta"].why == "delta_page_mkwrite() is its ->page_mkwrite"
    assert found["foxtrot"].verdict == "not concerned"


def test_a_filesystem_whose_own_file_the_patch_changes_is_never_not_concerned() -> None:
    one = patch("+    one(mp);", "delta_page_mkwrite", file="fs/delta/file.c")
    far = patch("+    two(mp);", "foxtrot_end_io", file="fs/foxtrot/io.c")
    both = msgspec.structs.replace(one, files=one.files + far.files)
    row = {row.filesystem: row for row in whole(both)}["foxtrot"]
    assert (row.verdict, row.why) == ("affected", "the patch changes fs/foxtrot/io.c")


def test_without_a_recorded_state_only_the_reach_is_told() -> None:
    found = rows("+    if (TOY_SHUTDOWN(mp))\n+        return -EIO;", "helper_actor", HELPER)
    assert (found["alfa"].verdict, found["delta"].verdict) == ("affected", "not concerned")
    assert found["delta"].own_check.text.startswith("not asked: the patch guards no state")


LOCK = """
+    filemap_invalidate_lock_shared(mapping);
     foo();
"""


def test_a_lock_protects_nobody_from_a_state() -> None:
    found = rows(LOCK, "helper_actor", HELPER)
    assert (found["alfa"].verdict, found["alfa"].why) == (
        "affected",
        "its ->page_mkwrite goes through helper_mkwrite() to helper_actor()",
    )
    assert (found["delta"].verdict, found["delta"].why) == (
        "not concerned",
        "no call leads from its ->page_mkwrite to helper_actor()",
    )


def test_an_implementer_that_the_patch_changes_is_covered_by_the_patch() -> None:
    row = rows(CHECK, "charlie_page_mkwrite", "fs/charlie/file.c")["charlie"]
    assert row.why == "covered by the check in charlie_page_mkwrite()"


def test_what_brings_a_page_into_the_state_is_asked_only_where_it_is_recorded() -> None:
    text = "+    if (page->mapping != mapping)\n+        return -EFAULT;"
    row = rows(text, "helper_actor", HELPER)["delta"]
    assert (row.verdict, row.why) == (
        "unknown",
        "no check of mapping of its own; whether it needs one the model does not tell",
    )


class _SameName(Kernel):
    """foxtrot's implementer has the name of delta's: both are static."""

    def __init__(self) -> None:
        super().__init__()
        at, name = self.index["foxtrot_page_mkwrite"], "delta_page_mkwrite"
        self.functions = tuple(
            msgspec.structs.replace(one, name=name) if one.index == at else one for one in self.functions
        )
        self._entries = tuple(
            msgspec.structs.replace(one, function=name) if one.target == at else one for one in self._entries
        )


def test_static_implementers_of_one_name_are_two() -> None:
    change = patch(CHECK, "delta_page_mkwrite", file="fs/delta/file.c")
    found = {row.filesystem: row for row in filesystems.rows(change, cast(Model, _SameName()))}
    assert (found["delta"].reached, found["foxtrot"].reached) == (True, False)


class _Copies(Kernel):
    """foxtrot clears the state of a copy, in a function whose name tells neither reading nor writing."""

    def __init__(self) -> None:
        super().__init__()
        copy = self.index["foxtrot_page_mkwrite"]
        self.functions = tuple(
            msgspec.structs.replace(one, name="foxtrot_copy") if one.index == copy else one for one in self.functions
        )
        self._sites += (
            Site(
                function=copy,
                line=19,
                op="clear",
                subject="uptodate",
                spelling="folio_clear_uptodate",
                condition="!folio_test_uptodate(src)",
            ),
        )


def test_a_state_that_neither_a_read_nor_a_write_makes_is_unknown() -> None:
    change = patch(CHECK, "helper_actor", file=HELPER)
    row = {row.filesystem: row for row in filesystems.rows(change, cast(Model, _Copies()))}["foxtrot"]
    assert row.verdict == "unknown"
    assert row.why.startswith("no check, and whether foxtrot clears uptodate after a failed write")


def test_of_what_a_completion_checks_nothing_is_asked_of_other_filesystems() -> None:
    kernel = Kernel(later=("helper_mkwrite", "helper_actor"))
    change = patch(CHECK, "helper_actor", file=HELPER)
    found = {row.filesystem: row for row in filesystems.rows(change, cast(Model, kernel))}
    assert {name for name, row in found.items() if row.verdict == "affected"} == set()
    assert found["alfa"].why == "covered by the check in helper_actor()"
    assert found["delta"].why == "no completion or work item of its requests leads to helper_actor()"


def test_of_a_test_that_guards_nothing_only_the_users_are_told() -> None:
    loop = "+    if (!PageUptodate(page))\n+        continue;\n"
    found = rows(loop, "helper_actor", HELPER)
    assert {name for name, row in found.items() if row.verdict == "affected"} == {"alfa", "bravo"}
    assert found["charlie"].verdict == "not concerned"
    assert not any(row.own_check.spots or row.produces.spots for row in found.values())
