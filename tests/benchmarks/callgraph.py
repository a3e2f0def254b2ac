"""Extraction against gcc: `python -m tests.benchmarks.callgraph TREE TRUTH.json [BUILD]` prints the figures.

TREE is an unpacked kernel. TRUTH is what this writes, in five to ten minutes of two cores and 0.5 GB of disk:

    apt install gcc make flex bison bc libelf-dev libssl-dev
    mkwrite model verify --tree TREE --work BUILD --keep TRUTH.json

gcc 12 compiles 5.10 to 7.3. BUILD must be empty or of the same tree; it is kept, so that a second run compiles nothing.
With BUILD, each difference is told with its cause, read from the preprocessed text of the function that calls:

  not compiled   the call is gone after preprocessing: an #if, or a macro that this configuration or a header outside
                 the scope spells otherwise
  folded         it is in the text, but the compiler drops it: a constant condition, the operand of a sizeof in an
                 assertion that is off
  other machine  the only body in the scope is another architecture's; this one's is in a header outside the scope

A call that we miss is `macro` when only the expansion of a macro names it, else `text`. What is left are errors of the
extraction or of this comparison: read them.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from reviewer import kernelbuild
from rules import indexing, verify
from rules.link import Corpus

_SHOWN = 15
Difference = tuple[str, str, str]  # file, function, callee


def main() -> int:
    tree, truth = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    corpus = indexing.corpus(indexing.WorkTree(tree))
    found = verify.compare(corpus, truth)
    print(f"{found.files} files, {found.functions} functions, {len(found.missed_functions)} missed")
    print(f"direct calls: gcc {found.truth_calls}, ours {found.own_calls}, both {found.agreed}")
    print(f"recall {found.recall:.4f}, precision {found.precision:.4f}")
    print(f"operation entries: gcc {found.truth_entries}, ours {found.own_entries}, both {found.agreed_entries}")
    for name, rows in (("missed", found.missing), ("extra", found.extra)):
        causes = _causes(corpus, tree, Path(sys.argv[3]), rows, name) if len(sys.argv) > 3 else {"": list(rows)}
        for cause, differences in sorted(causes.items()):
            most = Counter(row[2] for row in differences).most_common(_SHOWN)
            told = f"{name} {len(differences)} {cause}".rstrip()
            print(f"{told}: " + ", ".join(f"{callee} {count}" for callee, count in most))
    return 0


def _causes(
    corpus: Corpus, tree: Path, build: Path, rows: Iterable[Difference], kind: str
) -> dict[str, list[Difference]]:
    """Cause -> the differences that it explains."""
    found: dict[str, list[Difference]] = {}
    compiled: dict[str, dict[int, str]] = {}
    for path, function, callee in rows:
        if path not in compiled:
            compiled[path] = kernelbuild.preprocessed(build, path)
        lines = set(_lines(corpus, path, function))
        after = _named(callee, (text for number, text in compiled[path].items() if number in lines))
        text = (tree / path).read_text("latin-1").split("\n")
        before = _named(callee, (text[number - 1] for number in lines))
        if not compiled[path]:
            cause = "not in the build"
        elif kind == "missed":
            cause = "text" if before else "macro"
        elif all(node.path.startswith("arch/") and "/x86/" not in node.path for node in corpus.defined[callee]):
            cause = "other machine"
        else:
            cause = "folded" if after else "not compiled"
        found.setdefault(cause, []).append((path, function, callee))
    return found


def _lines(corpus: Corpus, path: str, name: str) -> Iterator[int]:
    for function in corpus.files[path].functions:
        if function.name == name:
            yield from range(function.head, function.last + 1)


def _named(name: str, lines: Iterable[str]) -> bool:
    call = re.compile(rf"\b{re.escape(name)}\s*\(")
    return any(call.search(line) for line in lines)


if __name__ == "__main__":
    sys.exit(main())
