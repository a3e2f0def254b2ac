"""What is read from C text: invented snippets, what must not be found first."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import extract
from rules.extract import facts as kinds
from rules.extract.facts import Body, FileFacts, body_of
from tests import growth


def read(text: str) -> FileFacts:
    return extract.extract(text.encode())


def body(text: str, name: str = "toy") -> Body:
    """The body of the only function of this name."""
    (found,) = [function for function in read(text).functions if function.name == name]
    return body_of(found)


def inside(statements: str, parameters: str = "struct page *page") -> Body:
    return body(f"static int toy({parameters})\n{{\n{statements}\n}}\n")


def calls(found: Body, kind: int = kinds.CALL) -> list[str]:
    return [call.name for call in found.calls if call.kind == kind]


def conditions(found: Body) -> dict[str, str]:
    return {call.name: found.conditions[call.condition] for call in found.calls}


# Must not be found


def test_comments_strings_and_hidden_code_call_nothing() -> None:
    found = inside('\t/* one(page); */\n\t// two(page);\n\ttold("three(page)");\n#if 0\n\tfour(page);\n#endif')
    assert calls(found) == ["told"]


def test_keywords_sizes_and_types_are_no_calls() -> None:
    assert calls(inside("\tif (sizeof(int) > 2)\n\t\treturn (u32)(page->flags);\n\twhile (0) ;")) == []


def test_a_prototype_a_table_and_an_enum_are_no_functions() -> None:
    assert read("int toy(int a);\nstruct toy_ops x = { .f = g };\nenum toy { TOY_A };\n").functions == ()


def test_a_local_variable_is_no_callback() -> None:
    found = inside("\tstruct page *next_page = page;\n\n\tapply(page, next_page);")
    assert calls(found, kinds.CALLBACK) == []


def test_an_assertion_is_no_test() -> None:
    assert [site.op for site in inside("\tWARN_ON_ONCE(!PageUptodate(page));").sites] == ["assert"]


def test_a_constant_macro_is_no_fact() -> None:
    assert read("#define TOY_SIZE 12\n").macros == ()


@pytest.mark.parametrize("text", ["", "\n" * 9, "{", "}", "(((", "#if", "#endif\n#else\n", '"', "/*", "int f(", "\0\0"])
def test_what_is_no_c_has_no_functions(text: str) -> None:
    assert read(text).functions == ()


# Functions


def test_lines_of_a_function_whose_type_stands_above_its_name() -> None:
    (found,) = read("\nstatic int\ntoy(struct page *page,\n    bool write)\n{\n\treturn 0;\n}\n").functions
    assert (found.head, found.first, found.last) == (2, 3, 7)
    assert found.static
    assert found.parameters == ("page", "write")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SYSCALL_DEFINE3(toy, int, a, int, b, int, c)\n{\n}\n", "sys_toy"),
        ("COMPAT_SYSCALL_DEFINE1(toy, int, a)\n{\n}\n", "compat_sys_toy"),
        ("DEFINE_IDTENTRY_RAW_ERRORCODE(exc_toy)\n{\n}\n", "exc_toy"),
        ("static inline struct toy *TOY(struct page *p)\n{\n\treturn NULL;\n}\n", "TOY"),
        ("static inline void toy(void) { }\n", "toy"),
        ("void toy(void)\n\t__releases(x)\n{\n}\n", "toy"),
        ("__printf(1, 2) void toy(const char *f, ...)\n{\n}\n", "toy"),
        ("TOY_DECLARE(a, b)\nint toy(void)\n{\n}\n", "toy"),
    ],
)
def test_names_of_functions(text: str, name: str) -> None:
    assert [function.name for function in read(text).functions] == [name]


def test_definitions_for_two_configurations_are_kept_apart() -> None:
    text = "#ifdef CONFIG_MMU\nint toy(void)\n{\n\treturn a();\n}\n#else\nint toy(void)\n{\n\treturn b();\n}\n#endif\n"
    found = read(text).functions
    assert [(function.guard, calls(body_of(function))) for function in found] == [
        ("CONFIG_MMU", ["a"]),
        ("!CONFIG_MMU", ["b"]),
    ]


def test_the_guard_of_a_header_is_no_condition() -> None:
    text = "#ifndef _TOY_H\n#define _TOY_H\nstatic inline int toy(void)\n{\n\treturn 0;\n}\n#endif\n"
    assert [function.guard for function in read(text).functions] == [""]


def test_branches_that_open_the_same_bracket_do_not_swallow_the_next_function() -> None:
    text = (
        "int toy(int a)\n{\n#ifdef CONFIG_NUMA\n\tif (a) {\n#else\n\tif (!a) {\n#endif\n"
        "\t\tone();\n\t}\n\treturn 0;\n}\n"
        "int next(void)\n{\n\treturn two();\n}\n"
    )
    assert [function.name for function in read(text).functions] == ["toy", "next"]


def test_a_function_that_lost_its_brace_ends_where_column_0_says_so() -> None:
    text = "int toy(int a)\n{\n\tif (a) {\n\t\tone();\n}\nint next(void)\n{\n\ttwo();\n}\n"
    assert [(function.name, function.last) for function in read(text).functions] == [("toy", 5), ("next", 9)]


# Calls and what they stand under


def test_conditions_of_if_else_and_unbraced_chains() -> None:
    found = conditions(
        inside("\tif (a)\n\t\tone();\n\telse if (b && c) {\n\t\ttwo();\n\t} else\n\t\tthree();\n\tfour();")
    )
    assert found == {"one": "a", "two": "!a && b && c", "three": "!a && !(b && c)", "four": ""}


def test_a_loop_adds_no_condition_and_a_case_does() -> None:
    found = conditions(inside("\twhile (x)\n\t\tone();\n\tswitch (y) {\n\tcase TOY_A:\n\t\ttwo();\n\t\tbreak;\n\t}"))
    assert found == {"one": "", "two": "case TOY_A"}


def test_the_hints_of_the_compiler_are_left_out() -> None:
    assert conditions(inside("\tif (unlikely(!PageDirty(page)))\n\t\tone();"))["one"] == "!PageDirty(page)"


def test_alternatives_are_put_in_parentheses_when_joined() -> None:
    assert conditions(inside("\tif (a)\n\t\tif (b || c)\n\t\t\tone();"))["one"] == "a && (b || c)"


def test_only_telling_arguments_are_kept() -> None:
    found = inside("\tone(page, true, TOY_FLAG | TOY_MORE, 0, GFP_KERNEL);\n\ttwo(page, 3);")
    assert [call.arguments for call in found.calls] == [("", "true", "TOY_FLAG | TOY_MORE"), ()]


def test_a_callback_names_who_is_handed_it() -> None:
    (found,) = [call for call in inside("\tapply(page, toy_actor);").calls if call.kind == kinds.CALLBACK]
    assert (found.name, found.through) == ("toy_actor", "apply")


def test_a_call_through_an_operation_keeps_its_way_and_the_type_of_its_root() -> None:
    found = inside("\treturn vmf->vma->vm_ops->page_mkwrite(vmf);", "struct vm_fault *vmf")
    (call,) = [call for call in found.calls if call.kind == kinds.FIELD]
    assert (call.name, call.through, call.type) == ("page_mkwrite", "vmf->vma->vm_ops", "vm_fault")


def test_a_parameter_that_is_called_is_a_pointer() -> None:
    found = inside("\treturn actor(page);", "struct page *page, int (*actor)(struct page *)")
    assert calls(found, kinds.POINTER) == ["actor"]


def test_control_goes_no_further_than_the_return_of_its_branch() -> None:
    found = inside("\tif (a) {\n\t\tone();\n\t\treturn 1;\n\t}\n\ttwo();\n\treturn three();")
    assert {call.name: call.until for call in found.calls} == {"one": 4, "two": 0, "three": 0}


def test_what_ends_in_a_break_of_a_switch_goes_on_after_it() -> None:
    text = "\tswitch (a) {\n\tcase 1:\n\t\tone();\n\t\tbreak;\n\tcase 2:\n\t\ttwo();\n\t\treturn 0;\n\t}\n\tthree();"
    assert {call.name: call.until for call in inside(text).calls} == {"one": 0, "two": 8, "three": 0}


def test_an_early_exit_is_kept_when_a_caller_can_know_its_condition() -> None:
    found = inside("\tif (!IS_DAX(inode))\n\t\treturn -1;\n\tret = one();\n\tif (ret)\n\t\treturn ret;\n\ttwo();")
    assert [(item.condition, item.action) for item in found.exits] == [("!IS_DAX(inode)", "return -1")]


# State sites


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("if (!PageUptodate(page))\n\t\tgoto out;", ("test", "uptodate", True, "goto out")),
        ("if (unlikely(!folio_test_uptodate(f))) {\n\t\tret = -EIO;\n\t\treturn ret;\n\t}",
         ("test", "uptodate", True, "ret = -EIO; return ret")),
        ("if (WARN_ON(PageError(page)))\n\t\treturn 0;", ("test", "error", False, "return 0")),
        ("return PageDirty(page);", ("test", "dirty", False, "return PageDirty(page)")),
        ("ClearPageUptodate(page);", ("clear", "uptodate", False, "")),
        ("folio_mark_uptodate(f);", ("set", "uptodate", False, "")),
        ("btrfs_folio_clear_uptodate(i, f, 0, 1);", ("clear", "uptodate", False, "")),
        ("VM_BUG_ON_PAGE(!PageLocked(page), page);", ("assert", "locked", True, "")),
        ("lock_page(page);", ("lock", "locked", False, "")),
        ("folio_unlock(f);", ("unlock", "locked", False, "")),
        ("down_read(&inode->i_mmap_sem);", ("lock", "invalidate_lock", False, "")),
        ("xfs_iunlock(ip, XFS_MMAPLOCK_SHARED);", ("unlock", "invalidate_lock", False, "")),
        ("sb_start_pagefault(sb);", ("start", "freeze", False, "")),
        ("sb_end_pagefault(sb);", ("end", "freeze", False, "")),
        ("mapping_set_error(m, -EIO);", ("set", "mapping_error", False, "")),
        ("if (page->mapping != mapping)\n\t\tgoto out;", ("check", "mapping", False, "goto out")),
        ("if (pos >= i_size_read(inode))\n\t\tgoto out;", ("check", "i_size", False, "goto out")),
        ("return block_page_mkwrite_return(ret);",
         ("convert", "vm_fault", False, "return block_page_mkwrite_return(ret)")),
        ("ret = VM_FAULT_SIGBUS;", ("convert", "vm_fault", False, "")),
    ],
)  # fmt: skip
def test_state_sites(statement: str, told: tuple[str, str, bool, str]) -> None:
    (site,) = inside(f"\t{statement}\n\trest();").sites
    assert (site.op, site.subject, site.negated, site.action) == told


def test_a_lock_of_another_kind_is_no_invalidate_lock() -> None:
    assert inside("\tdown_read(&inode->i_sem);\n\txfs_ilock(ip, XFS_ILOCK_EXCL);").sites == ()


# Tables, installs, macros


def test_entries_of_a_table_also_the_first_after_an_if() -> None:
    text = (
        "static const struct toy_ops x = {\n#if IS_ENABLED(CONFIG_MMU)\n\t.fault\t= one,\n\t.map = two,\n#endif\n"
        "\t.last = three\n};\n"
    )
    assert [(entry.field, entry.value, entry.guard) for entry in read(text).tables] == [
        ("fault", "one", "IS_ENABLED(CONFIG_MMU)"),
        ("map", "two", "IS_ENABLED(CONFIG_MMU)"),
        ("last", "three", ""),
    ]


def test_installs_and_fields_that_are_set_to_a_function() -> None:
    found = inside("\tvma->vm_ops = &toy_vm_ops;\n\tbio->bi_end_io = toy_end_io;\n\tx->y = page;")
    assert [(item.field, item.value, item.address) for item in found.assignments] == [
        ("vm_ops", "toy_vm_ops", True),
        ("bi_end_io", "toy_end_io", False),
    ]


def test_macros_their_calls_and_their_uses() -> None:
    found = read("#define toy_do(x) one(two(x))\n#define toy_alias other\nTOYFLAG(Error, error)\n\nint f;\n")
    assert [(macro.name, macro.called, macro.text.strip()) for macro in found.macros] == [
        ("toy_do", ("one", "two"), ""),
        ("toy_alias", (), "other"),
    ]
    assert [(use.name, use.arguments, use.line) for use in found.invocations] == [("TOYFLAG", ("Error", "error"), 3)]


# Any input


@given(st.binary(max_size=400))
def test_any_bytes_are_read_and_stored(data: bytes) -> None:
    found = extract.extract(data)
    assert extract.decode(extract.encode(found)) == found


_PIECES = st.sampled_from(
    ["int f(int a)\n{\n", "}\n", "\tif (a) ", "else ", "{ ", "} ", "g(a, b_c);\n", "\treturn h();\n", "#if A\n",
     "#else\n", "#endif\n", "switch (a) {\n", "case 1:\n", "break;\n", "goto x;\n", "x:\n", "(", ")", '"', "/*", "*/",
     "\\\n", "PageUptodate(p)", "!", "#define M(x) f(x)\n", "struct t v = { .f = g };\n"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_where_a_function_stands_makes_no_difference_to_what_it_does(text: str) -> None:
    here, there = extract.extract(text.encode()).functions, extract.extract(b"\n\n" + text.encode()).functions
    assert [(one.digest, one.body) for one in here] == [(other.digest, other.body) for other in there]
    assert [one.first + 2 for one in here] == [other.first for other in there]


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_names_called_are_known_before_the_body_is_read(text: str) -> None:
    for function in extract.extract(text.encode()).functions:
        names = {call.name for call in body_of(function).calls if call.kind == kinds.CALL}
        assert names <= set(function.called)
        concerned = {site.subject for site in body_of(function).sites if site.op in ("test", "assert")}
        assert concerned <= {*function.subjects, "i_size", "mapping"}


def test_the_outline_has_no_bodies_and_the_texts_have_them_all() -> None:
    data = b"int f(int a)\n{\n\treturn g(a);\n}\n\nint g(int a)\n{\n\treturn a->h(a, ...h(a));\n}\n"
    found = extract.outline(data)
    assert [function.body for function in found.facts.functions] == [b"", b""]
    assert [extract.scan(text) for text in found.texts] == [one.body for one in extract.extract(data).functions]
    assert [function.called for function in found.facts.functions] == [("g",), ("h",)]


_FLOODS: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: "int f(void)\n{\n" + "(" * n,
    "calls": lambda n: "int f(void)\n{\n" + "PageUptodate(" * n + ")" * n + ";\n}\n",
    "conditions": lambda n: "int f(void)\n{\n" + "if (g(a)) " * n + ";\n}\n",
    "blocks": lambda n: "int f(void)\n{\n" + "if (g(a)) {" * n + "}" * n + "\n}\n",
    "directives": lambda n: "#if A\n" * n,
    "elses": lambda n: "#if A\n" + "#else\n" * n,
    "quotes": lambda n: '"\\' * n,
    "comments": lambda n: "/*" * n,
    "functions": lambda n: "f()\n{\n" * n,
    "words": lambda n: "int f(void)\n{\n" + "\ta b\n" * n + "}\n",
    "members": lambda n: "int f(void)\n{\n" + "a->b" * n + "->c(x);\n}\n",
    "spaces": lambda n: "int f(void)\n{\nif(" + " " * n + "PageUptodate(p)" + " " * n + ");}\n",
    "lines": lambda n: "\n" * (20 * n),
}


@pytest.mark.parametrize("name", _FLOODS)
def test_time_grows_with_the_text_and_no_faster(name: str) -> None:
    assert growth.ratio(lambda size: _FLOODS[name](size).encode(), extract.extract, 750) < 3


def test_a_table_that_a_function_defines_for_itself_is_a_table() -> None:
    text = (
        b"struct inode *toy(struct super_block *s)\n{\n\tstatic const struct toy_aops anon_aops = {\n"
        b"\t\t.dirty\t= anon_dirty,\n\t};\n\tstruct toy_ctl local = {\n\t\t.dirty = no_table,\n\t};\n\treturn 0;\n}\n"
    )
    found = [
        (table.struct, table.variable, table.field, table.value, table.line) for table in extract.extract(text).tables
    ]
    assert found == [("toy_aops", "anon_aops", "dirty", "anon_dirty", 4)]


# Operations that are handed on, callbacks


def test_a_truth_value_and_a_copied_member_take_no_operation() -> None:
    text = (
        "\tconst bool has = vma->vm_ops->huge_fault;\n\thas_mmap = ops->mmap;\n\tnew->run_fn = old->ops->run_fn;\n"
        "\tif (mapping->a_ops->read_folio)\n\t\tWARN_ON_ONCE(!mapping->a_ops->free_folio);\n\tcount += ops->many;\n"
    )
    assert calls(inside(text), kinds.TAKEN) == []


@pytest.mark.parametrize(
    ("text", "through"),
    [
        ("\terror = fill(file, mapping->a_ops->read_folio, page);", "mapping->a_ops"),
        ("\terror = fill(file, (filler_t *)mapping->a_ops->read_folio, page);", "mapping->a_ops"),
        ("\tint (*spd)(struct page *) = mapping->a_ops->read_folio;\n\tspd(page);", "mapping->a_ops"),
        ("\tfiller = page->mapping->a_ops->read_folio;", "page->mapping->a_ops"),
        ("\t__auto_type read = file->f_op->read_folio;", "file->f_op"),
    ],
)
def test_an_operation_that_is_handed_on_or_kept_in_a_variable_is_taken(text: str, through: str) -> None:
    found = inside(f"\tif (page)\n\t{text.lstrip()}")
    assert [(call.name, call.through) for call in found.calls if call.kind == kinds.TAKEN] == [("read_folio", through)]


def test_a_taken_operation_stands_under_its_condition() -> None:
    found = inside("\tif (!filler)\n\t\tfiller = mapping->a_ops->read_folio;\n\treturn filler(page);")
    assert conditions(found)["read_folio"] == "!filler"


def test_an_assignment_stands_under_its_condition() -> None:
    found = inside(
        "\tif (sync) {\n\t\tbio->bi_end_io = end_sync;\n\t} else\n\t\tbio->bi_end_io = end_async;\n"
        "\tbio->bi_end_io = end_any;\n\tif (late)\n\t\tbio->bi_end_io = end_late;"
    )
    assert [(item.value, found.conditions[item.condition]) for item in found.assignments] == [
        ("end_sync", "sync"), ("end_async", "!sync"), ("end_any", ""), ("end_late", "late"),
    ]  # fmt: skip


def test_a_callback_that_is_handed_on_tells_its_place() -> None:
    found = inside("\tsubmit(page, 1, end_io);\n\tother(page);", "struct page *page, end_io_t *end_io")
    rows = [(call.name, call.through, call.place) for call in found.calls if call.kind == kinds.FORWARDED]
    assert rows == [("end_io", "submit", 2)]
    handed = inside("\tsubmit(page, toy_end);", "struct page *page")
    assert [(call.name, call.place) for call in handed.calls if call.kind == kinds.CALLBACK] == [("toy_end", 1)]


def test_assignments_are_read_in_linear_time() -> None:
    text = "\tif (x)\n\t\tf = m->a_ops->run;\n\tb->end_io = g;\n"
    assert growth.ratio(lambda size: text * size, inside, 400) < 3


def test_an_operation_that_another_struct_gets_is_copied() -> None:
    found = inside(
        "\tr->streams[0].run\t= ictx->ops->run;\n\tone = ictx->ops->run;", "struct req *r, struct netfs *ictx"
    )
    rows = [(item.to, item.to_type, item.value, item.value_type, item.line) for item in found.copied]
    assert rows == [("r->streams[0].run", "req", "ictx->ops->run", "netfs", 2)]
    assert calls(found, kinds.TAKEN) == ["run"]


def test_what_is_set_as_a_completion_is_known_before_the_body_is_read() -> None:
    (function,) = read(
        "void f(void)\n{\n\tbio->bi_end_io = one;\n\targs.end = two;\n\tvma->vm_end = three;\n}\n"
    ).functions
    assert function.called == ("one", "two")


def test_labels_of_one_branch_are_told_together() -> None:
    found = inside(
        "\tswitch (n) {\n\tcase 1:\n\tcase 2:\n\t\tone();\n\t\tbreak;\n\tcase 3:\n\tdefault:\n\t\ttwo();\n\t}"
    )
    assert conditions(found) == {"one": "case 1 or 2", "two": "case 3 or default"}
