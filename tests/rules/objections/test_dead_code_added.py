"""Code that is added and switched off."""

import pytest

from rules.objections.dead_code_added import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a comment in words": """
+    // the lock is taken by the caller
""",
    "code that was switched off before": """
-#if 0
-    toy_verify(inode);
+#if 0
+    toy_verify(page);
""",
    "a licence line": """
+// SPDX-License-Identifier: GPL-2.0
""",
    "a block that the author takes out": """
+#if 0 // TODO: remove with the last user
""",
    "a trace by custom": """
+    //_leave("");
""",
    "a condition": """
+#if IS_ENABLED(CONFIG_TOY)
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


@pytest.mark.parametrize(
    "text", ["+#if 0\n+    toy_verify(inode);\n+#endif", "+    //cond_resched();", "+// x->y = 1;"]
)
def test_fires_on_code_that_is_off(text: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert "switched off" in finding.text
