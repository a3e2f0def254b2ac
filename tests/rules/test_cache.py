"""What is kept between runs, and that nothing wrong comes out of it."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rules import cache, indexing

A, B = "a" * 40, "b" * 40
TREE = {
    "Makefile": "VERSION = 9\nPATCHLEVEL = 1\n",
    "mm/memory.c": "int toy(void)\n{\n\treturn other();\n}\n",
    "mm/filemap.c": "int other(void)\n{\n\treturn 0;\n}\n",
    "include/linux/mm.h": "\n",
    "fs/inode.c": "/* x */\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        (tmp_path / "linux" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "linux" / name).write_text(text)
    return tmp_path / "linux"


def database(directory: Path) -> Path:
    (path,) = directory.glob("*.sqlite")
    return path


def test_a_row_whose_checksum_is_wrong_is_as_if_absent(tmp_path: Path) -> None:
    with cache.opened(tmp_path) as store:
        store.keep([(A, b"facts", b"texts"), (B, b"more", b"others")])
        store.keep_bodies([(b"1", b"body"), (b"2", b"another")])
        store.keep_model("key", b"model")
    with sqlite3.connect(database(tmp_path)) as raw:
        raw.execute("update facts set data = ? where blob = ?", (b"wrong", A))
        raw.execute("update texts set data = ? where blob = ?", (b"wrong", A))
        raw.execute("update bodies set data = ? where digest = ?", (b"wrong", b"1"))
        raw.execute("update models set data = ?", (b"wrong",))
    raw.close()
    with cache.opened(tmp_path) as store:
        assert dict(store.facts([A, B])) == {B: b"more"}
        assert (store.texts(A), store.texts(B)) == (b"", b"others")
        assert dict(store.bodies([b"1", b"2", b"3"])) == {b"2": b"another"}
        assert store.model("key") is None


def test_a_tree_is_whole_though_a_row_is_damaged(tree: Path, tmp_path: Path) -> None:
    indexing.index(indexing.WorkTree(tree), tmp_path / "cache", full=True)
    with sqlite3.connect(database(tmp_path / "cache")) as raw:
        raw.execute("update facts set sum = sum + 1")
        raw.execute("delete from models")
    raw.close()
    found = indexing.index(indexing.WorkTree(tree), tmp_path / "cache", full=True)
    assert [function.name for function in found.model.functions] == ["other", "toy"]


@pytest.mark.parametrize("lost", [("texts",), ("texts", "bodies"), ("facts", "texts", "bodies")])
def test_a_function_does_the_same_though_rows_are_lost(tree: Path, tmp_path: Path, lost: tuple[str, ...]) -> None:
    first = indexing.index(indexing.WorkTree(tree), tmp_path / "cache", full=True)
    with sqlite3.connect(database(tmp_path / "cache")) as raw:
        for table in lost:
            raw.execute(f"update {table} set sum = sum + 1")
        raw.execute("delete from models")
    raw.close()
    again = indexing.index(indexing.WorkTree(tree), tmp_path / "cache", full=True)
    assert again.model.columns == first.model.columns
    assert [edge.line for edge in again.model.callees(again.model.named("toy")[0].index)] == [3]


def test_a_directory_that_cannot_be_made_costs_only_time(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = indexing.index(indexing.WorkTree(tree), tmp_path / "file" / "cache", full=True)
    assert found.model.named("toy")


def test_only_so_many_models_are_kept(tmp_path: Path) -> None:
    with cache.opened(tmp_path) as store:
        for number in range(40):
            store.keep_model(str(number), b"x")
        kept = [number for number in range(40) if store.model(str(number)) is not None]
    assert kept == list(range(28, 40))


def test_two_at_once_both_answer(tree: Path, tmp_path: Path) -> None:
    def work(_: int) -> int:
        return len(indexing.index(indexing.WorkTree(tree), tmp_path / "cache", full=True).model.functions)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(8))) == [2] * 8


def test_a_file_that_is_too_large_and_one_that_cannot_be_read_are_named(tree: Path) -> None:
    (tree / "mm/generated.c").write_bytes(b"int x;\n" * 800_000)
    (tree / "mm/gone.c").symlink_to(tree / "mm/none.c")
    (tree / "mm/closed").mkdir()
    found = indexing.index(indexing.WorkTree(tree), None, full=True)
    assert [(row.path, row.why) for row in found.skipped] == [("mm/generated.c", "larger than 3 MiB")]


def test_the_number_of_workers_makes_no_difference(tree: Path) -> None:
    for number in range(4):
        text = "".join(f"int f{number}_{at}(void)\n{{\n\treturn other();\n}}\n" for at in range(14_000))
        (tree / f"fs/f{number}.c").write_text(text)
    alone = indexing.index(indexing.WorkTree(tree), None, workers=1, full=True)
    together = indexing.index(indexing.WorkTree(tree), None, workers=2, full=True)
    assert alone.model.columns == together.model.columns
    assert alone.read == together.read


def test_only_what_the_model_holds_is_scanned(tree: Path, tmp_path: Path) -> None:
    (tree / "mm/memory.c").write_text(
        "int toy(struct page *p)\n{\n\treturn PageUptodate(p);\n}\n\nint aside(void)\n{\n}\n"
    )

    def bodies() -> int:
        with sqlite3.connect(database(tmp_path / "cache")) as raw:
            (count,) = raw.execute("select count(*) from bodies").fetchone()
        raw.close()
        return int(count)

    indexing.index(indexing.WorkTree(tree), tmp_path / "cache")
    assert bodies() == 1
    found = indexing.index(indexing.WorkTree(tree), tmp_path / "cache", full=True)
    assert bodies() == 3
    assert [function.name for function in found.model.functions] == ["other", "toy", "aside"]
