"""A page index that is shifted without a cast."""

import pytest

from rules.objections.index_shifted import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a cast": """
+    pos = (loff_t)folio->index << PAGE_SHIFT;
""",
    "a cast before the pointer is followed": """
+    pos = ((loff_t)vmf->pgoff << PAGE_SHIFT);
""",
    "an address": """
+    unsigned long address = vma->vm_start + (vmf->pgoff << PAGE_SHIFT);
""",
    "an index that was shifted before": """
-    pos = page->index << PAGE_SHIFT;
+    pos = folio->index << PAGE_SHIFT;
""",
    "a variable whose width is not seen": """
+    pos = index << PAGE_SHIFT;
""",
    "a position shifted down": """
+    index = pos >> PAGE_SHIFT;
""",
    "a difference of two": """
+    len = (end - folio->index) << PAGE_SHIFT;
""",
    "a cast before a helper": """
+    start += (loff_t)linear_page_index(vma, start) << PAGE_SHIFT;
""",
    "a comment": """
+    /* folio->index << PAGE_SHIFT is the position */
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


def test_silent_where_only_wide_machines_build() -> None:
    assert ask(RULE, patch("+    pos = folio->index << PAGE_SHIFT;", "toy_f", file="fs/dax.c")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "+    loff_t pos = folio->index << PAGE_SHIFT;",
        "+    truncate(inode, pages[i]->index << PAGE_SHIFT);",
        "     pgoff_t index = 0;\n+    pos = index << PAGE_SHIFT;",
    ],
)
def test_fires_on_an_index_without_a_cast(text: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert "4 GiB" in finding.text
    assert finding.function == "toy_f"
