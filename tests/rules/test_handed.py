"""Which operation table a chain means, and where a chain goes on in another context. Invented trees."""

from collections.abc import Sequence

from rules import chains, met, pathfiles, states
from rules.graph import Model
from tests.rules.test_link import linked

HEADER = """
struct toy_ops {
	int (*run)(void);
};
struct end_ops {
	int (*end)(void);
};
struct big_ops {
	int (*one)(void);
	int (*many)(void);
};
struct ctx {
	const struct toy_ops *ops;
	const struct end_ops *dops;
};
typedef void (io_end_t)(struct io *);
struct io {
	io_end_t *io_end_io;
	const struct end_ops *dops;
};
struct holder {
	struct work_struct done_work;
};
struct mapping {
	const struct big_ops *a_ops;
};
"""
COMMON = """
int walk(struct ctx *ctx, const struct toy_ops *ops, const struct end_ops *dops)
{
	if (dops)
		ctx->dops->end();
	return ops->run();
}
int walk_context(struct ctx *ctx)
{
	return ctx->ops->run();
}
int each(struct mapping *mapping)
{
	return mapping->a_ops->one();
}
int call(struct mapping *mapping)
{
	if (mapping->a_ops->many)
		return mapping->a_ops->many();
	else
		return each(mapping);
}
"""
ALFA = """
static int read_run(void) { return 0; }
static int read_end(void) { return 0; }
static int write_run(void) { return 0; }
static int zoned_run(void) { return 0; }
static int write_end(void) { return 0; }
static int both_one(void) { return 0; }
static int both_many(void) { return 0; }
static int only_one(void) { return 0; }
static const struct toy_ops read_toy_ops = { .run = read_run, };
static const struct toy_ops write_toy_ops = { .run = write_run, };
static const struct toy_ops zoned_toy_ops = { .run = zoned_run, };
static const struct end_ops read_end_ops = { .end = read_end, };
static const struct end_ops write_end_ops = { .end = write_end, };
static const struct big_ops both_ops = { .one = both_one, .many = both_many, };
static const struct big_ops only_ops = { .one = only_one, };
int enter_read(struct ctx *ctx)
{
	return walk(ctx, &read_toy_ops, NULL);
}
int enter_write(struct ctx *ctx)
{
	return walk(ctx, &write_toy_ops, &write_end_ops);
}
int enter_any(struct ctx *ctx, const struct toy_ops *some_ops)
{
	return walk(ctx, some_ops, NULL);
}
int enter_context(struct ctx *old)
{
	if (old) {
		struct ctx ctx = { .ops = &zoned_toy_ops, };
		return walk_context(&ctx);
	} else {
		struct ctx ctx = { .ops = &write_toy_ops, };
		return walk_context(&ctx);
	}
}
static void end_read(struct io *io)
{
	struct holder *ip = io->holder;

	queue_work(ip->queue, &ip->done_work);
}
static void end_work(struct work_struct *work)
{
	finish();
}
int enter_submit(struct holder *ip, struct io *io)
{
	INIT_WORK(&ip->done_work, end_work);
	io->io_end_io = end_read;
	return submit(io);
}
static void end_both(struct io *io)
{
	if (io->dops)
		io->dops->end();
}
static int submit_ops(struct io *io, const struct toy_ops *ops, const struct end_ops *dops)
{
	io->io_end_io = end_both;
	return submit(io);
}
int enter_submit_read(struct io *io)
{
	return submit_ops(io, &read_toy_ops, &read_end_ops);
}
int enter_submit_plain(struct io *io)
{
	return submit_ops(io, &read_toy_ops, NULL);
}
int enter_queue(struct holder *ip)
{
	queue_work(ip->queue, &ip->done_work);
	return 0;
}
int submit(struct io *io)
{
	io->io_end_io(io);
	return 0;
}
void finish(void) { }
"""
PATH = """
title = "invented"
entries = [
    "enter_read", "enter_write", "enter_any", "enter_context", "enter_submit", "enter_submit_read",
    "enter_submit_plain", "enter_queue", "call",
]
[[stages]]
name = "entry"
text = "where it starts"
functions = ["walk"]
[[operations]]
struct = "toy_ops"
fields = ["run"]
[[operations]]
struct = "end_ops"
fields = ["end"]
[[operations]]
struct = "big_ops"
fields = ["one", "many"]
[[operations]]
struct = "io"
fields = ["io_end_io"]
later = true
"""


