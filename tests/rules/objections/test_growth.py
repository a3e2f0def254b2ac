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


def one_hunk(size: int) -> Change:
    return change(hunk("     u64 u;\n" + PIECE.strip("\n") + ("\n" + PIECE.strip("\n")) * size, "toy_f"))


def many_hunks(size: int) -> Change:
    return change(*(hunk(PIECE, "toy_f", start=100 * n) for n in range(size)))


@pytest.mark.parametrize("make", [one_hunk, many_hunks])
def test_time_grows_with_the_patch(make: Callable[[int], Change]) -> None:
    assert growth.ratio(make, lambda given: objections.run(given, None, pedantic=True), 100) < 3
