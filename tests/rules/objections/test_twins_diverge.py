"""A twin function that stays unchanged."""

import pytest

from rules.objections.twins_diverge import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SILENT = {
    "a function without a twin": (
        """
+    if (error)
+        SetPageError(page);
""",
        "helper_actor",
        "fs/iomap/helper.c",
    ),
    "a change of no recorded state": (
        """
+    foo();
""",
        "delta_read_page",
        "fs/delta/io.c",
    ),
    "something that the twin has": (
        """
+    SetPageError(page);
""",
        "delta_read_page",
        "fs/delta/io.c",
    ),
}


@pytest.mark.parametrize(("text", "function", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, function: str, file: str) -> None:
    assert ask(RULE, patch(text, function, file=file)) == ()


def test_fires_when_the_twin_lacks_what_is_added() -> None:
    (finding,) = ask(
        RULE,
        patch(
            """
+    if (!PageUptodate(page))
+        return -EIO;
""",
            "delta_read_page",
            file="fs/delta/io.c",
        ),
    )
    assert "its twin delta_read_folio() stays" in finding.text
    assert finding.spots[0].line == 70


def test_silent_when_the_twin_is_changed_as_well() -> None:
    text = """
+    if (!PageUptodate(page))
+        return -EIO;
 }
 int delta_read_folio(struct folio *folio)
 {
+    if (!folio_test_uptodate(folio))
+        return -EIO;
"""
    assert ask(RULE, patch(text, "delta_read_page", "delta_read_folio", file="fs/delta/io.c")) == ()
