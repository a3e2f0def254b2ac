"""A kernel tree in a repository: a commit is read as its work tree would be, and nothing of the repository runs."""

import os
import subprocess
from pathlib import Path

import pytest

from reviewer import gittree
from reviewer.errors import Failure

FILES = {
    "Makefile": "VERSION = 9\nPATCHLEVEL = 1\nSUBLEVEL = 0\n",
    "mm/memory.c": "int toy(struct page *page)\n{\n\treturn other(page);\n}\n",
    "mm/filemap.c": "int other(struct page *page)\n{\n\treturn PageUptodate(page);\n}\n",
    "include/linux/mm.h": "struct page;\n",
    "fs/inode.c": "\n",
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    tree = tmp_path / "linux"
    for name, text in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    _git(tree, "init", "-q", "-b", "master")
    _git(tree, "add", "-A")
    _git(tree, "commit", "-q", "-m", "toy")
    return tree


def _git(tree: Path, *arguments: str) -> None:
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A",
           "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": "/dev/null"}  # fmt: skip
    subprocess.run(["git", "-C", str(tree), *arguments], check=True, capture_output=True, env={**os.environ, **who})


@pytest.mark.parametrize("name", ["no-such-commit", "--help", "-x", "a b", "", "HEAD; touch x"])
def test_a_name_that_is_no_revision_is_bad_input(repository: Path, name: str) -> None:
    with pytest.raises(Failure):
        gittree.indexed(repository, name or "0" * 40)


def test_a_directory_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="is no directory"):
        gittree.indexed(tmp_path / "none")


def test_half_a_tree_is_indexed_and_what_lacks_is_told(repository: Path) -> None:
    (repository / "fs/inode.c").unlink()
    found = gittree.indexed(repository)
    assert [(row.path, row.why) for row in found.skipped] == [("fs/inode.c", "not there: half a tree?")]


def test_a_commit_is_read_as_its_work_tree(repository: Path) -> None:
    work, commit = gittree.indexed(repository), gittree.indexed(repository, "HEAD")
    assert dict(commit.model.blobs) == dict(work.model.blobs)
    assert commit.model.version == "9.1"
    assert commit.read == 0  # the same blobs
    (toy,) = commit.model.named("toy")
    assert [commit.model.functions[edge.callee].name for edge in commit.model.callees(toy.index)] == ["other"]


def test_a_bare_repository_is_read_without_rev(repository: Path, tmp_path: Path) -> None:
    bare = tmp_path / "linux.git"
    _git(tmp_path, "clone", "-q", "--bare", str(repository), str(bare))
    assert gittree.model(bare).named("other")


def test_links_in_the_tree_are_no_files(repository: Path) -> None:
    (repository / "mm/link.c").symlink_to("/etc/passwd")
    _git(repository, "add", "-A")
    _git(repository, "commit", "-q", "-m", "link")
    assert "mm/link.c" not in gittree.indexed(repository, "HEAD").model.blobs


def test_programs_that_the_repository_names_do_not_run(repository: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    with (repository / ".git/config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = {script}\n\tpager = {script}\n[diff]\n\texternal = {script}\n")
    gittree.indexed(repository, "HEAD")
    assert not marker.exists()
