"""All rules together over large patches: twice the patch takes twice the time."""

from collections.abc import Callable

import pytest

from rules import objections
from rules.change import Change
from tests import growth
from tests.rules.patches import change, hunk

PIECE = """
     p = kmalloc(8, GFP_KERNEL);
+    q = kzalloc(8, GFP_KERNEL);
+    q->x = 1;
+    if (x)
+        return -EIO;
+    if (name)
+        kfree(name);
+    name->x = u / b;
+    BUG_ON(x);
+    //foo(x);
+    strcpy(a, b);
+    pos = folio->index << PAGE_SHIFT;
+    if (IS_ERR(p))
+        return PTR_ERR(q);
-    kfree(p);
-    pos = page->other << PAGE_SHIFT;
     kfree(p);
"""


STATES = """
-    WARN_ON(!folio_test_uptodate(folio));
-    sb_start_pagefault(sb);
-    return -EIO;
+    folio_unlock(folio);
+    folio_set_dirty(folio);
+    if (!folio_test_uptodate(folio))
+        return -EIO;
+    folio_clear_uptodate(folio);
+    folio_set_error(folio);
"""


def states(size: int) -> Change:
    return change(hunk(STATES.strip("\n") + ("\n" + STATES.strip("\n")) * size, "toy_f"))


def tables(size: int) -> Change:
    return change(hunk("\n".join(f"+    .page_mkwrite = toy_{n}," for n in range(10 * size)), "toy_f"))


def endless(size: int) -> Change:
    return change(hunk("\n".join(["+    p = kmalloc(sizeof(*p),", "+    p = filp_open(x,"] * (5 * size)), "toy_f"))


def leaks(size: int) -> Change:
    taken = "+    p{0} = kmalloc(8, GFP_KERNEL);\n+    if (err)\n+        return err;\n+    foo();"
    return change(hunk("\n".join(taken.format(n) for n in range(4 * size)), "toy_f"))


def one_hunk(size: int) -> Change:
    return change(hunk("     u64 u;\n" + PIECE.strip("\n") + ("\n" + PIECE.strip("\n")) * size, "toy_f"))


def many_hunks(size: int) -> Change:
    return change(*(hunk(PIECE, "toy_f", start=100 * n) for n in range(size)))


@pytest.mark.parametrize("make", [one_hunk, many_hunks, states, tables, leaks, endless])
def test_time_grows_with_the_patch(make: Callable[[int], Change]) -> None:
    assert growth.ratio(make, lambda given: objections.run(given, None, pedantic=True), 100) < 3
