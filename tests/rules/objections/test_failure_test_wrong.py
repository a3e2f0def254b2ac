"""A failure that is tested for in the wrong way."""

import pytest
from msgspec.structs import replace

from rules.objections.failure_test_wrong import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "the right test of an error pointer": """
+    folio = filemap_lock_folio(mapping, index);
+    if (IS_ERR(folio))
+        return PTR_ERR(folio);
""",
    "the right test of NULL": """
+    p = kmalloc(8, GFP_KERNEL);
+    if (!p)
+        return -ENOMEM;
""",
    "both tests": """
+    inode = ext4_iget(sb, ino, 0);
+    if (!inode)
+        return 0;
+    if (IS_ERR(inode))
+        return PTR_ERR(inode);
""",
    "a function that is not known": """
+    p = toy_get(inode);
+    if (!p)
+        return -EIO;
""",
    "another branch": """
     if (x)
+        p = kmalloc(8, GFP_KERNEL);
     else
         p = toy_get(x);
+    if (IS_ERR(p))
+        return PTR_ERR(p);
""",
    "another pointer": """
+    p = kmalloc(8, GFP_KERNEL);
+    if (IS_ERR(q))
+        return PTR_ERR(q);
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


def test_silent_on_a_patch_from_before_the_change() -> None:
    text = "+    folio = filemap_get_folio(mapping, index);\n+    if (!folio)\n+        return -ENOENT;"
    assert ask(RULE, replace(patch(text, "toy_f"), date="2022-03-01")) == ()


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("+    t->folio = filemap_lock_folio(mapping,\n+        index);\n+    if (!t->folio) {", "an error pointer"),
        ("     bh = sb_getblk(sb, nr);\n+    if (IS_ERR(bh))\n+        return PTR_ERR(bh);", "NULL"),
    ],
)
def test_fires_on_the_wrong_test(text: str, gives: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert gives in finding.text
