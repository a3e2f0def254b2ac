from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewer.commands.diff import command


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, ["example", "-n", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_example_is_shown_as_a_patch_with_its_points() -> None:
    text = run()
    assert "  diff --git a/fs/netfs/buffered_write.c b/fs/netfs/buffered_write.c" in text
    assert ">> P1 [" in text


def test_a_file_that_is_not_in_the_patch_leaves_no_diff() -> None:
    text = run("--file", "nowhere.c")
    assert "diff --git" not in text
    assert "No file of the patch has nowhere.c in its path." in text
    assert ">> P" not in text


def test_settled_points_can_be_left_out() -> None:
    for word in ("[accepted]", "[answered]", "[withdrawn]"):
        assert word not in run("--only-open")


def test_context_can_be_cut() -> None:
    assert "Can we see a streaming write here?" not in run("-U", "0", "--only-open")


def test_the_text_can_go_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    assert run("-o", str(file)) == ""
    assert "diff --git" in file.read_text()


@pytest.mark.parametrize("arguments", [["-U", "-1"], ["-U", "x"], ["--nothing"]])
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    assert CliRunner().invoke(command, ["example", *arguments]).exit_code == 2
