"""A failure that jumps to the exit without an error."""

import pytest

from rules.objections.jump_without_errno import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "an error that is set in the branch": (
        """
+    p = foo();
+    if (IS_ERR(p)) {
+        ret = PTR_ERR(p);
+        goto out;
+    }
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "an error that is preset": (
        """
+    ret = -ENOMEM;
+    p = foo();
+    if (IS_ERR(p))
+        goto out;
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a return": (
        """
+    if (IS_ERR(p))
+        return PTR_ERR(p);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "old code": (
        """
     if (IS_ERR(p))
         goto out;
+    foo();
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "the good case": (
        """
+    if (!IS_ERR(p))
+        goto found;
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_on_a_bare_jump() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    rreq = toy_alloc_request(mapping);
+    if (IS_ERR(rreq))
+        goto out;
""",
            "toy_f",
            file="fs/toyfs/file.c",
        ),
    )
    assert "When IS_ERR(rreq), toy_f() does 'goto out'" in finding.text
    assert finding.line == 101
