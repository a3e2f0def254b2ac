"""A check below an operation that other implementers lack."""

import pytest

from rules.objections.check_below_operation import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a test that goes on": (
        """
+    if (!PageUptodate(page))
+        toy_note(page);
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "a driver": (
        """
-    WARN_ON_ONCE(!PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
""",
        "lonely",
        "drivers/toy/toy.c",
    ),
    "a check in the dispatch": (
        """
+    if (!PageUptodate(page))
+        return VM_FAULT_SIGBUS;
""",
        "do_page_mkwrite",
        "mm/memory.c",
    ),
    "a condition that is no recorded state": (
        """
+    if (TOY_SHUTDOWN(mp))
+        return -EIO;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "a check that goes": (
        """
-    if (!PageUptodate(page))
-        return -EIO;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_when_another_implementer_loses_the_state_and_has_no_check() -> None:
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
    assert "covers alfa and bravo" in finding.text
    assert "delta neither tests it nor comes through here" in finding.text
    assert finding.line == 100
    assert "page_mkwrite" in finding.words
