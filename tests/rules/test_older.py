"""Whether changed code stood in an older kernel already."""

from typing import cast

from rules import older
from rules.change import Change
from rules.graph import Model
from rules.model import Function
from tests.rules.kernel import Kernel
from tests.rules.patches import patch

NEW = cast(Model, Kernel())
HELPER = "fs/iomap/helper.c"


class _Rewritten(Kernel):
    """An older kernel whose helper_mkwrite() did its work without the actor and without the lock."""

    def callees(self, index: int):  # type: ignore[no-untyped-def]
        return () if self.functions[index].name == "helper_mkwrite" else super().callees(index)

    def sites(self, index: int):  # type: ignore[no-untyped-def]
        return () if self.functions[index].name == "helper_mkwrite" else super().sites(index)


def _function(name: str) -> Function:
    return NEW.named(name)[0]


def _change(text: str) -> Change:
    return patch(text, "helper_mkwrite", file=HELPER)


CALLS = """
    lock_page(page);
-   helper_actor(page);
+   helper_actor(page, 1);
"""


def test_a_function_that_was_written_anew_did_not_stand_there() -> None:
    assert not older.stands_in(_change(CALLS), NEW, _function("helper_mkwrite"), cast(Model, _Rewritten()))


def test_a_hunk_that_calls_nothing_decides_nothing() -> None:
    change = _change("-    x = 1;\n+    x = 2;")
    assert not older.stands_in(change, NEW, _function("helper_mkwrite"), NEW)


def test_what_only_the_new_text_calls_does_not_count() -> None:
    change = _change("+    helper_actor(page);")
    assert not older.stands_in(change, NEW, _function("helper_mkwrite"), NEW)


def test_the_same_calls_are_the_same_code() -> None:
    assert older.stands_in(_change(CALLS), NEW, _function("helper_mkwrite"), NEW)
