"""What the changed lines of a patch add and take away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import guards
from rules.guards import Guard, Item
from tests import growth
from tests.rules.patches import change, hunk, patch


def told(text: str, *functions: str) -> tuple[Guard, ...]:
    return guards.guards(guards.effects(patch(text, *(functions or ("toy_mkwrite",)))))


def items(text: str) -> tuple[Item, ...]:
    return guards.new_items(hunk(text, "toy_mkwrite"))


SILENT = {
    "a comment that names a check": """
     /*
+     * If !PageUptodate(page) we return -EIO.
      */
""",
    "a hunk that starts inside a comment": """
  * is folio_test_uptodate() here?
+ * return -EIO if not
  */
 int x;
""",
    "a string": """
+    pr_warn("PageUptodate(page) is gone\\n");
""",
    "a check that only moved": """
-    if (!PageUptodate(page))
-        return -EIO;
     lock_page(page);
+    if (!PageUptodate(page))
+        return -EIO;
""",
    "a page call that became a folio call": """
-    if (!PageUptodate(page))
+    if (!folio_test_uptodate(folio))
         return -EIO;
""",
    "a reindented check": """
-    if (PageUptodate(page))
-        goto out;
+    if (inode) {
+        if (PageUptodate(page))
+            goto out;
+    }
""",
    "a preprocessor line": """
+#define TOY_CHECK(page) if (!PageUptodate(page)) return -EIO
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_nothing_is_told_of(text: str) -> None:
    assert told(text) == ()


def test_a_file_that_is_no_c_has_no_effects() -> None:
    text = "+    if (!PageUptodate(page)) return -EIO;"
    assert guards.effects(change(hunk(text, file="Documentation/filesystems/toyfs.rst"))) == ()


def test_an_assert_that_became_a_check_with_an_error_return() -> None:
    guard = told("""
-    WARN_ON_ONCE(!PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
""")[0]
    assert (guard.kind, guard.subject, guard.function) == ("assert became check", "uptodate", "toy_mkwrite")
    assert (guard.action, guard.negated, guard.line) == ("return -EIO", True, 100)


def test_a_warning_inside_a_condition_that_is_dropped() -> None:
    guard = told("""
-    if (WARN_ON(!folio_test_uptodate(folio))) {
+    if (!folio_test_uptodate(folio)) {
         ret = VM_FAULT_SIGBUS;
         goto out;
     }
""")[0]
    assert guard.kind == "warning dropped"
    assert guard.action == "ret = VM_FAULT_SIGBUS; goto out"


def test_a_check_that_became_an_assert() -> None:
    kinds = [
        guard.kind
        for guard in told("-    if (PageDirty(page))\n-        goto out;\n+    WARN_ON_ONCE(PageDirty(page));")
    ]
    assert kinds == ["check became assert"]


def test_an_error_return_under_a_condition_without_a_concept() -> None:
    (guard,) = told("""
     int error = 0;
+    if (TOY_SHUTDOWN(mp))
+        return -EIO;
""")
    assert (guard.kind, guard.condition, guard.action) == ("error return added", "TOY_SHUTDOWN(mp)", "return -EIO")


def test_a_condition_over_several_lines_is_read_whole() -> None:
    found = items("""
     if (a ||
+        !PageUptodate(page) ||
         b) {
         ret = -EIO;
         goto out_unlock;
     }
""")
    test = next(item for item in found if item.subject == "uptodate")
    assert (test.op, test.negated, test.action) == ("test", True, "ret = -EIO; goto out_unlock")


def test_an_else_branch_stands_under_the_opposite() -> None:
    found = items("""
+    if (error)
+        ClearPageUptodate(page);
+    else
+        SetPageUptodate(page);
""")
    assert [(item.op, item.condition) for item in found] == [("clear", "error"), ("set", "!(error)")]


def test_one_call_can_do_two_things() -> None:
    found = items("+    folio_end_read(folio, true);")
    assert {(item.op, item.subject) for item in found} == {("set", "uptodate"), ("unlock", "locked")}


def test_a_lock_that_is_known_by_its_argument() -> None:
    (item,) = items("+    down_read(&EXT4_I(inode)->i_mmap_sem);")[:1]
    assert (item.op, item.subject) == ("lock", "invalidate_lock")


def test_an_operation_table_entry() -> None:
    (item,) = items("+    .page_mkwrite    = toy_page_mkwrite,")
    assert (item.op, item.subject, item.spelling) == ("table", "page_mkwrite", "toy_page_mkwrite")


