"""An operation that is added to one of several tables."""

from typing import cast

import pytest

from rules.graph import Model
from rules.model import OpEntry
from rules.objections.table_left_out import RULE
from tests.rules.kernel import Kernel
from tests.rules.objections.run import ask
from tests.rules.patches import patch

STRUCT = "address_space_operations"
FILE = "fs/toyfs/inode.c"
_FIELDS = ("read_folio", "write_begin", "write_end")


class _Tables(Kernel):
    """The kernel with tables of one filesystem: two siblings, one for DAX, one small."""

    def __init__(self) -> None:
        super().__init__()
        rows = [(name, field) for name in ("toy_aops", "toy_da_aops", "toy_dax_aops") for field in _FIELDS]
        self._entries += tuple(
            OpEntry(struct=STRUCT, field=field, variable=name, function=f"toy_{field}", target=-1, file=FILE, line=9)
            for name, field in (*rows, ("toy_small_aops", "read_folio"))
        )


MODEL = cast(Model, _Tables())
ADDED = """
 static const struct address_space_operations toy_aops = {
     .read_folio = toy_read_folio,
+    .swap_activate = toy_swap_activate,
 };
"""
BOTH = ADDED + ADDED.replace("toy_aops", "toy_da_aops")
REPLACED = ADDED.replace("+    .swap", "-    .swap_activate = old_activate,\n+    .swap")
SILENT = {
    "all siblings changed": BOTH,
    "an entry that is replaced": REPLACED,
    "a table of another struct": ADDED.replace("address_space_operations", "file_operations").replace(
        "toy_aops", "toy_fops"
    ),
    "a flag among the operations": ADDED.replace("toy_swap_activate", "TOY_CAN_SWAP"),
    "code that is no table": "+    aops.swap_activate = toy_swap_activate;",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silent_on(text: str) -> None:
    assert ask(RULE, patch(text, file=FILE), MODEL) == ()


def test_silent_without_a_model() -> None:
    assert ask(RULE, patch(ADDED, file=FILE), None) == ()


def test_fires_on_a_sibling_table_and_spares_dax_and_small_ones() -> None:
    (finding,) = ask(RULE, patch(ADDED, file=FILE), MODEL)
    assert finding.text.startswith("->swap_activate is added to toy_aops; toy_da_aops in the same file")
    assert "dax" not in finding.text
    assert "small" not in finding.text
