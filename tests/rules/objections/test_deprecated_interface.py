"""An interface that is deprecated."""

import pytest
from msgspec.structs import replace

from rules.objections.deprecated_interface import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a call that was there": """
-    kmap_atomic(page);
+    kmap_atomic(other);
""",
    "the new one": """
+    p = kmap_local_page(page);
""",
    "a name in a comment": """
+    x = 1; /* unlike kmap(), cheap */
""",
    "a name in a string": """
+    pr_err("strcpy(a) failed");
""",
    "a method": """
+    ops->strcpy(a, b);
""",
    "a checked product": """
+    p = kmalloc_array(n, sizeof(*p), GFP_KERNEL);
""",
    "a sum": """
+    p = kmalloc(n + sizeof(*p), GFP_KERNEL);
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


def test_silent_on_old_patches_that_map() -> None:
    change = replace(patch("+    p = kmap_atomic(page);", "toy_f"), date="2020-03-01")
    assert ask(RULE, change) == ()


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("+    p = kmap_atomic(page);", "kmap_local_folio()"),
        ("+    strcpy(a, b);", "strscpy()"),
        ("+    p = kmalloc(n * sizeof(*p), GFP_KERNEL);", "kmalloc_array()"),
        ("+    p = kvzalloc(sizeof(*p) * t->n, GFP_KERNEL);", "kvcalloc()"),
    ],
)
def test_fires_on_a_new_call(text: str, instead: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert instead in finding.text
