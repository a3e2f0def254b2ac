"""A call whose result is ignored now."""

import pytest

from rules.objections.result_ignored import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a choice between an error and the result": (
        """
-    error = toy_wait(log);
+    error = nowait ?
+        -EAGAIN : toy_wait(log);
""",
        "toy_check",
        "fs/toyfs/file.c",
    ),
    "a question that is no longer asked": (
        """
-    if (toy_busy(disk))
-        pr_warn("busy");
+    toy_busy(disk);
""",
        "toy_change",
        "fs/toyfs/file.c",
    ),
    "a call that is new": (
        """
+    filemap_flush(mapping);
""",
        "toy_sync",
        "fs/toyfs/file.c",
    ),
    "a result that is still taken in another branch": (
        """
-    err = filemap_flush(mapping);
+    if (x)
+        err = filemap_flush(mapping);
+    else
+        filemap_flush(mapping);
""",
        "toy_sync",
        "fs/toyfs/file.c",
    ),
    "a function that the patch makes void": (
        """
-static int toy_flush(struct inode *inode)
+static void toy_flush(struct inode *inode)
 {
-    err = toy_flush(inode);
+    toy_flush(inode);
""",
        "toy_sync",
        "fs/toyfs/file.c",
    ),
    "a result that is tested instead of stored": (
        """
-    err = filemap_flush(mapping);
+    if (filemap_flush(mapping))
+        goto out;
""",
        "toy_sync",
        "fs/toyfs/file.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_silent_on_a_patch_that_is_about_the_result() -> None:
    text = "-    err = toy_commit(page);\n+    toy_commit(page);"
    subject = "toyfs: no need to check the return value of toy_commit()"
    assert ask(RULE, patch(text, "toy_sync", file="fs/toyfs/file.c", subject=subject)) == ()


def test_fires_when_a_test_led_to_an_error() -> None:
    text = "-    if (toy_flush(inode))\n-        return -EIO;\n+    toy_flush(inode);"
    (finding,) = ask(RULE, patch(text, "toy_sync", file="fs/toyfs/file.c"))
    assert "toy_flush()" in finding.text


def test_fires_when_the_result_was_stored_and_is_dropped() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
-    err = filemap_flush(mapping);
-    if (err)
-        return err;
+    filemap_flush(mapping);
""",
            "toy_sync",
            file="fs/toyfs/file.c",
        ),
    )
    assert "filemap_flush()" in finding.text
    assert finding.line == 100