def model() -> Model:
    return linked({"include/linux/t.h": HEADER, "fs/common.c": COMMON, "fs/alfa/a.c": ALFA})


def found(target: str, starts: Sequence[str] = (), text: str = PATH) -> chains.Chains:
    kernel = model()
    entries = [function.index for name in starts for function in kernel.named(name)] or None
    targets = [function.index for function in kernel.named(target)]
    return chains.find(kernel, pathfiles.parse(text, "toy"), targets, starts=entries)


def entries(target: str) -> set[str]:
    return {chain.steps[0].name for chain in found(target).chains}


def test_a_table_of_another_caller_is_not_meant() -> None:
    assert "enter_read" not in entries("write_run")
    assert "enter_write" not in entries("read_run")


def test_no_table_is_called_where_null_was_handed_down() -> None:
    assert entries("write_end") == {"enter_write"}


def test_the_caller_tells_the_table_and_the_step_names_it() -> None:
    (chain,) = found("read_run", ["enter_read"]).chains
    assert (chain.steps[-1].name, chain.steps[-1].table, chain.steps[-1].untold) == ("read_run", "read_toy_ops", False)


def test_a_table_that_no_caller_shows_is_marked() -> None:
    (chain,) = found("read_run", ["enter_any"]).chains
    assert (chain.steps[-1].table, chain.steps[-1].untold) == ("", True)


def test_a_context_is_filled_above_the_call() -> None:
    calls = {(chain.steps[-1].name, chain.steps[1].line) for chain in found("zoned_run", ["enter_context"]).chains}
    assert len(calls) == 1
    assert entries("write_run") >= {"enter_context", "enter_write"}


def test_no_operation_is_missing_from_a_table_that_has_it() -> None:
    assert not found("both_one", ["call"]).chains
    assert "no ->many" in found("both_one", ["call"]).infeasible[0].infeasible
    assert found("only_one", ["call"]).chains


OTHERS = """
struct file_ops { int (*read)(void); };
struct map_ops { int (*fill)(void); };
"""
GENERIC = """
int generic_read(struct map *m) { return m->a_ops->fill(); }
const struct file_ops generic_ro = { .read = generic_read, };
int start(struct file *f) { return f->f_op->read(); }
"""
OWN = """
static int {name}_fill(void) { return 0; }
static const struct map_ops {name}_aops = { .fill = {name}_fill, };
"""
BRAVO_READ = """
static int bravo_read(struct map *m) { return generic_read(m); }
static const struct file_ops bravo_fops = { .read = bravo_read, };
"""
GENERIC_PATH = """
title = "invented"
entries = ["start"]
[[stages]]
name = "entry"
text = "where it starts"
functions = ["start"]
[[operations]]
struct = "file_ops"
fields = ["read"]
[[operations]]
struct = "map_ops"
fields = ["fill"]
"""


def test_a_filesystem_with_a_function_of_its_own_does_not_use_the_generic_table() -> None:
    kernel = linked(
        {
            "include/linux/t.h": OTHERS,
            "fs/common.c": GENERIC,
            "fs/alfa/a.c": OWN.replace("{name}", "alfa"),
            "fs/bravo/b.c": OWN.replace("{name}", "bravo") + BRAVO_READ,
        }
    )
    path = pathfiles.parse(GENERIC_PATH, "toy")

    def ways(target: str) -> list[list[str]]:
        found = chains.find(kernel, path, [function.index for function in kernel.named(target)])
        return [[step.name for step in chain.steps] for chain in found.chains]

    assert ways("alfa_fill") == [["start", "generic_read", "alfa_fill"]]
    assert ways("bravo_fill") == [["start", "bravo_read", "generic_read", "bravo_fill"]]


