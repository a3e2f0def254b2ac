"""A folio that is treated as one page."""

from typing import cast

import pytest

from rules.graph import Model
from rules.model import Edge, Function
from rules.objections.folio_as_page import RULE
from tests.rules.kernel import Kernel
from tests.rules.objections.run import ask
from tests.rules.patches import patch


class _Large(Kernel):
    """The kernel where alfa enables large folios."""

    def named(self, name: str) -> tuple[Function, ...]:
        if name == "mapping_set_large_folios":
            return (Function(index=9999, name=name, file="include/linux/pagemap.h", first=1, last=3, static=True),)
        return super().named(name)

    def callers(self, index: int) -> tuple[Edge, ...]:
        if index == 9999:
            return (Edge(caller=self.index["alfa_page_mkwrite"], callee=9999, line=5, kind="call"),)
        return super().callers(index)


MODEL = cast(Model, _Large())
ALFA = "fs/alfa/file.c"
LINE = "+    folio_zero_segment(folio, offset, PAGE_SIZE);"
SILENT = {
    "a filesystem without large folios": (LINE, "fs/delta/file.c"),
    "a page": ("+    zero_user_segment(page, offset, PAGE_SIZE);", ALFA),
    "the folio's own size": ("+    folio_zero_segment(folio, offset, folio_size(folio));", ALFA),
    "a removed line": (LINE.replace("+", "-"), ALFA),
    "a header": (LINE, "fs/alfa/alfa.h"),
}


@pytest.mark.parametrize(("text", "file"), SILENT.values(), ids=SILENT)
def test_silent_on(text: str, file: str) -> None:
    assert ask(RULE, patch(text, "toy_f", file=file), MODEL) == ()


@pytest.mark.parametrize("file", [ALFA, "fs/iomap/helper.c"])
def test_fires_where_large_folios_are_enabled(file: str) -> None:
    (finding,) = ask(RULE, patch(LINE, "toy_f", file=file), MODEL)
    assert "takes a folio for one page" in finding.text
    assert finding.line == 100
