"""Sibling implementers that keep what is removed."""

import pytest

from rules.objections.siblings_unchanged import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a function that goes as a whole": (
        """
-static int helper_actor(struct page *page)
-{
-    WARN_ON_ONCE(!PageUptodate(page));
-}
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "a function off every path": (
        """
-    WARN_ON_ONCE(!PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
""",
        "lonely",
        "drivers/toy/toy.c",
    ),
    "an added assert": (
        """
+    WARN_ON_ONCE(!PageUptodate(page));
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "a state that no sibling changes": (
        """
-    SetPageError(page);
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_when_a_sibling_keeps_the_same_assert() -> None:
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
    assert "foxtrot" in finding.text
    assert "charlie" not in finding.text
