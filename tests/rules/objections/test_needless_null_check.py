"""A needless test before a free."""

import pytest

from rules.objections.needless_null_check import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a free without a test": """
+    kfree(name);
""",
    "a test that guards more": """
+    if (name) {
+        kfree(name);
+        n--;
+    }
""",
    "a test with another way": """
+    if (name)
+        kfree(name);
+    else
+        n--;
""",
    "another pointer": """
+    if (name)
+        kfree(other);
""",
    "a call that does not take NULL": """
+    if (bio)
+        bio_put(bio);
""",
    "a test that was there": """
     if (name)
+        kfree(name);
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "+    if (t->name)\n+        kfree(t->name);",
        "+    if (inode) {\n+        iput(inode);\n+    }",
        "+    if (bh)\n+        brelse(bh);",
    ],
)
def test_fires_on_a_test_that_changes_nothing(text: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert "takes NULL" in finding.text


def test_fires_once_in_a_function() -> None:
    text = "+    if (a)\n+        kfree(a);\n+    if (b)\n+        kfree(b);"
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert "if (a)" in finding.text
