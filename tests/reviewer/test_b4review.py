import json
import subprocess
from pathlib import Path

import pytest

from reviewer import b4review, neutral
from reviewer.errors import Failure
from tests.reviewer.render import sample, test_hostile


def git(tree: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=tree, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    for name, value in (("user.name", "Test"), ("user.email", "test@example.org")):
        git(tmp_path, "config", name, value)
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "base")
    return tmp_path


def test_a_patch_without_points_says_so() -> None:
    texts = b4review.files(sample.settled())
    assert texts["identity.txt"] == "mkwrite <mkwrite@localhost>\n"
    assert texts["series.txt"].startswith("3 settled; looks accepted: ")


def test_each_comment_stands_under_its_line_behind_no_quote_mark() -> None:
    lines = b4review.files(sample.typical())["0001.txt"].split("\n")
    at = lines.index("> +\t\tret = brine_fault_error(folio, -EIO);")
    assert lines[at + 1].startswith("P3 (correctness, should), open: 佐藤 Hana:")
    assert lines[0] == "5 review points on this patch"


@pytest.mark.parametrize("payload", test_hostile.PAYLOADS)
def test_no_line_of_a_comment_can_pass_for_the_patch(payload: str) -> None:
    clean = b4review.files(sample.typical())["0001.txt"]
    dirty = b4review.files(test_hostile.tainted(payload))["0001.txt"]
    assert neutral.count_hidden(dirty) == 0
    quoted = [[line for line in text.split("\n") if line.startswith(">")] for text in (clean, dirty)]
    assert [line[:3] for line in quoted[1] if "index" not in line] == [
        line[:3] for line in quoted[0] if "index" not in line
    ]


@pytest.mark.parametrize("identity", ["", "nobody", "a@b", "N <x>", "N\nM <x@y>", "N <x@y>\n", "\x1b <x@y>"])
def test_an_identity_that_b4_would_not_take_is_refused(identity: str) -> None:
    with pytest.raises(Failure):
        b4review.files(sample.typical(), identity)


def test_nothing_is_written_outside_a_git_tree(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="not the top of a git tree"):
        b4review.write({"identity.txt": ""}, tmp_path, "HEAD")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("branch", ["gone", "--help", "--upload-pack=x", ""])
def test_a_branch_that_is_none_is_refused(tree: Path, branch: str) -> None:
    with pytest.raises(Failure, match="has no branch"):
        b4review.write({"identity.txt": ""}, tree, branch)


def test_files_of_another_review_are_not_overwritten(tree: Path) -> None:
    b4review.write({"identity.txt": "a"}, tree, "main")
    with pytest.raises(Failure, match="exists already"):
        b4review.write({"identity.txt": "b"}, tree, "main")


def test_b4_imports_the_files_as_comments_on_their_lines(tree: Path) -> None:
    review_module = pytest.importorskip("b4.review._review")
    written = b4review.write(b4review.files(sample.typical()), tree, "main")
    assert written.name == git(tree, "rev-parse", "main")
    tracking = {"series": {}, "patches": [{}]}
    saved = []
    monkey = pytest.MonkeyPatch()
    monkey.setattr(review_module, "save_tracking_ref", lambda *arguments: saved.append(arguments))
    try:
        assert review_module._integrate_agent_reviews(
            str(tree), "cover", tracking, [git(tree, "rev-parse", "main")], tracking["patches"], branch="main"
        )
    finally:
        monkey.undo()
    assert saved
    assert not written.exists(), "b4 removes what it has imported"
    entry = tracking["patches"][0]["reviews"]["mkwrite@localhost"]
    assert entry["name"] == "mkwrite"
    assert entry["note"].startswith("5 review points on this patch")
    comments = {(one["path"], one["line"]): one["text"] for one in entry["comments"]}
    assert "P3 (correctness, should), open" in comments["b/fs/brinefs/file.c", 124]
    assert "P7 (correctness, should), open" in comments["b/fs/brinefs/file.c", 207]
    assert "3 open" in json.dumps(tracking["series"]["reviews"])
