"""A 64-bit value that is divided with an operator."""

import pytest

from rules.objections.wide_division import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a helper": """
     u64 block;
+    group = div_u64(block, sbi->per_group);
""",
    "a constant": """
     u64 block;
+    group = block / PAGE_SIZE;
""",
    "a small number": """
     u64 block;
+    group = block / 2;
""",
    "a width that is not seen": """
+    group = block / sbi->per_group;
""",
    "a variable of another function": """
     u64 block;
 }
 static int toy_g(int block)
 {
+    group = block / sbi->per_group;
""",
    "words in a string": """
     u64 block;
+    seq_printf(m, "block / group");
""",
    "a narrow variable": """
     u64 block;
     int n;
+    group = n / sbi->per_group;
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "     u64 block, other;\n+    group = block / sbi->per_group;",
        "     loff_t pos = 0;\n+    if (pos % unit)",
        " static int toy_f(struct inode *inode, sector_t nr, int n)\n {\n+    return nr / n;",
    ],
)
def test_fires_on_a_plain_operator(text: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert "div_u64()" in finding.text
