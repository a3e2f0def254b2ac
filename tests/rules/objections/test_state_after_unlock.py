"""A folio that is used after its lock was dropped."""

import pytest

from rules.objections.state_after_unlock import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a folio under writeback until after the use": (
        """
     folio_unlock(folio);
+    folio_set_error(folio);
     folio_end_writeback(folio);
""",
        "toy_requeue",
        "fs/toyfs/file.c",
    ),
    "a mapping used under the lock": (
        """
+    mapping_set_error(folio->mapping, error);
     folio_unlock(folio);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a mapping from the inode": (
        """
     folio_unlock(folio);
+    mapping_set_error(inode->i_mapping, error);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "another folio": (
        """
     folio_unlock(one);
+    mapping_set_error(two->mapping, error);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a lock taken again": (
        """
     folio_unlock(folio);
     folio_lock(folio);
+    mapping_set_error(folio->mapping, error);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "a branch that left": (
        """
     if (error) {
         folio_unlock(folio);
         return error;
     }
+    mapping_set_error(folio->mapping, error);
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
    "old code that the patch does not touch": (
        """
     folio_unlock(folio);
     mapping_set_error(folio->mapping, error);
+    foo();
""",
        "toy_f",
        "fs/toyfs/file.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_on_the_mapping_of_an_unlocked_folio() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
     folio_unlock(folio);
     foo();
+    mapping_set_error(folio->mapping, error);
""",
            "toy_f",
            file="fs/toyfs/file.c",
        ),
    )
    assert "follows its mapping" in finding.text
    assert finding.line == 102


def test_fires_on_a_state_that_is_set_too_late() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    unlock_page(page);
+    SetPageUptodate(page);
""",
            "toy_f",
            file="fs/toyfs/file.c",
        ),
    )
    assert "changes its state" in finding.text


HELPER = "fs/iomap/helper.c"


def test_silent_when_the_model_sees_the_mapping_taken_from_the_inode() -> None:
    text = "-    mapping_set_error(page->mapping, error);\n+    mapping_set_error(inode->i_mapping, error);"
    assert ask(RULE, patch(text, "helper_writeback", file=HELPER)) == ()


def test_fires_when_the_hunk_does_not_show_the_unlock_but_the_model_does() -> None:
    text = "-    mapping_set_error(inode->i_mapping, error);\n+    mapping_set_error(page->mapping, error);"
    (finding,) = ask(RULE, patch(text, "helper_writeback", file=HELPER))
    assert "after unlock_page(), fs/iomap/helper.c:105 in the model" in finding.text