MAPPING = """
const struct map_ops generic_aops = { .fill = generic_fill, };
int generic_mmap(struct map *m) { m->a_ops = &generic_aops; return 0; }
int generic_fill(void) { return deep(); }
int start(struct map *m) { return m->a_ops->fill(); }
"""
BOTH = """
int {name}_mmap(struct map *m)
{
	if (m->plain)
		return generic_mmap(m);
	m->a_ops = &{name}_aops;
	return 0;
}
"""
OVER = """
int {name}_mmap(struct map *m)
{
	generic_mmap(m);
	m->a_ops = &{name}_aops;
	return 0;
}
"""
DEEP = """
int {name}_run(void) { return 0; }
static const struct file_ops {name}_fops = { .read = {name}_run, };
"""


def test_a_filesystem_that_uses_the_generic_table_too_comes_through_it() -> None:
    tree = {
        "include/linux/t.h": OTHERS,
        "fs/common.c": MAPPING + "int deep(struct file *f) { return f->f_op->read(); }",
    }
    for name, text in (("alfa", BOTH), ("bravo", OVER), ("charlie", "")):
        tree[f"fs/{name}/a.c"] = (OWN + text + DEEP).replace("{name}", name)
    kernel = linked(tree)
    path = pathfiles.parse(GENERIC_PATH, "toy")
    found = {
        name: len(chains.find(kernel, path, [kernel.named(f"{name}_run")[0].index]).chains)
        for name in ("alfa", "bravo", "charlie")
    }
    assert found == {"alfa": 1, "bravo": 0, "charlie": 0}


def test_a_chain_goes_on_where_a_completion_is_set_not_where_some_are_called() -> None:
    (chain,) = found("end_read").chains
    assert [(step.name, step.edge) for step in chain.steps] == [("enter_submit", None), ("end_read", "completion")]
    (asked,) = found("end_read", ["submit"]).chains
    assert [step.edge for step in asked.steps] == [None, "operation"]


def test_a_completion_has_the_table_that_was_handed_down_before() -> None:
    assert entries("read_end") == {"enter_submit_read"}
    (chain,) = found("read_end").chains
    assert ([step.edge for step in chain.steps[2:]], chain.steps[-1].table) == (
        ["completion", "operation"],
        "read_end_ops",
    )
    assert entries("write_end") == {"enter_write"}


def test_what_was_met_before_a_completion_was_set_is_left_behind() -> None:
    locked = ALFA.replace(
        "\tINIT_WORK(&ip", "\tif (!PageUptodate(page))\n\t\treturn 0;\n\tlock_page(page);\n\tINIT_WORK(&ip"
    )
    kernel = linked({"include/linux/t.h": HEADER, "fs/common.c": COMMON, "fs/alfa/a.c": locked})
    path = pathfiles.parse(PATH, "toy")
    (chain,) = chains.find(kernel, path, [kernel.named("end_read")[0].index]).chains
    passed = met.Walk(kernel, path).before(chain)
    assert {(item.site.subject, item.stale) for item in passed} == {("uptodate", True), ("locked", True)}


def test_work_is_followed_from_a_completion_only() -> None:
    (chain,) = found("finish").chains
    assert [(step.name, step.edge) for step in chain.steps[1:]] == [
        ("end_read", "completion"), ("end_work", "work"), ("finish", "call"),
    ]  # fmt: skip


def test_a_path_that_names_work_follows_all_of_it() -> None:
    text = PATH + '[[operations]]\nstruct = "work_struct"\nfields = ["func"]\nlater = true\n'
    assert {chain.steps[0].name for chain in found("end_work", text=text).chains} == {"enter_submit", "enter_queue"}


