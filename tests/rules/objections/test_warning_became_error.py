"""A warning that became an error return."""

import pytest

from rules.objections.warning_became_error import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "an assert of the opposite": (
        """
-    DBG_BUGON(PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
""",
        "toy_decompress",
        "fs/toyfs/file.c",
    ),
    "a BUG that became a WARN with an error": (
        """
-    J_ASSERT(PageUptodate(page));
+    if (WARN_ON_ONCE(!PageUptodate(page)))
+        return false;
""",
        "toy_free",
        "fs/toyfs/file.c",
    ),
    "a lock that is asked for": (
        """
-    WARN_ON(!folio_test_locked(folio));
+    if (!folio_test_locked(folio))
+        return;
""",
        "toy_free",
        "fs/toyfs/file.c",
    ),
    "an assert about something else": (
        """
-    WARN_ON_ONCE(!inode);
+    if (!inode)
+        return -EIO;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "an assert that became another assert": (
        """
-    WARN_ON_ONCE(!PageUptodate(page));
+    WARN_ON(!PageUptodate(page));
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "an assert that goes": (
        """
-    WARN_ON_ONCE(!PageUptodate(page));
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_on_an_assert_that_became_a_check() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
-    WARN_ON_ONCE(!PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
""",
            "helper_actor",
            file="fs/iomap/helper.c",
        ),
    )
    assert "answers with 'return -EIO' now" in finding.text
    assert "helper_writeback()" in finding.text
    assert finding.spots[0].line == 100


def test_fires_on_a_warning_dropped_from_a_condition() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
-    if (WARN_ON(!PageUptodate(page)))
+    if (!PageUptodate(page))
         goto out;
""",
            "helper_actor",
            file="fs/iomap/helper.c",
        ),
    )
    assert "goto out" in finding.text
