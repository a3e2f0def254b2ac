"""A new return that leaks what the function has acquired."""

import pytest

from rules.objections.return_keeps_resource import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a return when nothing was taken": """
     path = btrfs_alloc_path();
+    if (!path)
+        return -ENOMEM;
     foo();
     btrfs_free_path(path);
""",
    "a return that gives back first": """
     p = kmalloc(8, GFP_KERNEL);
     if (!p)
         return -ENOMEM;
+    if (x) {
+        kfree(p);
+        return -EIO;
+    }
     kfree(p);
""",
    "a jump to the exit": """
     p = kmalloc(8, GFP_KERNEL);
+    if (x)
+        goto out;
 out:
     kfree(p);
""",
    "an object that is stored": """
     p = kmalloc(8, GFP_KERNEL);
     t->p = p;
+    if (x)
+        return -EIO;
     kfree(p);
""",
    "an object that is put on a list": """
     p = kmalloc(8, GFP_KERNEL);
     list_add(&p->list, &t->list);
+    if (x)
+        return -EIO;
     kfree(p);
""",
    "an object that nobody gives back": """
     p = kmalloc(8, GFP_KERNEL);
+    if (x)
+        return -EIO;
     return 0;
""",
    "an object in a structure": """
     t->p = kmalloc(8, GFP_KERNEL);
+    if (x)
+        return -EIO;
     kfree(t->p);
""",
    "another case": """
     case A:
         p = kmalloc(8, GFP_KERNEL);
         break;
     case B:
+        if (x)
+            return -EIO;
     }
     kfree(p);
""",
    "a free at the end of the scope": """
     char *p __free(kfree) = NULL;
     p = kmalloc(8, GFP_KERNEL);
+    if (x)
+        return -EIO;
     kfree(p);
""",
    "a return that was there": """
     p = kmalloc(8, GFP_KERNEL);
     if (x)
         return -EIO;
+    foo();
     kfree(p);
""",
    "a free by another name": """
     p = kmem_cache_alloc(cache, GFP_KERNEL);
+    if (x) {
+        toy_put_req(p);
+        return -EIO;
+    }
     kmem_cache_free(cache, p);
""",
    "another value": """
     p = toy_item_lookup(t);
+    if (x)
+        return -EIO;
     p = toy_item_get(t);
     toy_item_put(p);
""",
    "a value that is only read": """
     start = get_start(bdev);
+    if (x)
+        return -EIO;
     ret = put_user(start, p);
""",
    "an error that was made of the object": """
     p = toy_ctx_alloc(sb);
+    ret = PTR_ERR_OR_ZERO(p);
+    if (ret)
+        return ret;
     toy_ctx_free(p);
""",
    "a request that goes on": """
     p = kmalloc(8, GFP_KERNEL);
+    if (x)
+        return -EIOCBQUEUED;
     kfree(p);
""",
    "a return of success": """
     p = kmalloc(8, GFP_KERNEL);
+    if (x)
+        return 0;
     kfree(p);
""",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, "toy_f")) == ()


LEAKS = {
    "toy_ctx_alloc()": """
     ctx = toy_ctx_alloc(sb);
+    if (x)
+        return -EIO;
     toy_ctx_free(ctx);
""",
    "kmalloc()": """
     p = kmalloc(8, GFP_KERNEL);
     if (!p)
         return -ENOMEM;
+    if (x)
+        return -EIO;
     kfree(p);
""",
    "igrab()": """
     inode = igrab(other);
+    ret = toy_map(other);
+    if (ret)
+        return ret;
     iput(inode);
""",
    "filemap_get_folio()": """
+    folio = filemap_get_folio(mapping, 0);
+    if (IS_ERR(folio))
+        return PTR_ERR(folio);
+    if (x)
+        return -EIO;
+    folio_put(folio);
""",
}


@pytest.mark.parametrize(("taken", "text"), LEAKS.items(), ids=LEAKS)
def test_fires_on_a_return_between(taken: str, text: str) -> None:
    (finding,) = ask(RULE, patch(text, "toy_f"))
    assert taken in finding.text
