"""A failure that jumps to the exit without an error."""

import pytest

from rules.objections.jump_without_errno import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

ZERO = """
     ret = toy_map(inode);
     if (ret)
         goto out;
"""
SILENT = {
    "an error that is set in the branch": ZERO
    + "+    p = foo();\n+    if (IS_ERR(p)) {\n+        ret = PTR_ERR(p);\n+        goto out;\n+    }",
    "an error that is preset": ZERO + "+    ret = -ENOMEM;\n+    p = foo();\n+    if (IS_ERR(p))\n+        goto out;",
    "an error that may be set further up": "+    p = foo();\n+    if (IS_ERR(p))\n+        goto out;",
    "an error that was not tested": "     ret = toy_map();\n+    p = foo();\n+    if (IS_ERR(p))\n+        goto out;",
    "a return": ZERO + "+    if (IS_ERR(p))\n+        return PTR_ERR(p);",
    "old code": ZERO + "     if (IS_ERR(p))\n         goto out;\n+    foo();",
    "the good case": ZERO + "+    if (!IS_ERR(p))\n+        goto found;",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


def test_fires_on_a_bare_jump() -> None:
    text = ZERO + "+    rreq = toy_alloc_request(mapping);\n+    if (IS_ERR(rreq))\n+        goto out;"
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert "When IS_ERR(rreq), toy_f() does 'goto out' with ret still 0;" in finding.text
    assert finding.line == 104


def test_fires_when_the_call_before_an_old_test_is_new() -> None:
    text = (
        ZERO
        + "-    rreq = toy_old(mapping);\n+    rreq = toy_new(mapping);\n     if (IS_ERR(rreq))\n         goto out;"
    )
    assert len(ask(RULE, patch(text, "toy_f"))) == 1
