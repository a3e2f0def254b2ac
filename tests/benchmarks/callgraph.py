"""Extraction against gcc's call graph: `python -m tests.benchmarks.callgraph TREE TRUTH.json` prints the figures.

TRUTH is what `mkwrite model verify --keep FILE` wrote; for 5.10 it is shared/data/calls-5.10.json.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from rules import indexing, verify


def main() -> int:
    tree, truth = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    found = verify.compare(indexing.corpus(indexing.WorkTree(tree)), truth)
    print(f"{found.files} files, {found.functions} functions, {len(found.missed_functions)} missed")
    print(f"direct calls: gcc {found.truth_calls}, ours {found.own_calls}, both {found.agreed}")
    print(f"recall {found.recall:.4f}, precision {found.precision:.4f}")
    print(f"operation entries: gcc {found.truth_entries}, ours {found.own_entries}, both {found.agreed_entries}")
    for name, rows in (("missed", found.missing), ("extra", found.extra)):
        most = Counter(row[2] for row in rows).most_common(15)
        print(f"{name}: " + ", ".join(f"{callee} {count}" for callee, count in most))
    return 0


if __name__ == "__main__":
    sys.exit(main())
