"""Indexing a tree, first and again, beside cscope and ctags on the same files.

`python -m tests.benchmarks.indexing TREE [NEXT]`: NEXT is a neighbouring release, indexed with what TREE has left in
the cache. Wall and CPU seconds, those of children included; the other programs build their index once, in the same run.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rules import indexing, scope


def main() -> int:
    trees = [Path(name) for name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as where:
        cache = Path(where) / "cache"
        for tree in (*trees, trees[0]):
            found = _timed(f"mkwrite {tree.name}", lambda tree=tree: indexing.index(indexing.WorkTree(tree), cache))
            print(f"{'':24} {found.files} files, {found.read} read, {len(found.model.functions)} functions")
        listed = Path(where) / "cscope.files"
        listed.write_text("\n".join(_files(trees[0])) + "\n")
        for name, command in (
            ("cscope -b -k -c", ["cscope", "-b", "-k", "-c", "-i", str(listed), "-f", f"{where}/cscope.out"]),
            ("ctags", ["ctags", "-L", str(listed), "--kinds-C=fd", "--fields=+neK", "-f", f"{where}/tags"]),
        ):
            if shutil.which(command[0]):
                _timed(name, lambda command=command: subprocess.run(command, check=True, capture_output=True))
    return 0


def _files(tree: Path) -> list[str]:
    limits, _ = scope.load()
    paths = (path for top in ("mm", "fs", "include/linux", "block", "arch") for path in (tree / top).rglob("*.[ch]"))
    return sorted(str(path) for path in paths if limits.holds(str(path.relative_to(tree))) and path.is_file())


def _timed(name: str, work: Callable[[], object]):  # type: ignore[no-untyped-def]
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    began = time.monotonic()
    result = work()
    wall = time.monotonic() - began
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    spent = sum(
        new.ru_utime + new.ru_stime - old.ru_utime - old.ru_stime for new, old in zip(after, before, strict=True)
    )
    peak = max(usage.ru_maxrss for usage in after) // 1024
    print(f"{name:24} wall {wall:6.2f} s, CPU {spent:6.2f} s, largest process so far {peak} MiB")
    return result


if __name__ == "__main__":
    sys.exit(main())
