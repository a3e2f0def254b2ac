"""Which functions a hunk changes."""

import msgspec
import pytest

from reviewer.change import name_in, of_series
from rules.model import Function
from threads.model import DiffLine, FileDiff, Hunk, Identity, Patch, Series


def hunk(text: str, header: str = "", start: int = 10) -> Hunk:
    lines, old, new = [], start, start
    for row in text.strip("\n").split("\n"):
        sign, body = row[:1] or " ", row[1:]  # an empty row is an empty context line
        lines.append(
            DiffLine(
                sign=sign, text=body, old=old if sign != "+" else None, new=new if sign != "-" else None, mail_line=None
            )
        )
        old += sign != "+"
        new += sign != "-"
    return Hunk(
        old_start=start,
        old_count=old - start,
        new_start=start,
        new_count=new - start,
        header=header,
        lines=tuple(lines),
        mail_line=None,
    )


def series(*hunks: Hunk, path: str = "fs/toyfs/file.c", blob: str = "") -> Series:
    ada = Identity(name="Ada", address="ada@example.org")
    file = FileDiff(path=path, old_path=path, status="modified", old_blob=blob, new_blob="", hunks=hunks)
    patch = Patch(
        msgid="p@example.org",
        subject="toyfs: x",
        prefix=("PATCH",),
        version=1,
        number=1,
        total=1,
        author=ada,
        message_lines=(0, 0),
        trailers=(),
        files=(file,),
    )
    return Series(version=1, resend=False, subject="toyfs: x", author=ada, cover=None, patches=(patch,), expected=1)


def functions(*hunks: Hunk, path: str = "fs/toyfs/file.c") -> tuple[str, ...]:
    return of_series(series(*hunks, path=path), ()).functions


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("static const struct vm_operations_struct toyfs_vm_ops = {", ""),
        ("struct toyfs_inode {", ""),
        ("out_unlock:", ""),
        ("#define toy(x) other(x)", ""),
        ("} __attribute__((packed)) toy;", ""),
        ("", ""),
        ("EXPORT_SYMBOL_GPL(toyfs_fault);", ""),
        ("static DEFINE_MUTEX(toyfs_lock);", ""),
        ("static int toyfs_fault(struct vm_fault *vmf)", "toyfs_fault"),
        ("toyfs_fault(struct vm_fault *vmf, int (*cb)(int))", "toyfs_fault"),
        ("SYSCALL_DEFINE2(toy_call, int, fd, int, flags)", "toy_call"),
        ("static void __must_hold(&lock) toy_locked(void)", "toy_locked"),
        ("__printf(2, 3) void toy_log(int level, const char *fmt, ...)", "toy_log"),
    ],
)
def test_name_in_a_hunk_header(header: str, name: str) -> None:
    assert name_in(header) == name


def test_a_document_has_no_functions() -> None:
    assert functions(hunk("+call foo(bar)\n", header="int foo(void)"), path="Documentation/mm/toy.rst") == ()


def test_a_changed_table_after_the_header_function_is_not_that_function() -> None:
    text = """
 }

 static const struct vm_operations_struct toyfs_vm_ops = {
+	.page_mkwrite = toyfs_page_mkwrite,
 };
"""
    assert functions(hunk(text, header="static int toyfs_open(struct file *file)")) == ()


def test_a_blank_line_between_functions_changes_neither() -> None:
    text = """
 }
+
 static int toyfs_second(void)
 {
"""
    assert functions(hunk(text, header="static int toyfs_first(void)")) == ()


def test_the_header_function_when_the_hunk_shows_no_other() -> None:
    assert functions(hunk(" \tlock();\n-\told();\n+\tnew();\n", header="static int toyfs_first(void)")) == (
        "toyfs_first",
    )


def test_a_name_that_a_macro_pastes_together_is_no_function() -> None:
    header = "static inline bool toyfs_has_ ## name (const struct toy *t) \\"
    assert functions(hunk("-\told();\n+\tnew();\n", header=header)) == ()


def test_what_follows_a_comment_at_the_margin_is_not_of_the_header_function() -> None:
    text = """
  * toy_done is called for each page.
- * It may sleep.
+ * It may not sleep.
  */
 struct toy_ops {
-	void (*done)(struct page *page);
+	void (*done)(struct folio *folio);
"""
    assert functions(hunk(text, header="static inline bool toyfs_valid(const struct toy *t)")) == ()


def test_an_indented_comment_is_of_the_header_function() -> None:
    text = " \t/*\n \t * Why.\n \t */\n-\told();\n+\tnew();\n"
    assert functions(hunk(text, header="static int toyfs_first(void)")) == ("toyfs_first",)


def test_a_definition_inside_the_hunk_beats_the_header() -> None:
    text = """
 \treturn 0;
 }

 static vm_fault_t
 toyfs_second(struct vm_fault *vmf)
 {
+	check();
"""
    assert functions(hunk(text, header="static int toyfs_first(void)")) == ("toyfs_second",)


def test_a_hunk_over_two_functions_names_both() -> None:
    text = """
-	old();
 }

 static int toyfs_second(void)
 {
+	check();
"""
    assert functions(hunk(text, header="static int toyfs_first(void)")) == ("toyfs_first", "toyfs_second")


class Model:
    """Knows one file: lines 1-20 are `one`, from 21 on `two`."""

    def holds(self, path: str, blob: str) -> bool:
        return path == "fs/toyfs/file.c" and blob == "abcdef"

    def at(self, file: str, line: int) -> Function:
        name = "one" if line <= 20 else "two"
        return Function(index=0, name=name, file=file, first=1, last=99, static=False)


def test_the_exact_blob_beats_the_text() -> None:
    change = of_series(series(hunk("+\tx();\n", header="int zero(void)", start=21), blob="abcdef"), (), Model())
    assert change.files[0].hunks[0].found_by == "model"
    assert change.functions == ("one",)


def test_another_blob_leaves_it_to_the_text() -> None:
    change = of_series(series(hunk("+\tx();\n", header="int zero(void)", start=21), blob="123456"), (), Model())
    assert change.files[0].hunks[0].found_by == "header"
    assert change.functions == ("zero",)


def test_the_titles_of_all_patches_are_kept() -> None:
    one = series()
    other = msgspec.structs.replace(one.patches[0], subject="toyfs: y")
    assert of_series(msgspec.structs.replace(one, patches=(*one.patches, other)), ()).titles == ("toyfs: x", "toyfs: y")


@pytest.mark.parametrize(
    ("prefix", "subject", "meant"),
    [
        (("PATCH", "5.15", "v2", "1/9"), "toyfs: x", "5.15"),
        (("PATCH", "5.10.y"), "toyfs: x", "5.10"),
        (("PATCH", "for-6.1"), "toyfs: x", "6.1"),
        (("PATCH", "v2.1", "3/5"), "toyfs: x", ""),
        (("PATCH",), "toyfs: candidates for 5.15.y (part 3)", "5.15"),
        (("PATCH",), "toyfs: stable fixes for v4.19.y - circa v4.19.58", "4.19"),
        (("PATCH",), "Backport to 4.9- toyfs: x", "4.9"),
        (("PATCH",), "toyfs: support version 4.2 of the protocol", ""),
        (("PATCH", "-next"), "toyfs: x", ""),
    ],
)
def test_the_kernel_that_a_subject_names(prefix: tuple[str, ...], subject: str, meant: str) -> None:
    one = series(hunk("+x"))
    patches = (msgspec.structs.replace(one.patches[0], prefix=prefix),)
    assert of_series(msgspec.structs.replace(one, subject=subject, patches=patches), ()).meant_for == meant