def test_a_path_comes_to_the_tables_that_it_hands_down() -> None:
    kernel = model()
    reading = PATH.replace(PATH[PATH.index("entries") : PATH.index("[[stages]]")], 'entries = ["enter_read"]\n')
    submitting = reading.replace("enter_read", "enter_submit")
    paths = (pathfiles.parse(reading, "read"), pathfiles.parse(submitting, "submit"))
    reached = states.reachable(kernel, paths)
    names = {kernel.functions[index].name: bits for index, bits in reached.items()}
    assert names["read_run"] == 1
    assert "write_run" not in names
    assert (names["end_read"], names["finish"]) == (2, 2)


def test_what_an_early_return_leaves_is_not_told_as_the_condition_of_the_call() -> None:
    text = """
static int one(void) { return 0; }
static int two(void) { return 0; }
static int below(struct map *m, bool write)
{
	if (write)
		return one();
	if (IS_DAX(m))
		return two();
	return 0;
}
int start(struct map *m) { return below(m, true); }
"""
    kernel = linked({"fs/common.c": text})
    path = pathfiles.parse('constants = ["IS_DAX"]\n' + GENERIC_PATH, "toy")
    (chain,) = chains.find(kernel, path, [kernel.named("two")[0].index]).infeasible
    assert chain.infeasible == "fs/common.c:9: what an early return above leaves contradicts the arguments"


def test_generic_code_that_works_for_one_filesystem_comes_to_no_other() -> None:
    common = """
int dirty(struct map *m) { return m->a_ops->fill(); }
static int huge(struct map *m) { return dirty(m); }
int start(struct map *m) { return huge(m); }
"""
    tree = {"include/linux/t.h": OTHERS, "fs/common.c": common}
    tree |= {f"fs/{name}/a.c": OWN.replace("{name}", name) for name in ("alfa", "bravo")}
    kernel = linked(tree)
    text = GENERIC_PATH.replace("[[stages]]", 'homes = { huge = "alfa" }\n[[stages]]', 1)

    def ways(target: str, text: str) -> int:
        found = chains.find(kernel, pathfiles.parse(text, "toy"), [kernel.named(target)[0].index])
        return len(found.chains)

    assert (ways("alfa_fill", GENERIC_PATH), ways("bravo_fill", GENERIC_PATH)) == (1, 1)
    assert (ways("alfa_fill", text), ways("bravo_fill", text)) == (1, 0)


def test_which_way_data_goes_is_seen_from_the_operation() -> None:
    common = """
int both(struct map *m)
{
	if (rw(m) == WRITE)
		return dirty(m);
	return 0;
}
int dirty(struct map *m) { return 0; }
int start(struct file *f) { return f->f_op->read(); }
int begin(struct map *m) { return m->a_ops->fill(); }
"""
    table = "static int {n}(void) { return both(m); }\nstatic const struct {s} {n}_ops = { .{f} = {n}, };\n"
    rows = (("in", "file_ops", "read"), ("out", "map_ops", "fill"))
    own = "".join(table.replace("{n}", n).replace("{s}", s).replace("{f}", f) for n, s, f in rows)
    kernel = linked({"include/linux/t.h": OTHERS, "fs/common.c": common, "fs/alfa/a.c": own})
    text = GENERIC_PATH.replace('["start"]', '["start", "begin"]', 1).replace(
        '["read"]', '["read"]\nassume = ["!(rw(m) == WRITE)"]'
    )
    text = text.replace('["fill"]', '["fill"]\nassume = ["rw(m) == WRITE"]')
    path = pathfiles.parse('constants = ["rw"]\nuntold = ["rw"]\n' + text, "toy")
    found = chains.find(kernel, path, [kernel.named("dirty")[0].index])
    assert [(chain.steps[1].name, chain.facts) for chain in found.chains] == [("out", ())]
    assert [chain.steps[1].name for chain in found.infeasible] == ["in"]
