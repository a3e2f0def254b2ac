import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.threads.mails import DIFF
from threads import diff
from threads.model import FileDiff


def one(text: str, *, defects: int = 0) -> FileDiff:
    found, problems = diff.files(text, 0)
    assert len(found) == 1, found
    assert len(problems) == defects, problems
    return found[0]


def counts(file: FileDiff) -> tuple[int, int]:
    lines = [line for hunk in file.hunks for line in hunk.lines]
    return sum(line.sign == "+" for line in lines), sum(line.sign == "-" for line in lines)


def edit(path: str, more: str = "", old: str = "a/", new: str = "b/") -> str:
    return f"diff --git {old}{path} {new}{path}\n{more}--- {old}{path}\n+++ {new}{path}\n@@ -1,1 +1,1 @@\n-x\n+y\n"


@pytest.mark.parametrize(
    "text",
    [
        "", "text\n", "---\n", "--- a/x\n", "--- a/x\n+++ b/x\n", "@@ nonsense @@\n", "> " + DIFF.replace("\n", "\n> "),
        "1c1\n< x\n---\n> y\n", "*** a/x\n--- b/x\n***************\n", "-- \n2.40.0\n", "Index: x\n", "diff -u x y\n",
        " fs/x.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n", "  " + DIFF.replace("\n", "\n  "),
    ],
)  # fmt: skip
def test_text_without_a_diff_gives_no_file(text: str) -> None:
    assert diff.files(text, 0) == ((), ())


def test_a_file_has_its_hunks_and_the_places_of_its_lines_in_the_mail() -> None:
    found, problems = diff.files("---\n stat\n\n" + DIFF + "-- \n2.40.0\n\n", 40)
    assert problems == ()
    (file,) = found
    assert (file.path, file.old_path, file.status, file.note) == ("fs/toy/file.c", "fs/toy/file.c", "modified", "")
    assert (file.old_blob, file.new_blob) == ("1111111", "2222222")
    (hunk,) = file.hunks
    assert (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count) == (10, 4, 10, 5)
    assert (hunk.header, hunk.mail_line) == ("static int toy_write(struct toy *t)", 47)
    assert [(line.sign, line.text, line.old, line.new, line.mail_line) for line in hunk.lines] == [
        (" ", "\tint ret;", 10, 10, 48),
        (" ", "", 11, 11, 49),
        ("-", "\tret = 0;", 12, None, 50),
        ("+", "\tret = -EIO;", None, 12, 51),
        ("+", "\ttoy_mark(t);", None, 13, 52),
        (" ", "\treturn ret;", 13, 14, 53),
    ]


@pytest.mark.parametrize(
    ("text", "path", "old_path", "status"),
    [
        (edit("x", "new file mode 100644\n").replace("--- a/x", "--- /dev/null"), "x", "x", "added"),
        (edit("x", "deleted file mode 100644\n").replace("+++ b/x", "+++ /dev/null"), "x", "x", "removed"),
        ("diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n", "x", "x", "added"),
        ("diff --git a/x b/x\ndeleted file mode 100644\nindex e69de29..0000000\n", "x", "x", "removed"),
        ("diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n", "y", "x", "renamed"),
        ("diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n", "y", "x", "copied"),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", "x", "x", "mode"),
        ("diff --git a/x b/x\nindex 1111..2222\nBinary files a/x and b/x differ\n", "x", "x", "binary"),
        (
            "diff --git a/x b/x\nindex 1111..2222\nGIT binary patch\nliteral 3\nKcmZ\n\nliteral 0\nHcmV\n\n",
            "x",
            "x",
            "binary",
        ),
        ("diff --git a/a b/b b/a b/b\nold mode 100644\nnew mode 100755\n", "a b/b", "a b/b", "mode"),
        (r'diff --git "a/\303\251" "b/\303\251"' + "\nold mode 100644\nnew mode 100755\n", "é", "é", "mode"),
        ('diff --git "a/x\\ty" "b/x\\ty"\nold mode 100644\nnew mode 100755\n', "x\ty", "x\ty", "mode"),
        (edit("fs/x.c", old="", new="").split("\n", 1)[1], "fs/x.c", "fs/x.c", "modified"),
        (edit("fs/x.c", old="linux.orig/", new="linux/").split("\n", 1)[1], "fs/x.c", "fs/x.c", "modified"),
        (
            "--- a/fs/x.c\t2020-01-01 00:00:00\n+++ b/fs/x.c\t2020-01-02\n@@ -1 +1 @@\n-x\n+y\n",
            "fs/x.c",
            "fs/x.c",
            "modified",
        ),
        (edit("t/x.c", old="", new=""), "t/x.c", "t/x.c", "modified"),
        ("--- /dev/null\n+++ t/x.c\n@@ -0,0 +1 @@\n+y\n", "t/x.c", "t/x.c", "added"),
        (edit("x", old="i/", new="w/"), "x", "x", "modified"),
        ("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n", "x", "x", "added"),
        ("--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n", "x", "x", "removed"),
        ("Index: x\n===\n--- x\t(revision 1)\n+++ x\t(working copy)\n@@ -1 +1 @@\n-x\n+y\n", "x", "x", "modified"),
    ],
)
def test_the_ways_a_file_can_change_are_told_apart(text: str, path: str, old_path: str, status: str) -> None:
    file = one(text, defects=1 if "\t" in path else 0)
    assert (file.path, file.old_path, file.status) == (path, old_path, status)


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("../../etc/passwd", "the path leads out of the tree"),
        ("fs/../../x", "the path leads out of the tree"),
        ("/etc/passwd", "the path is absolute"),
        (".git/hooks/pre-commit", "the path leads into .git"),
        ("fs/.GIT/config", "the path leads into .git"),
    ],
)
def test_a_path_that_leaves_the_tree_is_noted(path: str, note: str) -> None:
    file = one(edit(path), defects=1)
    assert (file.path, file.note) == (path, note)


