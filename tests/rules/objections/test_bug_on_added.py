"""A new assertion that stops the machine."""

import pytest

from rules.objections.bug_on_added import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "an assertion in another form": """
-    BUG_ON(!page);
+    BUG_ON(!folio);
""",
    "an assertion that only warns": """
+    WARN_ON_ONCE(!folio);
""",
    "one of the build": """
+    BUILD_BUG_ON(sizeof(x) != 8);
""",
    "the end of a switch": """
+    switch (x) {
+    default:
+        BUG();
+    }
""",
    "a custom of the place": """
     BUG_ON(!other);
+    BUG_ON(!folio);
""",
    "a comment": """
+    /* BUG_ON() would be too much */
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


def test_silent_on_code_that_is_said_to_move() -> None:
    assert ask(RULE, patch("+    BUG_ON(x);", "toy_f", subject="toyfs: factor out toy_f()")) == ()


def test_silent_on_a_backport() -> None:
    message = "[ Upstream commit 0123456789abcdef0123456789abcdef01234567 ]"
    assert ask(RULE, patch("+    BUG_ON(x);", "toy_f", message=message)) == ()


def test_fires_on_an_assertion_that_is_new() -> None:
    (finding,) = ask(RULE, patch("     foo();\n+    BUG_ON(folio_test_writeback(folio));", "toy_f"))
    assert "stops the machine" in finding.text
    assert finding.line == 101
