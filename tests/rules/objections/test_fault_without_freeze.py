"""A write fault without freeze protection."""

import pytest

from rules.objections.fault_without_freeze import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a protection that moved to another function": (
        """
-    sb_start_pagefault(sb);
     foo();
 }
+
+static vm_fault_t toy_write_fault(struct vm_fault *vmf)
+{
+    sb_start_pagefault(sb);
+}
""",
        "toy_page_mkwrite",
        "fs/toyfs/file.c",
    ),
    "a filesystem that nobody can freeze": (
        """
+    .page_mkwrite = foxtrot_page_mkwrite,
""",
        "x",
        "fs/foxtrot/file.c",
    ),
    "an implementer that calls what takes the protection": (
        """
+static vm_fault_t delta_write_fault(struct vm_fault *vmf)
+{
+    sb_start_pagefault(sb);
+}
+
+static vm_fault_t delta_new_mkwrite(struct vm_fault *vmf)
+{
+    return delta_write_fault(vmf);
+}
+
+static const struct vm_operations_struct delta_new_vm_ops = {
+    .page_mkwrite = delta_new_mkwrite,
+};
""",
        "delta_write_fault",
        "fs/delta/file.c",
    ),
    "a function that goes as a whole": (
        """
-static vm_fault_t toy_page_mkwrite(struct vm_fault *vmf)
-{
-    sb_start_pagefault(sb);
-    foo();
-}
 static int toy_mmap(struct file *file)
 {
     foo();
""",
        "toy_page_mkwrite",
        "fs/toyfs/file.c",
    ),
    "another operation": (
        """
+    .fault = toy_fault,
""",
        "toy_fault",
        "fs/toyfs/file.c",
    ),
    "an implementer that the patch protects": (
        """
+    .page_mkwrite = toy_page_mkwrite,
+static vm_fault_t toy_page_mkwrite(struct vm_fault *vmf)
+{
+    sb_start_pagefault(sb);
""",
        "toy_page_mkwrite",
        "fs/toyfs/file.c",
    ),
    "an implementer that the model sees protected": (
        """
+    .page_mkwrite = alfa_page_mkwrite,
""",
        "x",
        "fs/alfa/file.c",
    ),
    "an implementer that cannot be seen": (
        """
+    .page_mkwrite = elsewhere_page_mkwrite,
""",
        "x",
        "fs/toyfs/file.c",
    ),
    "a protection that moved": (
        """
-    sb_start_pagefault(sb);
     foo();
+    sb_start_pagefault(sb);
""",
        "toy_page_mkwrite",
        "fs/toyfs/file.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_on_an_unprotected_implementer() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    .page_mkwrite = delta_page_mkwrite,
""",
            "x",
            file="fs/delta/file.c",
        ),
    )
    assert "->page_mkwrite is delta_page_mkwrite()" in finding.text


def test_fires_on_a_protection_that_goes() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
-    sb_start_pagefault(sb);
     foo();
""",
            "toy_page_mkwrite",
            file="fs/toyfs/file.c",
        ),
    )
    assert "takes freeze protection no more" in finding.text
