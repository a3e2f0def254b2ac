"""A new return that keeps a lock."""

import pytest

from rules.objections.return_keeps_lock import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a function that retakes the lock of its caller, before another that drops it": (
        """
+    mutex_lock(&dl->lock);
+    if (dl->stale)
+        return -ESTALE;
+    return error;
+}
+
+static void toy_reset(void)
+{
+    mutex_unlock(&dl->lock);
+}
""",
        "toy_walk",
        "fs/toyfs/file.c",
    ),
    "a return before the lock": (
        """
+    if (x)
+        return -EIO;
     folio_lock(folio);
     folio_unlock(folio);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a return after the unlock": (
        """
     folio_lock(folio);
     folio_unlock(folio);
+    if (x)
+        return -EIO;
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a return that unlocks first": (
        """
     folio_lock(folio);
+    if (x) {
+        folio_unlock(folio);
+        return -EIO;
+    }
     folio_unlock(folio);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a goto to the exit": (
        """
     folio_lock(folio);
+    if (x)
+        goto out_unlock;
     foo();
 out_unlock:
     folio_unlock(folio);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a lock that may fail": (
        """
     if (!folio_trylock(folio))
         return 0;
+    if (x)
+        return -EIO;
     folio_unlock(folio);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a lock in another branch": (
        """
     if (a) {
         folio_lock(folio);
         folio_unlock(folio);
     } else {
+        if (x)
+            return -EIO;
     }
     folio_unlock(folio);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_on_a_return_between_lock_and_unlock() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
     folio_lock(folio);
+    if (!folio_test_uptodate(folio))
+        return -EIO;
     folio_mark_dirty(folio);
     folio_unlock(folio);
""",
            "toy_f",
            file="fs/toyfs/file.c",
        ),
    )
    assert "folio_lock(folio)" in finding.text
    assert finding.line == 102


def test_fires_for_a_mutex_as_well() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
     mutex_lock(&sbi->lock);
+    if (IS_ERR(p))
+        return PTR_ERR(p);
     mutex_unlock(&sbi->lock);
""",
            "toy_f",
            file="fs/toyfs/file.c",
        ),
    )
    assert "mutex_lock(&sbi->lock)" in finding.text