def test_the_function_of_a_line_follows_the_definitions_in_the_hunk() -> None:
    text = """
     return 0;
 }

-static int toy_two(struct page *page)
+static int toy_two(struct page *page, int x)
 {
+    SetPageError(page);
     return 1;
"""
    (item,) = [one for one in guards.effects(patch(text, "toy_one", "toy_two")) if one.subject == "error"]
    assert (item.function, item.line) == ("toy_two", 105)


def test_control_does_not_follow_past_a_return_or_into_another_branch() -> None:
    found = items("""
+    unlock_page(page);
+    if (error) {
+        ClearPageUptodate(page);
+        return error;
+    }
+    SetPageUptodate(page);
+    return 0;
+    set_page_dirty(page);
""")
    at = {item.spelling: number for number, item in enumerate(found)}
    assert guards.follows(found, at["unlock_page"], at["ClearPageUptodate"])
    assert guards.follows(found, at["unlock_page"], at["SetPageUptodate"])
    assert not guards.follows(found, at["ClearPageUptodate"], at["SetPageUptodate"])
    assert not guards.follows(found, at["unlock_page"], at["set_page_dirty"])


PATHOLOGICAL = {
    "open comments": "+/*",
    "nested parentheses": "+" + "if ((((a(b(",
    "braces": "+{ if (x) { a(b);",
    "quotes": '+"\\"\'',
    "names": "+a_a(a_a)",
    "stars": "+/***",
}


@pytest.mark.parametrize("piece", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert growth.ratio(lambda count: hunk("\n".join([piece * 40] * count), "f"), guards.new_items, 12) < 3


def test_guards_of_many_functions_take_time_in_proportion() -> None:
    def made(count: int) -> tuple[guards.Item, ...]:
        text = "-    WARN_ON(!PageUptodate(page));\n+    if (!PageUptodate(page))\n+        return -EIO;"
        return guards.effects(change(*(hunk(text, f"toy_{n}", start=100 * n) for n in range(count))))

    assert growth.ratio(made, guards.guards, 400) < 3


@given(
    st.lists(st.tuples(st.sampled_from("+- "), st.text(alphabet="if()!{};PageUptodate \t\"'*/-E:=.,#\\", max_size=40)))
)
def test_any_text_is_read_without_an_exception(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(sign + line for sign, line in lines)
    one = change(hunk(text, "f"))
    assert all(item.sign in "+-" for item in guards.effects(one))


def test_a_returned_code_that_is_tested_is_no_state() -> None:
    assert told("+    if (ret == -EIO)\n+        goto out;") == ()


def test_a_mapping_in_a_condition_is_a_check() -> None:
    (guard,) = told("+    if (folio->mapping != mapping)\n+        goto out;")
    assert (guard.kind, guard.subject, guard.action) == ("check added", "mapping", "goto out")


def test_a_mapping_that_is_only_followed_is_no_check() -> None:
    assert told("+    if (folio->mapping->nrpages)\n+        goto out;") == ()


def test_the_result_of_a_choice_is_used() -> None:
    (item,) = (one for one in items("+    err = nowait ? -EAGAIN : toy_wait(log);") if one.op == "call")
    assert item.uses_result


def test_a_call_behind_a_label_is_a_statement() -> None:
    (item,) = (one for one in items("+out:\n+    toy_wait(log);") if one.op == "call")
    assert item.statement


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("+    if (!PageUptodate(page))\n+        return -EIO;\n", True),
        ("+    if (!PageUptodate(page)) {\n+        ret = -EIO;\n+        break;\n+    }\n", True),
        ("+    if (!PageUptodate(page))\n+        continue;\n", False),
        ("+    if (PageError(page))\n+        ClearPageUptodate(page);\n", False),
        ("+    pgoff_t end = (i_size_read(inode) - 1) >> SHIFT;\n+    if (index > end)\n+        break;\n", False),
        (
            "+    loff_t size = i_size_read(inode);\n     x();\n+    if (pos >= size)\n+        return -EFAULT;\n",
            True,
        ),
        ("+    left = i_size_read(inode) - pos;\n", False),
        ("+    ret = page_mkwrite_check_truncate(page, inode);\n", True),
    ],
)
def test_a_test_that_ends_a_loop_or_only_chooses_is_no_guard_of_a_state(text: str, adds: bool) -> None:
    assert any(guards.adds_check(guard) for guard in told(text)) is adds


def test_a_check_of_the_mapping_that_is_spelled_by_a_call_now_is_not_lost() -> None:
    respelled = """
-    if (page->mapping != mapping || !PageDirty(page))
+    if (folio_file_mapping(folio) != mapping ||
+        !folio_test_dirty(folio))
         continue;
"""
    assert told(respelled) == ()
