"""Which functions a shipped model holds of a tree of a few files."""

from collections.abc import Mapping

import msgspec

from rules import scope, subset
from rules.link import Corpus, Node
from tests.rules.test_link import facts, function

OPS = "struct toy_ops {\n\tint (*run)(void);\n\tint (*other)(void);\n};\n"
TABLE = "const struct toy_ops t = {\n\t.run = one,\n\t.other = two,\n};\n"
BASE, LIMITS = scope.load()[1], scope.load()[0]
NARROW = msgspec.structs.replace(
    BASE, entries=("entry",), entry_depth=2, common=("mm/",), core=frozenset(("mm/core.c",)), operations=("toy_ops",),
    fields=(), depth=1, deep=(), deep_depth=0, field_depth=0, completion_depth=1, callers_depth=1,
    subjects=("uptodate",),
)  # fmt: skip


def made(files: Mapping[str, str]) -> Corpus:
    return Corpus(facts(files), LIMITS)


def names(corpus: Corpus, nodes: list[Node] | set[Node]) -> list[str]:
    return [corpus.function(node).name for node in nodes]


def test_what_nothing_leads_to_is_left_out() -> None:
    corpus = made({"mm/a.c": function("entry") + function("lonely")})
    assert names(corpus, subset.choose(corpus, NARROW)) == ["entry"]


def test_the_entries_lead_so_deep_and_in_core_files_to_the_end() -> None:
    chain = [function(f"step{number}", f"\tstep{number - 1}();") for number in range(1, 5)]
    text = function("step0") + "".join(chain) + function("entry", "\tstep4();")
    assert len(subset.choose(found := made({"mm/a.c": text}), NARROW)) == 3
    assert names(found, subset.choose(found, NARROW)) == ["step3", "step4", "entry"]
    assert len(subset.choose(made({"mm/core.c": text}), NARROW)) == 6


def test_the_operations_followed_bring_their_implementers_and_what_those_call() -> None:
    text = function("deepest") + function("below", "\tdeepest();") + function("one", "\tbelow();") + function("two")
    corpus = made({"include/linux/t.h": OPS, "fs/a.c": text + TABLE})
    assert names(corpus, subset.choose(corpus, NARROW)) == ["below", "one", "two"]
    field = msgspec.structs.replace(NARROW, operations=(), fields=("toy_ops.other",))
    assert names(corpus, subset.choose(corpus, field)) == ["two"]
    assert [(path, entry.field) for path, entry, _ in subset.implementers(corpus, field)] == [("fs/a.c", "other")]


def test_a_function_that_touches_a_state_comes_with_who_calls_it() -> None:
    text = (
        function("checks", "\treturn PageUptodate(page);", parameters="struct page *page")
        + function("locks", "\tlock_page(page);", parameters="struct page *page")
        + function("caller", "\tchecks(x);")
        + function("further", "\tcaller();")
    )
    corpus = made({"fs/a.c": text})
    assert names(corpus, subset.choose(corpus, NARROW)) == ["checks", "caller"]


def test_the_code_of_other_machines_is_left_out() -> None:
    text = function("entry")
    corpus = made({"arch/toy/mm/fault.c": text, "arch/x86/mm/fault.c": text})
    assert [node.path for node in subset.choose(corpus, NARROW)] == ["arch/x86/mm/fault.c"]


def test_a_static_function_of_another_file_has_no_callers_here() -> None:
    files = {
        "fs/a.c": function("same", before="static ") + function("mine", "\tsame();"),
        "fs/b.c": function("same", before="static ") + function("theirs", "\tsame();"),
    }
    corpus = made(files)
    targets = {node for node in corpus.defined["same"] if node.path == "fs/a.c"}
    assert names(corpus, subset.callers(corpus, targets, 2)) == ["mine"]


def test_what_is_missing_between_two_parts_is_taken_and_no_more() -> None:
    text = (
        function("marked", "\tif (PageUptodate(page))\n\t\treturn 1;")
        + function("caller", "\tmarked();")
        + function("near", "\tcaller();")
        + function("beside")
        + function("far", "\tnear();\n\tbeside();")
        + function("entry", "\tfar();\n\tother();")
        + function("other")
    )
    limits = msgspec.structs.replace(NARROW, entry_depth=0)
    corpus = made({"mm/a.c": text})
    assert names(corpus, subset.choose(corpus, msgspec.structs.replace(limits, bridge=0))) == [
        "marked", "caller", "entry",
    ]  # fmt: skip
    assert names(corpus, subset.choose(corpus, msgspec.structs.replace(limits, bridge=1))) == [
        "marked", "caller", "entry",
    ]  # fmt: skip
    assert names(corpus, subset.choose(corpus, msgspec.structs.replace(limits, bridge=2))) == [
        "marked", "caller", "near", "far", "entry",
    ]  # fmt: skip
