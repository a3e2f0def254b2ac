"""An allocation that is used unchecked."""

import pytest

from rules.objections.allocation_unchecked import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a test before the use": """
+    p = kzalloc(sizeof(*p), GFP_KERNEL);
+    if (!p)
+        return -ENOMEM;
+    p->x = 1;
""",
    "a mask that never fails": """
+    p = kzalloc(sizeof(*p), GFP_KERNEL | __GFP_NOFAIL);
+    p->x = 1;
""",
    "a mask on the next line": """
+    p = kzalloc(sizeof(*p),
+        GFP_KERNEL | __GFP_NOFAIL);
+    p->x = 1;
""",
    "a pointer that is handed on": """
+    p = kzalloc(sizeof(*p), GFP_KERNEL);
+    return p;
""",
    "an address of a member of another": """
+    p = kzalloc(sizeof(*p), GFP_KERNEL);
+    q->p = 0;
+    if (p)
+        p->x = 1;
""",
    "the size of what it points to": """
+    p = kzalloc(sizeof(*p), GFP_KERNEL);
+    n = sizeof(p->x);
+    if (!p)
""",
    "an allocation that was there": """
     p = kzalloc(sizeof(*p), GFP_KERNEL);
+    p->x = 1;
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


def test_fires_when_the_pointer_is_followed_first() -> None:
    text = "+    p = kzalloc(sizeof(*p),\n+        GFP_KERNEL);\n+    p->x = 1;\n+    if (!p)\n+        return -ENOMEM;"
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert "kzalloc()" in finding.text
    assert finding.line == 100


def test_fires_for_an_array_in_a_structure() -> None:
    (finding,) = ask(RULE, patch("+    t->v = kcalloc(n, 8, GFP_NOFS);\n+    t->v[0] = 1;", "toy_f"))
    assert "t->v" in finding.text


@pytest.mark.parametrize("use", ["INIT_LIST_HEAD(&p->list);", "memcpy(p, other, sizeof(*p));"])
def test_fires_when_a_callee_follows_it(use: str) -> None:
    (finding,) = ask(RULE, patch(f"+    p = kmalloc(8, GFP_NOFS);\n+    {use}", "toy_f"))
    assert "p is used" in finding.text
