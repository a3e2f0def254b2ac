"""A tree of the user's: what is read, what is passed over, and what the cache keeps."""

import os
from pathlib import Path

import pytest

from rules import indexing, store

CORE = """\
int toy_check(struct page *page)
{
	return PageUptodate(page);
}

int toy_entry(struct page *page)
{
	if (!PageUptodate(page))
		return -EIO;
	return toy_check(page);
}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("mm/memory.c", "mm/filemap.c", "include/linux/mm.h", "fs/inode.c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("/* nothing */\n")
    (tmp_path / "mm/memory.c").write_text(CORE)
    (tmp_path / "Makefile").write_text("VERSION = 9\nPATCHLEVEL = 1\nSUBLEVEL = 2\nEXTRAVERSION =\n")
    return tmp_path


def test_an_empty_directory_is_no_kernel_tree(tmp_path: Path) -> None:
    with pytest.raises(indexing.TreeError, match="is no kernel tree"):
        store.for_tree(tmp_path)


def test_a_pipe_and_a_circle_of_links_cost_nothing_else(tree: Path) -> None:
    os.mkfifo(tree / "mm" / "pipe.c")
    (tree / "fs" / "loop").symlink_to(tree / "fs")
    model = indexing.index(indexing.WorkTree(tree), None, full=True).model
    assert [function.file for function in model.named("toy_entry")] == ["mm/memory.c"]


def test_calls_and_states_of_a_small_tree(tree: Path) -> None:
    model = indexing.index(indexing.WorkTree(tree), None, full=True).model
    (entry,) = model.named("toy_entry")
    assert model.version == "9.1.2"
    assert (entry.first, entry.last) == (6, 11)
    assert [model.functions[edge.callee].name for edge in model.callees(entry.index)] == ["toy_check"]
    assert [(site.op, site.subject, site.line) for site in model.sites(entry.index)][:1] == [("test", "uptodate", 8)]


def test_the_second_look_reads_only_what_changed(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = tmp_path_factory.mktemp("cache")
    first = indexing.index(indexing.WorkTree(tree), cache, full=True)
    (tree / "mm/filemap.c").write_text("int toy_new(void)\n{\n\treturn 0;\n}\n")
    second = indexing.index(indexing.WorkTree(tree), cache, full=True)
    assert not first.model.named("toy_new")
    assert second.model.named("toy_new")
    assert second.model.named("toy_entry") == first.model.named("toy_entry") or second.model.named("toy_entry")


def test_a_damaged_cache_is_made_anew(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = tmp_path_factory.mktemp("cache")
    indexing.index(indexing.WorkTree(tree), cache, full=True)
    for path in cache.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\0" * 100)
    assert indexing.index(indexing.WorkTree(tree), cache, full=True).model.named("toy_entry")
