"""gcc's dumps, read line by line."""

import pytest

from rules import compiler
from tests import growth

DUMP = """\
Function flags...

early/1 (early) @0x7f
  Type: function definition analyzed
  Calls: never/8
Initial Symbol table:

toy/3 (toy) @0x7f
  Type: function definition analyzed
  References: toy_ops/2 (addr)
  Calls: one/4 one/4 two/5
one/4 (one) @0x7f
  Type: function
  Calls: two/5
toy_ops/2 (toy_ops) @0x7f
  Type: variable definition analyzed
  References: toy/3 (addr) one/4 (addr) other/6 (read)
number/7 (number) @0x7f
  Type: variable definition analyzed
  References: other/6 (read)
leaf.part.0/9 (leaf.part.0) @0x7f
  Type: function definition analyzed
  Calls:
Reclaimed Symbol table:

late/9 (late) @0x7f
  Type: function definition analyzed
  Calls: never/8
"""
DEFINITIONS = [
    "/* /t/mm/a.c:12:NF */ static int toy (struct page *page); /* (page) struct page *page; */",
    "/* /t/include/linux/b.h:3:NF */ static inline int near (void);",
    "/* /t/mm/a.c:9:NC */ extern int far (void);",
    "/* /t/mm/a.c:20:OF */ int *leaf (void);",
    "/* /t/other/mm/a.c */ int odd (void);",
    "/* compiled from: . */",
]


@pytest.mark.parametrize("text", ["", "toy/3 (toy) @0x7f\n  Calls: one/4", "Initial Symbol table:\n  Calls: one/4"])
def test_without_a_first_table_and_its_symbols_there_are_no_facts(text: str) -> None:
    assert compiler.read_dump(text.split("\n")) == {"f": {}, "v": {}}


def test_only_what_the_first_symbol_table_defines_is_read() -> None:
    """A function that is only declared calls nothing that is known; a variable that holds no function is left out."""
    assert compiler.read_dump(DUMP.split("\n")) == {
        "f": {"toy": ["one", "two"], "leaf.part.0": []},
        "v": {"toy_ops": ["one", "toy"]},
    }


def test_definitions_of_other_files_and_declarations_are_left_out() -> None:
    assert compiler.read_definitions(DEFINITIONS, "/mm/a.c") == {"toy": 12, "leaf": 20}


def test_the_truth_of_a_file_holds_its_own_functions_and_parts_of_them() -> None:
    found = compiler.truth_of(DUMP.split("\n"), {"leaf": 20})
    assert found == {"f": {"leaf.part.0": []}, "v": {"toy_ops": ["one", "toy"]}}


_START = ["Initial Symbol table:\n", "toy/3 (toy) @0x7f\n"]
_FUNCTION, _VARIABLE = "  Type: function definition analyzed\n", "  Type: variable definition analyzed\n"


@pytest.mark.parametrize("piece", ["one/4 ", "a", "a.", "a/", "1", "a/1", "a/1 (addr) ", "/1 "])
@pytest.mark.parametrize(("kind", "field"), [(_FUNCTION, "  Calls: "), (_VARIABLE, "  References: ")])
def test_a_long_line_of_a_dump_is_read_in_time_proportional_to_it(piece: str, kind: str, field: str) -> None:
    ratio = growth.ratio(lambda size: [*_START, kind, field + piece * size], compiler.read_dump, 20_000)
    assert ratio < 3


@pytest.mark.parametrize("piece", ["w", "word ", "1", "(", ":1:N", "/mm/a.c:1:NF */ "])
def test_a_long_definition_is_read_in_time_proportional_to_it(piece: str) -> None:
    def read(lines: list[str]) -> object:
        return compiler.read_definitions(lines, "/mm/a.c")

    for start in ("/* /mm/a.c:1:NF */ ", "/* "):
        assert growth.ratio(lambda size, start=start: [start + piece * size], read, 20_000) < 3
