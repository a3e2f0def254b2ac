"""Submission and completion that treat an error differently."""

import pytest

from rules.objections.submission_completion_differ import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a change outside an error path": (
        """
+    ClearPageUptodate(page);
""",
        "helper_writeback",
        "fs/iomap/helper.c",
    ),
    "a function that the model does not know": (
        """
+    if (error)
+        ClearPageUptodate(page);
""",
        "toy_writeback",
        "fs/iomap/helper.c",
    ),
    "a state change of another kind": (
        """
+    if (error)
+        set_page_dirty(page);
""",
        "helper_writeback",
        "fs/iomap/helper.c",
    ),
    "one that only moves": (
        """
-    ClearPageUptodate(page);
+    if (error)
+        SetPageError(page);
 }
 static void helper_other(void)
 {
-    SetPageError(page);
""",
        "helper_writeback",
        "fs/iomap/helper.c",
    ),
    "one that makes both phases alike": (
        """
-    if (error)
-        ClearPageUptodate(page);
""",
        "helper_writeback",
        "fs/iomap/helper.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_when_only_submission_clears_the_flag() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    if (error)
+        SetPageError(page);
""",
            "helper_writeback",
            file="fs/iomap/helper.c",
        ),
    )
    assert "helper_writeback() does SetPageError()" in finding.text
    assert "the completion side handles errors and does not" in finding.text
