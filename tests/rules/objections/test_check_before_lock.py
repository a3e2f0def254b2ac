"""A page checked before its lock and not again."""

import pytest

from rules.objections.check_before_lock import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "an early way out on a good state": (
        """
+    if (PageUptodate(page))
+        goto found;
     lock_page(page);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a check under the lock": (
        """
     lock_page(page);
+    if (!PageUptodate(page))
+        goto out;
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a check that is made again": (
        """
+    if (!PageUptodate(page))
+        goto out;
     lock_page(page);
+    if (!PageUptodate(page))
+        goto out;
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "another page": (
        """
+    if (!PageUptodate(one))
+        goto out;
     lock_page(two);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a lock that may fail": (
        """
+    if (!PageUptodate(page))
+        goto out;
     if (!trylock_page(page))
         goto out;
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a check of something else": (
        """
+    if (!PageSwapCache(page))
+        goto out;
     lock_page(page);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_on_a_check_whose_lock_comes_later() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    if (!PageUptodate(page))
+        goto out;
     lock_page(page);
     foo(page);
""",
            "toy_f",
            file="fs/toyfs/file.c",
        ),
    )
    assert "tests uptodate (PageUptodate) before" in finding.text
    assert finding.line == 100
