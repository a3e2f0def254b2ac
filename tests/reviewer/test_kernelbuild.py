"""gcc's call graph: reading its dumps, and a small slice of a real kernel."""

import os
import shutil
from pathlib import Path

import pytest

from reviewer import gittree, kernelbuild
from reviewer.errors import Failure
from rules import compiler, indexing, verify

TREES = Path(os.environ.get("MKWRITE_TREES", "/nonexistent"))
TOOLS = ("gcc", "make", "flex", "bison", "bc")

DUMP = """\
Initial Symbol table:

toy/3 (toy) @0x7f
  Type: function definition analyzed
  References: toy_ops/2 (addr)
  Calls: one/4 one/4 two/5
one/4 (one) @0x7f
  Type: function
  Calls:
toy_ops/2 (toy_ops) @0x7f
  Type: variable definition analyzed
  References: toy/3 (addr) one/4 (addr) other/6 (read)
Reclaimed Symbol table:

late/9 (late) @0x7f
  Type: function definition analyzed
  Calls: never/8
"""


def test_only_the_first_symbol_table_is_read() -> None:
    found = compiler.read_dump(DUMP.split("\n"))
    assert found == {"f": {"toy": ["one", "two"]}, "v": {"toy_ops": ["one", "toy"]}}


def test_definitions_of_other_files_are_left_out() -> None:
    lines = [
        "/* /t/mm/a.c:12:NF */ static int toy (struct page *); /* (page) struct page *page; */",
        "/* /t/include/linux/b.h:3:NF */ static inline int near (void);",
        "/* /t/mm/a.c:9:NC */ extern int far (void);",
    ]
    assert compiler.read_definitions(lines, "/mm/a.c") == {"toy": 12}


def test_facts_that_were_not_kept_are_bad_input(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(Failure):
        kernelbuild.read(tmp_path / "x.json")


@pytest.mark.slow
@pytest.mark.skipif(not (TREES / "linux-5.10").is_dir(), reason="no kernel tree: set MKWRITE_TREES")
@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="gcc, make, flex, bison or bc is not installed")
def test_gcc_itself_agrees_on_three_objects_of_5_10(tmp_path: Path) -> None:
    tree = (TREES / "linux-5.10").resolve()
    truth = kernelbuild.truth(tree, tmp_path / "build", kernelbuild.SLICE)
    assert sorted(truth) == sorted(kernelbuild.SLICE)
    found = verify.compare(indexing.corpus(indexing.WorkTree(tree), gittree.cache_directory()), truth)
    assert found.missed_functions == ()
    assert found.recall >= 0.99
    assert found.precision >= 0.96
    assert found.truth_entries == found.own_entries == found.agreed_entries > 0
