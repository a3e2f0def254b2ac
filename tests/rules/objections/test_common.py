"""What several objection rules share."""

from rules.objections import Facts, Finding
from rules.objections.common import (
    bio_completions,
    code_of,
    depth,
    function_of,
    hunks_of,
    is_added,
    is_removed,
    new_text,
    one_each,
    statement,
    statement_end,
)
from tests.rules.patches import change, hunk, patch

TWO = """
 static int toy_a(struct page *page)
 {
+\tfirst();
 }
-static int toy_gone(void);
 int toy_b(void)
 {
+\tsecond();
"""


def test_a_line_belongs_to_the_function_that_was_opened_last_above_it() -> None:
    one = hunk(TWO, "toy_a", "toy_b")
    found = {line.text.strip(): function_of(one, line) for line in one.lines if line.sign == "+"}
    assert found == {"first();": "toy_a", "second();": "toy_b"}


def test_a_line_of_no_changed_function_belongs_to_none() -> None:
    one = hunk("+int toy_count;")
    assert function_of(one, one.lines[0]) == ""


def test_a_function_is_added_or_removed_by_its_definition_not_by_a_call() -> None:
    added = Facts(patch("+static int toy_new(void)\n+{\n+\ttoy_old();\n+}", "toy_new"), None)
    assert is_added(added, "toy_new")
    assert not is_added(added, "toy_old")
    assert not is_added(added, "new")
    removed = Facts(patch("-int toy_old(void)\n-{\n-}", "toy_old"), None)
    assert is_removed(removed, "toy_old")
    assert not is_removed(Facts(patch("-int toy_old(void)\n+static int toy_old(void)", "toy_old"), None), "toy_old")


def test_a_line_with_the_text_of_a_removed_one_only_moved() -> None:
    facts = Facts(patch("-\tif (x)  return 1;\n+if (x) return 1;\n+\treturn 2;\n+\t/* why */"), None)
    assert [line.text.strip() for _, line in facts.new_lines] == ["return 2;"]
    assert facts.is_gone("if (x)\treturn 1;")


def test_a_statement_goes_on_to_the_line_that_ends_it() -> None:
    lines = new_text(hunk("+\tx = f(a,\n-\told,\n+\t\tb);\n+\ty = g("))
    assert statement(lines, 0) == "x = f(a, b);"
    assert statement_end(lines, 0) == 1
    assert statement_end(lines, 2) == 2  # its end is not shown


def test_code_is_what_stands_outside_of_strings_and_comments() -> None:
    assert code_of('printk("a / b \\" %", x); /* c */') == "printk(, x); "
    assert code_of("a / b; // c") == "a / b; "


def test_indentation_is_counted_in_columns() -> None:
    assert [depth(text) for text in ("x", "\tx", "    x", "  \tx", "")] == [0, 8, 4, 8, 0]


def test_hunks_of_equal_lines_are_told_apart() -> None:
    one, two = hunk("+\tx;", start=1), hunk("+\tx;", start=1)
    pairs = [(part, line) for part in change(one, two).files[0].hunks for line in part.lines]
    assert len(hunks_of([*pairs, *pairs])) == 2


def test_of_each_function_the_first_finding_is_kept() -> None:
    texts = ("a", "b", "c")
    found = one_each(Finding(text=text, file="f.c", function="g" if text != "c" else "h") for text in texts)
    assert [one.text for one in found] == ["a", "c"]


def test_a_completion_is_what_is_put_into_a_bio() -> None:
    assert bio_completions(patch(" \tbio->bi_end_io = toy_end_io;\n+\tbio.bi_end_io\t= toy_end;")) == {
        "toy_end_io", "toy_end",
    }  # fmt: skip
