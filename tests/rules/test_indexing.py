"""A tree of the user's: what is read, what is passed over, and what the cache keeps."""

import os
from itertools import combinations
from pathlib import Path

import pytest

from rules import cache as cache_module
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


# What the cache has left of an earlier version must not show

BEFORE = {
    "include/linux/page.h": """\
#define FLAG(name, low) \\
static inline int Test##name(struct page *page) \\
{ \\
	return low##_bit(page); \\
}
#define look_at(page) peek_page(page)
struct toy_ops {
	int (*run)(struct page *page);
	int (*stop)(struct page *page);
};
FLAG(Error, error)
static inline int error_bit(struct page *page)
{
	return PageError(page);
}
""",
    "mm/peek.c": """\
int peek_page(struct page *page)
{
	return PageUptodate(page);
}

int poke_page(struct page *page)
{
	return PageDirty(page);
}
""",
    "fs/alfa/file.c": """\
static int alfa_run(struct page *page)
{
	if (TestError(page))
		return -EIO;
	return look_at(page);
}

static int alfa_stop(struct page *page)
{
	return helper(page);
}

const struct toy_ops alfa_ops = {
	.run = alfa_run,
	.stop = alfa_stop,
};
""",
    "fs/bravo/file.c": """\
static int bravo_start(struct toy_ops *ops, struct page *page)
{
	return ops->run(page);
}

static void bravo_work(struct work_struct *work)
{
	bravo_start(0, 0);
}

int bravo_init(struct bravo *bravo)
{
	INIT_WORK(&bravo->work, bravo_work);
	queue_work(wq, &bravo->work);
	return helper(0);
}
""",
}
CHANGES = {
    "a macro that makes functions": ("include/linux/page.h", "low##_bit(page)", "other_bit(page) + low##_bit(page)"),
    "a macro's name for a function": ("include/linux/page.h", "peek_page(page)", "poke_page(page)"),
    "a use of a macro": ("include/linux/page.h", "FLAG(Error, error)", "FLAG(Mistake, error)\nFLAG(Error, error)"),
    "a member of a struct": ("include/linux/page.h", "(*run)", "(*walk)"),
    "a function of a header": ("include/linux/page.h", "PageError(page);", "PageChecked(page);"),
    "a function": ("mm/peek.c", "PageUptodate(page)", "TestError(page)"),
    "the place of a function": ("mm/peek.c", "int poke_page", "int between(void)\n{\n\treturn 0;\n}\n\nint poke_page"),
    "a function that shadows another": ("fs/alfa/file.c", "static int alfa_stop",
        "static int peek_page(struct page *p)\n{\n\treturn 1;\n}\n\nstatic int alfa_stop"),
    "who is static": ("mm/peek.c", "int peek_page", "static int peek_page"),
    "a table": ("fs/alfa/file.c", ".stop = alfa_stop", ".run = alfa_stop"),
    "a new function elsewhere": ("mm/peek.c", "int peek_page", "int helper(struct page *p)\n{\n\treturn 2;\n}\n\n"
        "int peek_page"),
    "a work item": ("fs/bravo/file.c", "bravo_work);", "bravo_other);"),
}  # fmt: skip


def write(tree: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)


@pytest.mark.parametrize("full", [True, False])
def test_after_a_change_the_model_is_that_of_a_tree_never_seen(
    tree: Path, tmp_path_factory: pytest.TempPathFactory, full: bool
) -> None:
    """One change at a time, then all together, with everything that came before in the cache."""
    cache = tmp_path_factory.mktemp("cache")
    together = dict(BEFORE)
    versions = [BEFORE]
    for path, old, new in CHANGES.values():
        assert together[path].count(old) == 1, old
        versions.append(BEFORE | {path: BEFORE[path].replace(old, new)})
        together[path] = together[path].replace(old, new)
    seen = []
    for files in (*versions, together, {**together, "mm/peek.c": ""}):
        write(tree, files)
        grown = indexing.index(indexing.WorkTree(tree), cache, workers=1, full=full)
        fresh = indexing.index(indexing.WorkTree(tree), None, workers=1, full=full)
        assert grown.model.columns == fresh.model.columns
        seen.append(fresh.model.columns)
    if full:  # each change shows: none of the comparisons is of two equal versions
        assert all(after != before for before, after in combinations(seen, 2))


def test_facts_come_from_the_cache_when_all_models_are_forgotten(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tree, BEFORE)
    first = indexing.index(indexing.WorkTree(tree), tmp_path / "cache", full=True)
    monkeypatch.setattr(cache_module.Cache, "model", lambda *_: None)
    second = indexing.index(indexing.WorkTree(tree), tmp_path / "cache", full=True)
    assert first.read
    assert not second.read
    assert second.model.columns == first.model.columns
