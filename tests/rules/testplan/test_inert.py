"""What changes no code, and what only looks so."""

import pytest

from rules.change import Change, ChangedFile, ChangedHunk, ChangedLine
from rules.testplan.inert import inert
from tests import growth


def change(path: str, *hunks: str, old_path: str = "") -> Change:
    files = ChangedFile(
        path=path,
        old_path=old_path or path,
        status="modified",
        old_blob="",
        new_blob="",
        hunks=tuple(_hunk(path, text) for text in hunks),
    )
    return Change(subject="", date="", files=(files,))


def _hunk(path: str, text: str) -> ChangedHunk:
    lines = tuple(
        ChangedLine(sign=line[0], text=line[1:], old=number, new=number)  # type: ignore[arg-type]
        for number, line in enumerate(text.split("\n"), 1)
    )
    return ChangedHunk(file=path, header="", lines=lines, functions=(), found_by="none")


COMMENTS = [
    " \tfoo();\n+\t/* Say why. */\n \tbar();",
    "  * It doesn't read.\n- * It reed.\n+ * It read \"nothing.\n  */\n int foo(void)\n {",
    " /*\n- * Old words\n+ * New words\n+ * of two lines\n  */\n static int foo;",
    "  * one\n- * two\n+ * too\n  * three",
    " \tfoo();\n-\tbar(); /* why */\n+\tbar(); // because",
    " \tfoo();\n-\tbar(a,b);\n+\tbar(a, b);",
    " \tfoo();\n-\tbar(a,\n-\t    b);\n+\tbar(a, b);",
    " \tfoo();\n-\n \tbar();",
    " #define FOO 1\n-#define BAR\t2\n+#define BAR 2\n int foo;",
]
CODE = [
    " \tfoo();\n-\tbar();\n+\tbar(1);\n /* after */",
    " \tfoo();\n-\t/* off */\n+\tbar();\n \tbaz();",
    " \tfoo();\n-\tbar(\"a b\");\n+\tbar(\"ab\");",
    " \tfoo();\n+\t/*\n \tbar();\n+\t*/",
    " \tx = a\n-\t* b;\n+\t* c;\n \tfoo();",
    " \ta = b - -c;\n-\tx = a - -b;\n+\tx = a--b;\n \tfoo();",
    " #define FOO(x) \\\n-\tdo_foo(x); \\\n+\tdo_foo(x);\n \tbar(x)\n int a;",
    "-#define FOO 1\n-int a;\n+#define FOO 1 int a;\n int b;",
    "  */\n-int a;\n+int b;\n /* c */",
    " \tfoo(\"*/\");\n-\tbar();\n+\tbaz();\n \treturn \"*/\";",
]  # fmt: skip


@pytest.mark.parametrize("text", COMMENTS)
def test_comments_and_white_space_are_no_code(text: str) -> None:
    assert inert(change("fs/foofs/foo.c", text)) == (
        "this changes only comments or white space (fs/foofs/foo.c): there is nothing to run"
    )


@pytest.mark.parametrize("text", CODE)
def test_code_is_code_though_comments_are_near(text: str) -> None:
    assert not inert(change("fs/foofs/foo.c", text))


def test_one_hunk_of_code_makes_a_change_of_code() -> None:
    assert not inert(change("fs/foofs/foo.c", COMMENTS[0], CODE[0]))
    one, other = change("fs/foofs/foo.c", COMMENTS[0]), change("fs/foofs/bar.c", CODE[0])
    assert not inert(Change(subject="", date="", files=one.files + other.files))


def test_documentation_and_build_options_are_told() -> None:
    one, other = change("Documentation/foo.rst", "+Words."), change("fs/foofs/Kconfig", "-\tdefault y")
    assert inert(one) == "this changes only documentation (Documentation/foo.rst): there is nothing to run"
    assert inert(other) == "this changes only build options (fs/foofs/Kconfig): building it is the test"
    both = Change(subject="", date="", files=one.files + other.files)
    assert inert(both).startswith("this changes only build options and documentation (Documentation/foo.rst, fs/foofs")


def test_what_cannot_be_read_as_c_counts_as_code() -> None:
    assert not inert(change("fs/foofs/foo.S", " \tmov\n+# why"))
    assert not inert(change("rust/kernel/foo.rs", " fn\n+// why"))
    assert not inert(change("fs/foofs/foo.c"))
    assert not inert(change("fs/foofs/foo.c", " \tfoo();\n \tbar();"))
    assert not inert(change("fs/foofs/bar.c", COMMENTS[0], old_path="fs/foofs/foo.c"))
    assert not inert(Change(subject="", date="", files=()))


@pytest.mark.parametrize("text", ["+/* a */ ", "+ * '\" ", "+\"\\", "+/*/ "])  # fmt: skip
def test_a_long_hunk_is_read_in_its_length(text: str) -> None:
    def make(size: int) -> Change:
        return change("fs/foofs/foo.c", "\n".join([text + "\\" * 3] * size))

    assert growth.ratio(make, inert, 3000) < 3