def test_octal_escapes_are_decoded_before_a_path_is_judged() -> None:
    quoted = r"\056\056/etc/\033[2J"
    file = one(
        f'diff --git "a/{quoted}" "b/{quoted}"\n--- "a/{quoted}"\n+++ "b/{quoted}"\n@@ -1 +1 @@\n-x\n+y\n', defects=1
    )
    assert (file.path, file.note) == ("../etc/\x1b[2J", "the path leads out of the tree")


@pytest.mark.parametrize("line", ["\\ No newline at end of file", "\\ Kein Zeilenumbruch am Dateiende."])
def test_a_missing_newline_is_no_line(line: str) -> None:
    assert counts(one(edit("x") + line + "\n")) == (1, 1)
    assert counts(one(edit("x").replace("-x\n", f"-x\n{line}\n"))) == (1, 1)


@pytest.mark.parametrize(
    "separator", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00", "\r"]
)
def test_other_line_separators_stay_inside_a_line(separator: str) -> None:
    file = one(edit("x").replace("+y", f"+y{separator}z"))
    assert [line.text for line in file.hunks[0].lines] == ["x", f"y{separator}z"]


def test_crlf_at_the_ends_of_content_lines_is_read() -> None:
    assert counts(one(edit("x").replace("x\n+y\n", "x\r\n+y\r\n"))) == (1, 1)
    assert counts(one(edit("x").replace("\n", "\r\n"))) == (1, 1)


def test_a_context_line_that_lost_its_blank_is_still_context() -> None:
    file = one(DIFF.replace("\n \n", "\n\n"))
    assert counts(file) == (2, 1)
    assert file.hunks[0].lines[1].text == ""


def test_a_line_that_the_mailer_broke_is_put_together_and_noted() -> None:
    file = one(DIFF.replace("+\ttoy_mark(t);", "+\ttoy_mark(t,\nand, more);"), defects=1)
    assert [line.text for line in file.hunks[0].lines if line.sign == "+"][1] == "\ttoy_mark(t, and, more);"
    assert "broken by the mailer" in file.note


def test_a_hunk_that_is_cut_off_keeps_its_lines_and_costs_no_other_file() -> None:
    text = DIFF.replace(" \treturn ret;\n", "") + edit("fs/other.c")
    found, problems = diff.files(text, 0)
    assert [(file.path, counts(file)) for file in found] == [("fs/toy/file.c", (2, 1)), ("fs/other.c", (1, 1))]
    assert [problem.what for problem in problems] == [
        "fs/toy/file.c: line 4: the hunk holds 3,4 lines and not 4,5 as it says"
    ]


def test_a_cut_off_hunk_does_not_take_the_signature_or_later_text_in() -> None:
    for tail in ("-- \n2.40.0\n", "That was it.\n\nBo\n"):
        file = one(DIFF.replace(" \treturn ret;\n", "") + tail, defects=1)
        assert counts(file) == (2, 1)


def test_lines_behind_a_complete_hunk_are_left_out_and_noted() -> None:
    file = one(DIFF + "+\tevil();\n-\tgood();\n", defects=1)
    assert counts(file) == (2, 1)
    assert "2 lines behind the hunk's end, which git apply leaves out" in file.note


@pytest.mark.parametrize(
    "header",
    [
        "@@ -" + "9" * 5000 + ",1 +1 @@",
        "@@ - + @@",
        "@@ --1,1 +1,1 @@",
        "@@ -1.5 +1 @@",
        "@@ -١ +١ @@",
        "@@ -1,1 +1,1",
        "@@ -1 @@",
    ],
)
def test_a_hunk_header_that_cannot_be_read_is_noted_and_costs_no_other_hunk(header: str) -> None:
    file = one(edit("x").replace("@@ -1,1 +1,1 @@", header) + "@@ -5 +5 @@\n-a\n+b\n", defects=1)
    assert [hunk.old_start for hunk in file.hunks] == [5]
    assert "a hunk header that cannot be read" in file.note


