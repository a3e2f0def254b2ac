"""A check that became a warning."""

import pytest

from rules.objections.check_became_warning import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "an assert that became a check": (
        """
-    WARN_ON_ONCE(!PageUptodate(page));
+    if (!PageUptodate(page))
+        return -EIO;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "a check that goes": (
        """
-    if (PageDirty(page))
-        goto out;
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_when_a_handled_state_is_only_asserted() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
-    if (PageWriteback(page))
-        goto retry;
+    VM_BUG_ON_PAGE(PageWriteback(page), page);
""",
            "helper_actor",
            file="fs/iomap/helper.c",
        ),
    )
    assert "only asserts it (PageWriteback)" in finding.text
