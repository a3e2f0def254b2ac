"""A fault that ends in a signal it did not before."""

import pytest

from rules.objections.signal_changes import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a fault that is tried again": (
        """
+    if (PageWriteback(page))
+        return VM_FAULT_RETRY;
""",
        "charlie_page_mkwrite",
        "fs/charlie/file.c",
    ),
    "a function that the patch adds": (
        """
+static int helper_actor(struct page *page)
+{
+    if (toy_gone(inode))
+        return -ENOMEM;
+}
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "a condition that no mapped store meets": (
        """
+    if (no_wait)
+        return -EAGAIN;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "a function off the fault path": (
        """
+    if (x)
+        return -EIO;
""",
        "lonely",
        "drivers/toy/toy.c",
    ),
    "an error that only moved": (
        """
-    return -EIO;
+    if (x)
+        return -EIO;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "an error that was an assignment before": (
        """
-    return -EIO;
+    if (x)
+        ret = -EIO;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "success": (
        """
+    if (x)
+        return 0;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_with_the_place_that_converts_the_errno() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    if (toy_gone(inode))
+        return -EIO;
""",
            "helper_actor",
            file="fs/iomap/helper.c",
        ),
    )
    assert "block_page_mkwrite_return() makes VM_FAULT_SIGBUS of it (fs/iomap/helper.c:31)" in finding.text
    assert "if toy_gone(inode)" in finding.text


def test_fires_on_an_errno_that_means_try_again() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    if (toy_gone(inode))
+        return -EAGAIN;
""",
            "helper_actor",
            file="fs/iomap/helper.c",
        ),
    )
    assert "takes it for 'try again'" in finding.text


def test_fires_on_out_of_memory() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    if (toy_gone(inode))
+        return -ENOMEM;
""",
            "helper_actor",
            file="fs/iomap/helper.c",
        ),
    )
    assert "VM_FAULT_OOM" in finding.text