def test_a_combined_diff_and_a_hunk_alone_are_noted() -> None:
    found, problems = diff.files("diff --cc x\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n", 0)
    assert found == ()
    assert [problem.what for problem in problems] == [
        "line 0: a combined diff, which git apply does not take; not read"
    ]
    found, problems = diff.files("@@ -1 +1 @@\n-a\n+b\n", 7)
    assert [problem.what for problem in problems] == ["line 7: a hunk without a file header, not read"]


def test_names_that_disagree_with_the_header_are_read_as_git_reads_them() -> None:
    file = one("diff --git a/x b/x\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n")
    assert file.path == "y"


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("---", True),
        ("--- ", True),
        ("---  \t", True),
        ("--- a/x", True),
        ("diff --git a/x b/x", True),
        ("diff -u x y", True),
        ("Index: x", True),
        ("", False),
        ("-", False),
        ("--", False),
        ("-- ", False),
        ("----", False),
        ("--- - x", True),
        ("---text", False),
        ("diff of both", False),
        (" ---", False),
        ("> ---", False),
        ("---  x", False),
    ],
)
def test_the_commit_message_ends_where_git_mailinfo_ends_it(line: str, starts: bool) -> None:
    assert diff.starts_patch(line) is starts


def test_hunks_files_and_notes_have_caps() -> None:
    found, problems = diff.files("--- a/x\n+++ b/x\n" + "@@ -1 +1 @@\n-a\n+b\n" * (diff.HUNK_CAP + 10), 0)
    assert len(found[0].hunks) == diff.HUNK_CAP
    assert problems[-1].what.startswith("more than 20000 hunks")
    found, problems = diff.files("diff --git a/x b/x\n" * 6000, 0)
    assert len(found) == diff.FILE_CAP
    found, problems = diff.files("@@ -1 +1 @@\nx\n" * 1000, 0)
    assert len(problems) == diff.NOTE_CAP + 1
    assert problems[-1].what == "950 more things that could not be read"


LINES = st.sampled_from(
    [
        "diff --git a/x b/x",
        "--- a/x",
        "+++ b/x",
        "@@ -1,2 +1,2 @@",
        "@@ -1 +1 @@",
        " a",
        "-b",
        "+c",
        "",
        "\\ No newline",
        "x",
        "-- ",
        "2.40.0",
        "index 1111..2222",
        "rename from x",
        "rename to y",
        "GIT binary patch",
        "---",
        "@@ -0,0 +1 @@",
        "new file mode 1",
    ]
)


@given(st.lists(LINES, max_size=40))
def test_hunks_always_agree_with_their_lines(lines: list[str]) -> None:
    found, _ = diff.files("\n".join(lines), 3)
    for hunk in (hunk for file in found for hunk in file.hunks):
        assert hunk.old_count == sum(line.sign != "+" for line in hunk.lines)
        assert hunk.new_count == sum(line.sign != "-" for line in hunk.lines)
        for line in hunk.lines:
            assert line.mail_line is not None
            if lines[line.mail_line - 3]:
                assert (line.sign + line.text).startswith(lines[line.mail_line - 3].rstrip())


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
@given(
    st.lists(
        st.sampled_from([" a", "-b", "+c", "", "\\ No newline at end of file", "x", "@@ -1 +1 @@", "@@ -3,2 +3,2 @@ f"])
    )
)
def test_what_git_apply_takes_is_read_with_the_same_counts(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    text = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n" + "".join(line + "\n" for line in lines)
    git = numstat(text, Path(tmp_path_factory.getbasetemp()))
    if git is None:
        return
    found, _ = diff.files(text, 0)
    assert [(*counts(file), file.path) for file in found] == git


def numstat(text: str, folder: Path) -> list[tuple[int, int, str]] | None:
    """Added and removed lines by file as `git apply` counts them, None when it refuses the patch."""
    run = subprocess.run(
        ["git", "apply", "--numstat", "-"], input=text.encode(), capture_output=True, cwd=folder, check=False
    )
    if run.returncode:
        return None
    rows = [row.split("\t") for row in run.stdout.decode().splitlines()]
    return [(int(added), int(removed), path) for added, removed, path in rows]


def test_a_line_below_a_diffs_header_is_its_second_name_only_where_it_reads_so() -> None:
    assert one("diff --git a/x\nb/y\n", defects=1).path == ""
    assert one("diff --git a/x b/x\nb/x\nold mode 100644\n").path == "x"


def test_a_header_that_a_mailer_broke_names_its_file_and_is_told() -> None:
    text = edit("fs/toy/a_long_name.c").replace(" b/fs", "\nb/fs", 1)
    assert one(text, defects=1).path == "fs/toy/a_long_name.c"
    assert diff.files(text, 10)[1][0].what == "fs/toy/a_long_name.c: line 11: broken by the mailer"


def test_a_diff_without_a_name_is_told_in_words() -> None:
    assert diff.files("diff --git a/x\n", 0)[1][0].what == "a file: its diff names no path"
