import re
import subprocess
from pathlib import Path

import msgspec
import pytest

from reviewer import pipeline
from reviewer.options import Options
from reviewer.render import difftext
from reviewer.render.columns import width
from reviewer.render.hunkview import Choice
from tests.reviewer.render import sample
from tests.threads import mails

SGR = re.compile(r"\x1b\[[0-9;]*m")


def test_a_thread_without_a_patch_says_so() -> None:
    assert "No patch was found in this thread." in difftext.render(sample.empty())


def test_what_is_not_of_mkwrite_is_a_patch_that_git_takes(tmp_path: Path) -> None:
    text = difftext.render(sample.typical(), Choice(file=sample.FILE))
    lines = [line[2:] for line in text.split("\n") if not line.startswith(">>")]
    start = next(number for number, line in enumerate(lines) if line.startswith("diff --git"))
    end = next(
        number for number, line in enumerate(lines) if number > start and not line and lines[number + 1 :][:1] == [""]
    )
    # Context lines that are empty lose their blank in a terminal; tabs became blanks.
    patch = "\n".join(line or " " for line in lines[start:end]) + "\n"
    command = ["git", "apply", "--numstat", "-"]
    done = subprocess.run(command, check=False, input=patch, text=True, capture_output=True, cwd=tmp_path)
    assert done.stdout.split() == ["10", "2", "fs/brinefs/file.c"], done.stderr


def test_a_point_stands_under_its_line_with_status_and_name() -> None:
    lines = difftext.render(sample.typical()).split("\n")
    at = next(number for number, line in enumerate(lines) if "brine_fault_error(folio, -EIO)" in line)
    assert lines[at + 1].startswith('>> P3 [open] 佐藤 Hana: "-EIO hides')


def test_a_hunk_on_a_path_has_a_bar_and_tells_the_path_and_what_was_met() -> None:
    lines = difftext.render(sample.typical()).split("\n")
    assert ">> brine_page_mkwrite() on the fault path (page_mkwrite operation)" in lines
    assert any(line.startswith(">>   met before: pte lock (mm/memory.c:3302, stale:") for line in lines)
    bars = [line[2:5] for line in lines if line.startswith("| @@")]
    assert bars == ["@@ "]
    assert sum(line.startswith("  @@") for line in lines) == 2


def test_points_that_hang_on_no_line_are_not_lost() -> None:
    text = difftext.render(sample.typical())
    for number in range(1, 8):
        assert len(re.findall(rf"^>> P{number} \[", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("room", [40, 80, 120])
def test_in_a_terminal_no_line_is_wider_than_the_terminal(room: int) -> None:
    for color in (False, True):
        for line in SGR.sub("", difftext.render(sample.typical(), room=room, color=color)).split("\n"):
            assert width(line) <= room or line.startswith(("  diff ", "  rename ", "  index ")), line


def test_in_a_pipe_a_long_line_stays_whole() -> None:
    text = difftext.render(sample.typical())
    assert "/* 読み込みに失敗した folio: the read failed, the old data may still be mapped */" in text


def test_changed_words_are_marked_with_and_without_colour() -> None:
    plain, colored = difftext.render(sample.typical()), difftext.render(sample.typical(), color=True)
    lines = plain.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("| +        if (!folio_test_uptodate"))
    assert lines[at + 1] == ">>" + " " * (lines[at].index(" {") - 2) + "^^"
    assert "^^" not in colored
    assert "\x1b[1;7;31m(WARN_ON_ONCE\x1b[0m" in colored


def test_a_line_in_which_only_blanks_changed_has_no_line_of_marks(tmp_path: Path) -> None:
    mail = mails.patch("blank@example.org", "[PATCH] toy: indent").replace(b"-\tret = 0;", b"-        ret = -EIO;")
    (tmp_path / "mail").write_bytes(mail)
    lines = difftext.render(pipeline.from_source(str(tmp_path / "mail"), Options())).split("\n")
    assert any(line[2:] == "+        ret = -EIO;" for line in lines)
    assert not [line for line in lines if line.strip() == ">>"]


def test_colours_are_of_the_sixteen() -> None:
    for codes in re.findall(r"\x1b\[([0-9;]*)m", difftext.render(sample.typical(), color=True)):
        assert all(int(code or 0) < 38 or 90 <= int(code) < 98 for code in codes.split(";"))


def test_colours_change_nothing_but_colours() -> None:
    lines = SGR.sub("", difftext.render(sample.typical(), color=True)).split("\n")
    plain = [line for line in difftext.render(sample.typical()).split("\n") if not re.fullmatch(r">> *\^+", line)]
    assert [line.rstrip() for line in lines] == plain


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("added", ["new file", "--- /dev/null", "+++ b/fs/brinefs/file.c"]),
        ("removed", ["deleted file", "--- a/fs/brinefs/file.c", "+++ /dev/null"]),
        ("binary", ["Binary files a/fs/brinefs/file.c and b/fs/brinefs/file.c differ"]),
    ],
)
def test_files_that_come_and_go_have_the_lines_that_git_writes(status: str, expected: list[str]) -> None:
    file = msgspec.structs.replace(sample.FILES[1], status=status)
    assert [line for line in difftext.file_header(file) if line in expected] == expected
