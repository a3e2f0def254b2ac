"""A line that can hardly mean what it says."""

import pytest

from rules.objections.likely_slip import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a negative errno": "+    return -EINVAL;",
    "a constant that begins with E": "+    return EXT_ROOT;",
    "a mask that is negated": "+    if (!(flags & TOY_DIRTY))",
    "a negated variable and another": "+    if (!flags && TOY_DIRTY)",
    "the size of what is pointed to": "+    p = kmalloc(sizeof(*p), GFP_KERNEL);",
    "the size of another thing": "+    p->q = kmalloc(sizeof(p), GFP_KERNEL);",
    "two comparisons": "+    if (err != -EAGAIN && err != -EBUSY)",
    "the pointer that was tested": "+    if (IS_ERR(p))\n+        return PTR_ERR(p);",
    "another statement between": "+    if (IS_ERR(p)) {\n+        foo();\n+        return PTR_ERR(q);",
    "a line that only moves": "-    return EINVAL;\n     foo();\n+        return EINVAL;",
    "a line that was there": "     return EINVAL;",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("+    return EINVAL;", "minus"),
        ("+    if (!t->flags & TOY_DIRTY)", "parentheses"),
        ("+    t->p = kzalloc(sizeof(t->p), GFP_KERNEL);", "size of the pointer"),
        ("+    if (err != -EAGAIN && err != -EAGAIN)", "both sides"),
        ("+    if (IS_ERR(page))\n+        return PTR_ERR(folio);", "two pointers"),
        ("     if (IS_ERR(page)) {\n+        ret = PTR_ERR(folio);", "two pointers"),
    ],
)
def test_fires_on(text: str, why: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert why in finding.text
