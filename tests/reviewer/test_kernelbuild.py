"""gcc's call graph: facts that were kept, and a small slice of a real kernel."""

import os
import shutil
from pathlib import Path

import pytest

from reviewer import gittree, kernelbuild
from reviewer.errors import Failure
from rules import indexing, verify

TREES = Path(os.environ.get("MKWRITE_TREES", "/nonexistent"))
TOOLS = ("gcc", "make", "flex", "bison", "bc")


def test_facts_that_were_not_kept_are_bad_input(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(Failure):
        kernelbuild.read(tmp_path / "x.json")


@pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is not installed")
def test_a_compiled_file_is_read_as_the_preprocessor_leaves_it(tmp_path: Path) -> None:
    source = tmp_path / "src" / "fs" / "a.c"
    source.parent.mkdir(parents=True)
    source.write_text(
        "#define TWICE(x) more(x)\n#ifdef OFF\nint gone;\n#endif\nint toy(int x)\n{\n\treturn TWICE(x);\n}\n"
    )
    (tmp_path / "fs").mkdir()
    command = f"savedcmd_fs/a.o := gcc -Wp,-MMD,fs/.a.o.d -c -o fs/a.o {source} ; echo other\n\nsource_fs/a.o := a.c\n"
    (tmp_path / "fs" / ".a.o.cmd").write_text(command)
    found = kernelbuild.preprocessed(tmp_path, "fs/a.c")
    assert found[7].strip() == "return more(x);"
    assert not any("gone" in line for line in found.values())
    assert not (tmp_path / "fs" / "a.o").exists()
    assert kernelbuild.preprocessed(tmp_path, "fs/b.c") == {}


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
