"""What a call means: names resolved as C does as far as text can, macros, operations. Invented trees."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest

from rules import build, columns, extract, generated, packed, scope
from rules.extract.facts import FileFacts
from rules.graph import Model
from rules.link import Corpus


def facts(files: Mapping[str, str]) -> dict[str, FileFacts]:
    return {path: extract.extract(text.encode()) for path, text in files.items()}


def linked(files: Mapping[str, str]) -> Model:
    """The whole model of a tree of a few files."""
    limits, _ = scope.load()
    blobs = {path: extract.blob_id(text.encode()) for path, text in files.items()}
    return Model(build.build(build.Tree("9.9", "toy", blobs), facts(files), limits, None))


def callees(model: Model, name: str) -> list[tuple[str, str, str]]:
    """(callee, its file, kind) of each edge of the only function of this name."""
    (caller,) = model.named(name)
    edges = model.callees(caller.index)
    return [(model.functions[edge.callee].name, model.functions[edge.callee].file, edge.kind) for edge in edges]


def function(name: str, body: str = "", before: str = "", parameters: str = "void") -> str:
    return f"{before}int {name}({parameters})\n{{\n{body}\n}}\n"


# Must stay unresolved


def test_a_static_function_of_another_file_is_not_meant() -> None:
    model = linked({"fs/a.c": function("toy", "\thelper();"), "fs/b.c": function("helper", before="static ")})
    assert callees(model, "toy") == []
    assert model.unresolved(model.named("toy")[0].index) == ((3, "helper"),)


def test_a_header_of_another_file_system_is_not_seen() -> None:
    model = linked(
        {"fs/ext4/a.c": function("toy", "\thelper();"), "fs/btrfs/b.h": function("helper", before="static inline ")}
    )
    assert callees(model, "toy") == []


def test_an_operation_of_an_ambiguous_field_is_not_expanded() -> None:
    header = "struct a_ops {\n\tint (*run)(void);\n};\nstruct b_ops {\n\tint (*run)(void);\n};\n"
    table = function("one", before="static ") + "const struct a_ops t = {\n\t.run = one,\n};\n"
    model = linked({"include/linux/t.h": header, "fs/a.c": table + function("toy", "\tx->ops->run();")})
    assert callees(model, "toy") == []
    assert model.unresolved(model.named("toy")[0].index) == ((10, "x->ops->run"),)


def test_a_stub_for_a_kernel_without_an_mmu_is_not_meant() -> None:
    header = f"#ifndef CONFIG_MMU\n{function('fault', before='static inline ')}#endif\n"
    model = linked(
        {"include/linux/mm.h": header, "mm/memory.c": function("fault"), "fs/a.c": function("toy", "\tfault();")}
    )
    assert callees(model, "toy") == [("fault", "mm/memory.c", "call")]


# Must be found


def test_another_machines_function_is_meant_only_by_that_machine_or_for_want_of_any() -> None:
    """Which of the two a header defines is not known from the text; what another machine compiles is not meant."""
    files = {
        "mm/a.c": function("toy", "\tset_toy();\n\tclear_toy();"),
        "include/linux/t.h": function("set_toy", before="#ifndef set_toy\nstatic inline ") + "#endif\n",
        "arch/arc/mm/t.c": function("set_toy") + function("clear_toy") + function("arc_toy", "\tset_toy();"),
    }
    model = linked(files)
    assert callees(model, "toy") == [
        ("set_toy", "include/linux/t.h", "call"), ("clear_toy", "arch/arc/mm/t.c", "call"),
    ]  # fmt: skip
    assert callees(model, "arc_toy") == [("set_toy", "arch/arc/mm/t.c", "call")]


def test_the_users_own_machine_comes_before_a_header_that_may_be_compiled() -> None:
    files = {
        "mm/a.c": function("toy", "\tset_toy();"),
        "include/linux/t.h": function("set_toy", before="#ifndef set_toy\nstatic inline ") + "#endif\n",
        "arch/x86/mm/t.c": function("set_toy"),
        "arch/arc/mm/t.c": function("set_toy"),
    }
    assert callees(linked(files), "toy") == [("set_toy", "arch/x86/mm/t.c", "call")]


def test_the_same_file_comes_before_headers_and_those_before_other_files() -> None:
    files = {
        "fs/a.c": function("near", before="static ") + function("toy", "\tnear();\n\tmiddle();\n\tfar();"),
        "include/linux/t.h": function("near", before="static inline ") + function("middle", before="static inline "),
        "mm/b.c": function("near") + function("middle") + function("far"),
    }
    assert callees(linked(files), "toy") == [
        ("near", "fs/a.c", "call"), ("middle", "include/linux/t.h", "call"), ("far", "mm/b.c", "call"),
    ]  # fmt: skip


def test_two_definitions_are_both_in_the_model_and_the_compiled_one_is_called() -> None:
    text = (
        f"#ifdef CONFIG_TOY_DEBUG\n{function('check', before='static ')}#else\n"
        f"{function('check', before='static ')}#endif\n" + function("toy", "\tcheck();")
    )
    model = linked({"fs/a.c": text})
    assert [found.guard for found in model.named("check")] == ["CONFIG_TOY_DEBUG", "!CONFIG_TOY_DEBUG"]
    (edge,) = model.callees(model.named("toy")[0].index)
    assert model.functions[edge.callee].guard == "!CONFIG_TOY_DEBUG"


def test_a_macro_is_expanded_for_the_configuration_and_named() -> None:
    header = (
        "#ifdef CONFIG_TOY_DEBUG\n#define toy_do(x) bad(x)\n#else\n#define toy_do(x) good(inner(x))\n#endif\n"
        "#define inner(x) deep(x)\n"
    )
    files = {
        "include/linux/t.h": header,
        "fs/a.c": "".join(map(function, ("good", "bad", "deep"))) + function("toy", "\ttoy_do(1);"),
    }
    model = linked(files)
    assert [(name, kind) for name, _, kind in callees(model, "toy")] == [("good", "macro"), ("deep", "macro")]
    assert {edge.operation for edge in model.callees(model.named("toy")[0].index)} == {"toy_do"}


def test_a_macro_that_calls_nothing_here_hides_its_other_definition() -> None:
    header = "#ifdef CONFIG_TOY_DEBUG\n#define CHECK(x) fail(x)\n#else\n#define CHECK(x) ((void)0)\n#endif\n"
    model = linked({"include/linux/t.h": header, "fs/a.c": function("fail") + function("toy", "\tCHECK(1);")})
    assert callees(model, "toy") == []


def test_functions_that_a_macro_makes_have_the_place_of_its_use() -> None:
    header = (
        "#define TESTTOY(uname, lname)\t\\\nstatic inline int Toy##uname(struct page *page)\t\\\n"
        "{ return test_toy(PG_##lname, page); }\n#define TOYFLAG(uname, lname) TESTTOY(uname, lname)\n\n"
        "TOYFLAG(Error, error)\n"
    )
    model = linked({"include/linux/t.h": header, "fs/a.c": function("toy", "\tToyError(page);")})
    assert callees(model, "toy") == [("ToyError", "include/linux/t.h", "call")]
    assert model.named("ToyError")[0].first == 6


def test_a_callback_is_an_edge_from_who_hands_it_over() -> None:
    model = linked(
        {
            "fs/a.c": function("actor", before="static ")
            + function("toy_actor")
            + function("toy", "\tapply(1, toy_actor);")
        }
    )
    (edge,) = model.callees(model.named("toy")[0].index)
    assert (edge.kind, edge.operation, model.functions[edge.callee].name) == ("callback", "apply", "toy_actor")


def operations() -> Model:
    """A fault path of two steps and two file systems."""
    header = (
        "struct vm_operations_struct {\n\tint (*page_mkwrite)(struct vm_fault *vmf);\n};\n"
        "struct vm_area_struct {\n\tconst struct vm_operations_struct *vm_ops;\n};\n"
        "struct vm_fault {\n\tstruct vm_area_struct *vma;\n};\n"
    )
    call = "\tif (vmf->vma)\n\t\treturn vmf->vma->vm_ops->page_mkwrite(vmf);\n\treturn 0;"
    table = "static const struct vm_operations_struct {0}_vm_ops = {{\n\t.page_mkwrite = {0}_mkwrite,\n}};\n"
    install = "\tvma->vm_ops = &{0}_vm_ops;"
    system = function("{0}_mkwrite", before="static ").replace("{\n", "{{\n").replace("}\n", "}}\n") + table
    return linked(
        {
            "include/linux/mm.h": header,
            "mm/memory.c": function("toy", call, parameters="struct vm_fault *vmf"),
            "fs/a/file.c": system.format("a") + function("a_mmap", install.format("a")),
            "fs/b/file.c": system.format("b"),
        }
    )


def test_an_operation_leads_to_each_implementer() -> None:
    model = operations()
    edges = model.callees(model.named("toy")[0].index)
    assert [(model.functions[edge.callee].name, edge.kind, edge.condition) for edge in edges] == [
        ("a_mkwrite", "operation", "vmf->vma"),
        ("b_mkwrite", "operation", "vmf->vma"),
    ]
    assert {edge.operation for edge in edges} == {"vm_operations_struct.page_mkwrite"}
    assert [edge.caller for edge in model.callers(model.named("b_mkwrite")[0].index)] == [model.named("toy")[0].index]


def test_tables_entries_and_installs() -> None:
    model = operations()
    entries = model.entries("vm_operations_struct", "page_mkwrite")
    assert [(entry.variable, entry.function, entry.file) for entry in entries] == [
        ("a_vm_ops", "a_mkwrite", "fs/a/file.c"), ("b_vm_ops", "b_mkwrite", "fs/b/file.c"),
    ]  # fmt: skip
    assert model.entries_of(model.named("a_mkwrite")[0].index) == model.table("a_vm_ops")
    assert [(item.field, item.variable) for item in model.installs()] == [("vm_ops", "a_vm_ops")]
    (call,) = model.operation_calls("vm_operations_struct", "page_mkwrite")
    assert (call.line, call.condition) == (4, "vmf->vma")


def test_an_entry_named_by_an_alias_is_the_function_behind_it() -> None:
    text = function("real") + "#define alias real\nconst struct toy_ops t = {\n\t.run = alias,\n};\n"
    (entry,) = linked({"fs/a.c": text}).entries("toy_ops", "run")
    assert (entry.function, entry.target) == ("real", 0)


def test_a_field_set_at_run_time_is_an_entry() -> None:
    header = "struct bio {\n\tvoid (*bi_end_io)(struct bio *);\n};\n"
    text = function("toy_end_io", before="static ") + function("toy", "\tbio->bi_end_io = toy_end_io;")
    (entry,) = linked({"include/linux/bio.h": header, "fs/a.c": text}).entries("bio", "bi_end_io")
    assert (entry.variable, entry.function, entry.line) == ("toy()", "toy_end_io", 7)


# The model itself


def test_a_line_belongs_to_the_function_from_its_type_to_its_brace() -> None:
    model = linked({"fs/a.c": "\nstatic int\none(void)\n{\n}\n\nint two(void)\n{\n}\n"})
    found = [model.at("fs/a.c", line) for line in range(1, 11)]
    assert [function.name if function else "" for function in found] == [
        "", "one", "one", "one", "one", "", "two", "two", "two", "",
    ]  # fmt: skip
    assert model.at("fs/none.c", 3) is None


def test_a_system_call_has_any_of_its_names() -> None:
    model = linked({"mm/a.c": "SYSCALL_DEFINE1(toy, int, a)\n{\n}\n"})
    for name in ("sys_toy", "toy", "__do_sys_toy", "__x64_sys_toy"):
        assert [found.name for found in model.named(name)] == ["sys_toy"]


def test_a_blob_is_known_by_its_first_digits() -> None:
    model = linked({"fs/a.c": function("toy")})
    blob = extract.blob_id(function("toy").encode())
    assert model.holds("fs/a.c", blob)
    assert model.holds("fs/a.c", blob[:9].upper())
    assert not model.holds("fs/a.c", blob[:4])
    assert not model.holds("fs/a.c", "0" * 12)
    assert not model.holds("fs/b.c", blob)


def plain(stored: columns.Columns) -> dict[str, object]:
    """Columns as lists, whatever holds them."""
    values = msgspec.structs.asdict(stored)
    return {name: list(value) if isinstance(value, Sequence) else value for name, value in values.items()}


def test_a_model_is_the_same_bytes_and_comes_back_whole() -> None:
    stored = operations().columns
    assert plain(columns.decode(columns.encode(stored))) == plain(stored)
    assert columns.encode(stored) == columns.encode(operations().columns)


@pytest.mark.parametrize(
    "numbers",
    [[], [0], [255], [256, 0], [-1, 127], [-1, 128], [65535], [-1, 65535], [1 << 16]],
)
def test_a_column_of_any_range_comes_back(numbers: list[int]) -> None:
    stored = msgspec.structs.replace(operations().columns, install_line=numbers)
    assert list(columns.decode(columns.encode(stored)).install_line) == numbers


@pytest.mark.parametrize("broken", [{"install_line": b"d"}, {"install_line": b"H1"}, {"nonsense": b"B"}, {}])
def test_a_damaged_column_is_no_model(broken: dict[str, bytes]) -> None:
    stored = msgspec.msgpack.decode(packed.unpack(columns.encode(operations().columns)))
    stored["numbers"] = stored["numbers"] | broken if broken else {}
    with pytest.raises(columns.ModelError, match="not a model"):
        columns.decode(packed.pack(msgspec.msgpack.encode(stored)))


@pytest.mark.parametrize("data", [b"", b"no gzip", b"\x1f\x8b", packed.pack(b"no model")])
def test_what_is_no_file_of_a_model_is_told(data: bytes) -> None:
    with pytest.raises(columns.ModelError, match="not a model"):
        columns.decode(data)


def test_generated_functions_are_made_once() -> None:
    corpus = Corpus(facts({"fs/a.c": function("toy")}), scope.load()[0])
    generated.add(corpus)
    assert corpus.generated == {}


# What runs later

TYPES = """
typedef void (io_end_t)(struct io *);
typedef long count_t;
struct io {
	io_end_t *io_end_io;
	count_t count;
};
struct holder {
	struct work_struct done_work;
};
struct other {
	struct work_struct done_work;
};
struct walker {
	int (*walk_one)(int);
};
"""


def edges(model: Model, name: str) -> list[tuple[str, str, str]]:
    """(callee, kind, operation) of each edge that is no plain call."""
    (caller,) = model.named(name)
    found = [edge for edge in model.callees(caller.index) if edge.kind != "call"]
    return [(model.functions[edge.callee].name, edge.kind, edge.operation) for edge in found]


def later(body: str, parameters: str = "struct holder *ip, struct io *io") -> Model:
    ends = function("end_one", before="static ") + function("end_two", before="static ")
    keeper = function("keeper", "\tio->io_end_io = end_io;", parameters="struct io *io, io_end_t end_io")
    return linked({"include/linux/t.h": TYPES, "fs/a.c": ends + keeper + function("toy", body, parameters=parameters)})


def test_a_field_that_is_no_function_arms_nothing() -> None:
    assert edges(later("\tio->count = end_one;"), "toy") == []


def test_a_parameter_that_is_kept_is_no_function_of_its_name() -> None:
    assert edges(later(""), "keeper") == []


def test_work_that_some_call_queues_does_not_run_where_it_is_made() -> None:
    model = later("\tINIT_WORK(&ip->done_work, end_one);\n\tqueue_work(q, &ip->done_work);")
    assert edges(model, "toy") == [
        ("end_one", "callback", "INIT_WORK"), ("end_one", "work", "done_work"),
    ]  # fmt: skip


def test_work_is_told_apart_by_the_struct_that_holds_it() -> None:
    body = (
        "\tINIT_WORK(&o->done_work, end_two);\n\tINIT_WORK(&ip->done_work, end_one);\n\tqueue_work(q, &ip->done_work);"
    )
    model = later(body, "struct holder *ip, struct other *o")
    assert ("end_one", "work", "done_work") in edges(model, "toy")
    assert ("end_two", "work", "done_work") not in edges(model, "toy")
    assert ("end_two", "work", "INIT_WORK") in edges(model, "toy")  # nobody is seen to queue it


def context(member: str, name: str) -> str:
    """A file that has a struct of its own, as others have under the same name, and a work item in it."""
    struct = f"struct read_ctx {{\n\tstruct holder *{member};\n\tstruct work_struct work;\n}};\n"
    made = function("toy_" + name, "\tINIT_WORK(&ctx->work, do_work);", "static ", "struct read_ctx *ctx")
    queued = function("end_" + name, "\tqueue_work(work_q, &ctx->work);", "static ", "struct read_ctx *ctx")
    return struct + function("do_work", before="static ") + made + queued


def work_of(model: Model, name: str) -> list[tuple[str, str]]:
    return [(callee, file) for callee, file, kind in callees(model, name) if kind == "work"]


def test_a_struct_of_a_c_file_is_not_that_of_another_one() -> None:
    files = {"include/linux/t.h": TYPES, "fs/a/read.c": context("a", "a"), "fs/b/read.c": context("b", "b")}
    model = linked(files)
    assert work_of(model, "end_a") == [("do_work", "fs/a/read.c")]
    assert work_of(model, "end_b") == [("do_work", "fs/b/read.c")]


def test_a_struct_of_a_header_that_a_file_does_not_see_is_not_meant() -> None:
    def of(name: str) -> dict[str, str]:
        taking = "struct tree_ctx *ctx"
        made = function(f"{name}_toy", f"\tINIT_WORK(&ctx->work, {name}_work);", parameters=taking)
        return {
            f"fs/{name}/t.h": "struct tree_ctx {\n\tstruct work_struct work;\n};\n",
            f"fs/{name}/{name}.c": function(f"{name}_work", before="static ") + made,
            f"fs/{name}/end.c": function(f"{name}_end", "\tqueue_work(work_q, &ctx->work);", parameters=taking),
        }

    model = linked(of("a") | of("b"))
    assert work_of(model, "a_end") == [("a_work", "fs/a/a.c")]
    assert work_of(model, "b_end") == [("b_work", "fs/b/b.c")]


def test_a_completion_is_an_edge_from_where_it_is_set() -> None:
    assert edges(later("\tio->io_end_io = end_one;"), "toy") == [("end_one", "completion", "io.io_end_io")]
    assert edges(later("\tip->ctx->io->io_end_io = end_one;"), "toy") == [("end_one", "completion", "io.io_end_io")]


def test_a_callback_that_is_kept_is_a_completion() -> None:
    assert edges(later("\tkeeper(io, end_one);"), "toy") == [("end_one", "completion", "io.io_end_io")]


def test_a_function_in_a_local_table_is_a_callback() -> None:
    body = "\tstruct walker rwc = {\n\t\t.walk_one = end_one,\n\t};\n\twalk(&rwc);"
    assert edges(later(body), "toy") == [("end_one", "callback", "walker.walk_one")]


def test_a_member_of_a_named_function_type_is_an_operation() -> None:
    model = later("\tio->io_end_io = end_two;\n\tio->io_end_io(io);")
    assert ("end_two", "operation", "io.io_end_io") in edges(model, "toy")


# Tables that are handed down


def test_a_table_is_kept_as_an_argument_and_the_pointer_of_a_call_too() -> None:
    header = "struct toy_ops {\n\tint (*run)(void);\n};\n"
    table = function("one", before="static ") + "static const struct toy_ops one_toy_ops = {\n\t.run = one,\n};\n"
    inner = function("inner", "\tops->run();", parameters="const struct toy_ops *ops")
    toy = function("toy", "\tinner(&one_toy_ops);\n\tinner(&no_table_ops);")
    model = linked({"include/linux/t.h": header, "fs/a.c": table + inner + toy})
    (caller,), (callee,) = model.named("toy"), model.named("inner")
    assert [edge.arguments for edge in model.callees(caller.index)] == [("&one_toy_ops",), ()]
    assert [(edge.through, edge.operation) for edge in model.callees(callee.index)] == [("ops", "toy_ops.run")]


# Operations that are handed on, callbacks that are kept

TAKING = """
struct a_ops { int (*fill)(struct page *page); };
struct mapping { const struct a_ops *a_ops; int count_ops; };
struct io { void (*bi_end_io)(struct io *io); };
"""


def test_a_member_that_is_no_function_is_not_taken() -> None:
    body = "\tint n = f(mapping->a_ops->count);\n\treturn n;"
    model = linked({"include/linux/t.h": TAKING, "fs/a.c": function("toy", body, parameters="struct mapping *mapping")})
    index = model.named("toy")[0].index
    assert (model.operations_called(index), model.unresolved(index)) == ((), ((3, "f"),))


def test_an_operation_handed_on_leads_to_its_implementers() -> None:
    text = (
        "static int one(struct page *page)\n{\n\treturn 0;\n}\nstatic const struct a_ops t = {\n\t.fill = one,\n};\n"
        + function("read", "\treturn filler(page);", parameters="filler_t filler, struct page *page")
        + function("toy", "\treturn read(mapping->a_ops->fill, NULL);", parameters="struct mapping *mapping")
    )
    model = linked({"include/linux/t.h": TAKING, "fs/a.c": text})
    assert callees(model, "toy") == [("read", "fs/a.c", "call"), ("one", "fs/a.c", "operation")]


def kept(last: str) -> list[tuple[str, str, str]]:
    """Edges of a function that hands two callbacks to one, which hands them on to another, which does `last`."""
    text = (
        function("keep", last, parameters="struct io *io, get_fn *get_fn, end_fn *end_io")
        + function("pass", "\tkeep(io, get_fn, handler);", parameters="struct io *io, end_fn *handler, get_fn *get_fn")
        + function("my_get")
        + function("my_end")
        + function("toy", "\tpass(io, my_end, my_get);", parameters="struct io *io")
    )
    return callees(linked({"include/linux/t.h": TAKING, "fs/a.c": text}), "toy")


def test_a_callback_that_nobody_keeps_is_called_at_once() -> None:
    assert {kind for _, _, kind in kept("\tend_io(io);")} == {"call", "callback"}


def test_a_callback_that_is_handed_on_twice_is_kept_and_the_other_one_is_not() -> None:
    assert kept("\tio->bi_end_io = end_io;") == [
        ("pass", "fs/a.c", "call"), ("my_end", "fs/a.c", "completion"), ("my_get", "fs/a.c", "callback"),
    ]  # fmt: skip


def test_functions_that_hand_a_callback_to_one_another_end() -> None:
    text = function("a", "\tb(end_io);", parameters="end_fn *end_io") + function(
        "b", "\ta(end_io);", parameters="f *end_io"
    )
    model = linked({"fs/a.c": text + function("my_end") + function("toy", "\ta(my_end);")})
    assert ("my_end", "fs/a.c", "callback") in callees(model, "toy")


def test_a_completion_stands_under_the_condition_that_it_is_set_under() -> None:
    body = "\tif (sync)\n\t\tio->bi_end_io = my_end;\n\treturn 0;"
    text = function("my_end") + function("toy", body, parameters="struct io *io")
    model = linked({"include/linux/t.h": TAKING, "fs/a.c": text})
    (edge,) = model.callees(model.named("toy")[0].index)
    assert (edge.kind, edge.condition, edge.operation) == ("completion", "sync", "io.bi_end_io")


def test_an_operation_that_is_copied_is_one_of_both_structs() -> None:
    header = (
        "struct req_ops {\n\tint (*run)(void);\n};\nstruct stream {\n\tint (*run)(void);\n};\n"
        "struct req {\n\tstruct stream streams[2];\n\tconst struct req_ops *ops;\n};\n"
    )
    body = "\tr->streams[0].run = r->ops->run;\n\tr->streams[1].run = r->ops->run;"
    text = (
        function("one", before="static ")
        + "static const struct req_ops t = {\n\t.run = one,\n};\n"
        + function("make", body, parameters="struct req *r")
        + function("toy", "\treturn s->run();", parameters="struct stream *s")
    )
    model = linked({"include/linux/t.h": header, "fs/a.c": text})
    assert callees(model, "toy") == [("one", "fs/a.c", "operation")]
    assert callees(model, "make") == []
    assert [(entry.struct, entry.variable) for entry in model.entries("stream", "run")] == [("stream", "t")]


def test_a_field_of_a_member_is_that_of_the_members_struct() -> None:
    header = (
        "struct args { void (*end)(void); };\nstruct other { void (*end)(void); };\n"
        "struct pages { struct args args; struct other *other; };\n"
    )
    text = function("my_end") + function("toy", "\tap->args.end = my_end;", parameters="struct pages *ap")
    model = linked({"include/linux/t.h": header, "fs/a.c": text})
    (edge,) = model.callees(model.named("toy")[0].index)
    assert (edge.kind, edge.operation) == ("completion", "args.end")
