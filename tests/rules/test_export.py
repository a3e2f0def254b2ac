"""A model as tab-separated lines."""

from typing import cast, get_args

import pytest

from rules import export
from rules.export import What
from rules.graph import Model
from tests.rules.kernel import MKWRITE, Kernel
from tests.rules.test_link import linked

MODEL = cast(Model, Kernel())
FILES = {
    "include/linux/t.h": "struct toy_ops {\n\tint (*run)(void);\n};\n",
    "fs/a.c": (
        "static int one(void)\n{\n\treturn 0;\n}\n\n"
        "static int two(void)\n{\n\treturn 1;\n}\n\n"
        "#ifdef CONFIG_TOY\nconst struct toy_ops t = {\n\t.run = one,\n};\n#endif\n"
        "const struct toy_ops u = {\n\t.run = two,\n};\n\n"
        "int toy(struct page *page, struct toy_ops *ops)\n{\n"
        "\tif (page->index &&\n\t    !PageUptodate(page))\n\t\treturn ops->run();\n"
        "\tunheard_of(page);\n\treturn one() + one();\n}\n"
    ),
}


@pytest.mark.parametrize("what", get_args(What))
def test_every_row_has_the_columns_of_its_header_and_no_field_breaks_a_line(what: What) -> None:
    rows = list(export.rows(linked(FILES), what))
    assert {len(row) for row in rows} == {len(export.HEADERS[what])}
    assert not any(character in field for row in rows for field in row for character in "\t\n")


def test_functions_come_in_the_order_of_files_and_lines() -> None:
    rows = list(export.rows(linked(FILES), "functions"))
    assert [row[0] for row in rows] == ["one", "two", "toy"]
    assert [int(row[2]) for row in rows] == sorted(int(row[2]) for row in rows)


def test_a_call_through_an_operation_is_one_row_however_many_implement_it() -> None:
    rows = [row for row in export.rows(linked(FILES), "calls") if row[0] == "toy"]
    assert [(row[1], row[4]) for row in rows] == [
        ("PageUptodate", "unresolved"), ("toy_ops.run", "operation"), ("unheard_of", "unresolved"), ("one", "call"),
    ]  # fmt: skip
    assert [int(row[3]) for row in rows] == sorted(int(row[3]) for row in rows)


def test_tables_are_told_with_the_condition_that_they_stand_under() -> None:
    rows = {row[2]: row for row in export.rows(linked(FILES), "ops")}
    assert rows["t"][:4] == ("toy_ops", "run", "t", "one")
    assert "CONFIG_TOY" in rows["t"][6]
    assert rows["u"][6] == ""
    assert {row[0] + "." + row[1] for row in export.rows(MODEL, "ops")} >= {MKWRITE}


def test_a_state_that_is_negated_says_so_and_its_condition_is_on_one_line() -> None:
    (row,) = [row for row in export.rows(linked(FILES), "states") if row[4] == "uptodate"]
    assert (row[0], row[3], row[5], row[6]) == ("toy", "test", "PageUptodate", "!")
    plain = [row for row in export.rows(MODEL, "states") if row[5] == "ClearPageUptodate"]
    assert {row[6] for row in plain} == {""}
