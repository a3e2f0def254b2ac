"""Uptodate cleared on a page that may be mapped."""

import pytest

from rules.objections.uptodate_cleared import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a helper that is named after it": (
        """
+    ClearPageUptodate(page);
""",
        "toy_subpage_clear_uptodate",
        "fs/toyfs/subpage.c",
    ),
    "a folio that is removed after an error": (
        """
+    folio_clear_uptodate(folio);
+    generic_error_remove_folio(mapping, folio);
""",
        "toy_kill_pages",
        "fs/toyfs/file.c",
    ),
    "the read path": (
        """
+    if (error)
+        ClearPageUptodate(page);
""",
        "toy_read_end_io",
        "fs/toyfs/file.c",
    ),
    "metadata": (
        """
+    ClearPageUptodate(page);
""",
        "toy_write_node_page",
        "fs/toyfs/file.c",
    ),
    "a page that is unmapped in the same function": (
        """
+    unmap_mapping_pages(mapping, index, 1, false);
+    ClearPageUptodate(page);
""",
        "toy_write_failed",
        "fs/toyfs/file.c",
    ),
    "a clear that only moved": (
        """
-    ClearPageUptodate(page);
     foo(page);
+    ClearPageUptodate(page);
""",
        "toy_write_failed",
        "fs/toyfs/file.c",
    ),
    "a buffer": (
        """
+    clear_buffer_uptodate(bh);
""",
        "toy_write_failed",
        "fs/toyfs/file.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_on_a_failed_write_that_clears_the_flag() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
     if (error) {
+        folio_clear_uptodate(folio);
     }
""",
            "toy_write_failed",
            file="fs/toyfs/file.c",
        ),
    )
    assert "clears uptodate (folio_clear_uptodate if error)" in finding.text
    assert finding.line == 101
