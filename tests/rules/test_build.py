"""What a model keeps of the facts: all of it, or of a subset what leads on."""

from collections.abc import Mapping

import msgspec

from rules import build, columns, extract, scope
from rules.graph import Model
from tests.rules.test_link import facts, function, linked

CALLS = """\
	trace_mm_fault(vma);
	far_away(1);
	far_away(2);
	if (vma->shared)
		go_on(true, &alfa_ops, &local_ops);
	if (late)
		return 1;"""
WAY_OUT = """\
	if (!vma)
		return 0;
	next_one(vma);
	if (!next)
		return 0;"""
MEMORY = (
    function("handle_mm_fault", CALLS, parameters="struct vma *vma")
    + function("go_on", WAY_OUT, parameters="bool vma, void *one, void *two")
    + function("next_one", "\tlast_one();\n\treturn PageUptodate(page);", parameters="void *unsaid")
)
FILES = {
    "mm/memory.c": MEMORY,
    "fs/alfa/file.c": function("alfa_fault", before="static ")
    + "const struct vm_operations_struct alfa_ops = {\n\t.fault = alfa_fault,\n};\n",
}


def small(files: Mapping[str, str]) -> Model:
    """The model of the fault path's part, with the shipped subset."""
    limits, subset = scope.load()
    blobs = {path: extract.blob_id(text.encode()) for path, text in files.items()}
    return Model(build.build(build.Tree("9.9", "toy", blobs), facts(files), limits, subset))


def test_a_subset_has_a_name_outside_of_the_scope_once_and_no_tracepoints() -> None:
    whole, part = linked(FILES), small(FILES)
    assert [text for _, text in whole.unresolved(whole.named("handle_mm_fault")[0].index)] == [
        "trace_mm_fault", "far_away", "far_away",
    ]  # fmt: skip
    assert [text for _, text in part.unresolved(part.named("handle_mm_fault")[0].index)] == ["far_away"]


def test_an_argument_is_kept_where_it_names_a_table_of_the_tree() -> None:
    model = small(FILES)
    (edge,) = model.callees(model.named("handle_mm_fault")[0].index)
    assert edge.arguments == ("true", "&alfa_ops")
    assert edge.condition == "vma->shared"


def test_parameters_are_kept_of_what_is_handed_arguments() -> None:
    model = small(FILES)
    assert model.named("go_on")[0].parameters == ("vma", "one", "two")
    assert model.named("next_one")[0].parameters == ()


def test_exits_are_kept_above_the_last_call_that_leads_on() -> None:
    model = small(FILES)
    assert [way.condition for way in model.exits(model.named("go_on")[0].index)] == ["!vma"]
    assert model.exits(model.named("handle_mm_fault")[0].index) == ()


def test_a_function_that_is_only_reached_is_an_outline() -> None:
    header = function("leaf", "\treturn deeper();", before="static inline ") + function(
        "deeper", before="static inline "
    )
    model = linked({"include/linux/a.h": header})
    assert not any(found.outline for found in model.functions)
    limits, subset = scope.load()
    shallow = msgspec.structs.replace(subset, entries=("alfa",), entry_depth=0, operations=(), fields=(), deep=())
    files = {"fs/a.c": function("alfa", "\tbravo();") + function("bravo", "\tcharlie();") + function("charlie")}
    blobs = dict.fromkeys(files, "0" * 40)
    part = Model(build.build(build.Tree("9.9", "toy", blobs), facts(files), limits, shallow))
    assert [(found.name, found.outline) for found in part.functions] == [("alfa", False), ("bravo", True)]
    assert part.callees(part.named("bravo")[0].index) == ()


def test_lines_count_from_the_top_of_the_file() -> None:
    model = linked(FILES)
    lines = MEMORY.split("\n")
    for found in model.functions:
        if found.file == "mm/memory.c":
            assert found.name in lines[found.first - 1]
            for edge in model.callees(found.index):
                assert model.functions[edge.callee].name in lines[edge.line - 1]
            for site in model.sites(found.index):
                assert site.spelling in lines[site.line - 1]


def test_the_order_of_the_files_makes_no_difference() -> None:
    turned = dict(reversed(FILES.items()))
    assert columns.encode(small(FILES).columns) == columns.encode(small(turned).columns)
