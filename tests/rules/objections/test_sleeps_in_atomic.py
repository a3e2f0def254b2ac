"""A sleeping call in atomic context."""

import pytest

from rules.objections.sleeps_in_atomic import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a call after the spin lock": (
        """
     spin_lock(&lock);
     spin_unlock(&lock);
+    lock_page(page);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "an allocation that must not wait": (
        """
     spin_lock(&lock);
+    p = kmalloc(8, GFP_ATOMIC);
     spin_unlock(&lock);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a call that does not sleep": (
        """
     spin_lock(&lock);
+    SetPageError(page);
     spin_unlock(&lock);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a branch that dropped the lock": (
        """
     spin_lock(&lock);
     if (x) {
         spin_unlock(&lock);
+        lock_page(page);
         return;
     }
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_under_a_spin_lock() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
     spin_lock_irqsave(&s->lock, flags);
+    wait_on_page_writeback(page);
     spin_unlock_irqrestore(&s->lock, flags);
""",
            "toy_f",
            file="fs/toyfs/file.c",
        ),
    )
    assert "wait_on_page_writeback() may sleep" in finding.text


def test_fires_on_a_blocking_allocation() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
     spin_lock(&lock);
+    p = kmalloc(8, GFP_KERNEL);
     spin_unlock(&lock);
""",
            "toy_f",
            file="fs/toyfs/file.c",
        ),
    )
    assert "kmalloc() may sleep, under spin_lock(&lock)" in finding.text


def test_fires_in_a_function_that_the_patch_makes_a_bio_completion() -> None:
    text = """
+    bio->bi_end_io = toy_end_io;
 }
 static void toy_end_io(struct bio *bio)
 {
+    lock_page(page);
"""
    (finding,) = ask(RULE, patch(text, "toy_submit", "toy_end_io"))
    assert "toy_end_io() is a bio completion" in finding.text
