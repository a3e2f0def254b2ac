"""An object that is used after its reference was dropped."""

import pytest

from rules.objections.used_after_put import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a use before the put": """
+    trace(inode->i_ino);
+    iput(inode);
""",
    "another value between": """
+    iput(inode);
+    inode = next;
+    trace(inode->i_ino);
""",
    "a value by address": """
+    iput(inode);
+    toy_get(&inode);
+    trace(inode->i_ino);
""",
    "another branch": """
     if (x) {
+        iput(inode);
     }
     trace(inode->i_ino);
""",
    "a put that leaves": """
     if (x)
+        kfree(p);
     p->x = 1;
""",
    "a member that was freed": """
+    kfree(t->name);
+    t->x = 1;
""",
    "a page that stays locked": """
     page = find_lock_page(mapping, index);
+    put_page(page);
+    if (page->mapping != mapping)
""",
    "a page of the caller": """
+    folio_put(folio);
+    if (folio->mapping != mapping)
""",
    "one of two references": """
     btrfs_put_block_group(bg);
+    key.objectid = bg->start;
""",
    "a label": """
+    kfree(p);
 out:
     p->x = 1;
""",
    "a return of something else": """
+    kfree(p);
+    return 0;
+    p->x = 1;
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "     page = find_get_page(mapping, index);\n     put_page(page);\n+    trace(page->index);",
        "     iput(inode);\n+    trace(inode->i_ino);",
        "+    fput(file);\n     file->private_data = NULL;",
        "+        kfree(bnv);\n+        return PTR_ERR(bnv->mem);",
    ],
)
def test_fires_on_a_use_in_the_next_statements(text: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert "is followed" in finding.text
