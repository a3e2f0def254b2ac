"""Agreement with a compiler's facts, counted by hand on a few lines."""

from rules import extract, scope
from rules.link import Corpus
from rules.verify import Figures, Truth, compare
from tests.rules import test_link

A = (
    "static int near(void)\n{\n\treturn 0;\n}\n\n"
    "#ifdef CONFIG_TOY_NEVER_SET\nint off(void)\n{\n\treturn 0;\n}\n#endif\n\n"
    "int toy(void)\n{\n\toutside();\n\treturn near() + far();\n}\n\n"
    "int run_one(void)\n{\n\treturn 0;\n}\n"
    "const struct toy_ops ops = {\n\t.run = run_one,\n};\n"
)
HEADER = "struct toy_ops {\n\tint (*run)(void);\n};\n"
FILES = {"fs/a.c": A, "fs/b.c": "int far(void)\n{\n\treturn 0;\n}\n", "include/linux/t.h": HEADER}


def compared(functions: dict[str, list[str]], variables: dict[str, list[str]] | None = None) -> Figures:
    limits, _ = scope.load()
    corpus = Corpus(test_link.facts(FILES), limits)
    truth: Truth = {"fs/a.c": {"f": functions, "v": variables or {}}}
    return compare(corpus, truth)


def test_files_that_the_tree_does_not_have_are_not_counted() -> None:
    limits, _ = scope.load()
    corpus = Corpus(test_link.facts(FILES), limits)
    found = compare(corpus, {"fs/gone.c": {"f": {"toy": ["near"]}, "v": {}}})
    assert (found.files, found.functions, found.truth_calls) == (0, 0, 0)
    assert (found.recall, found.precision) == (1.0, 1.0)


def test_a_call_of_what_has_no_body_here_counts_for_nobody() -> None:
    found = compared({"toy": ["near", "far", "outside", "trace_toy"]})
    assert (found.truth_calls, found.own_calls, found.agreed) == (2, 2, 2)
    assert (found.missing, found.extra, found.missed_functions) == ((), (), ())


def test_what_one_side_alone_has_is_named() -> None:
    found = compared({"toy": ["near", "run_one"], "lost": []})
    assert found.missed_functions == (("fs/a.c", "lost"),)
    assert found.missing == (("fs/a.c", "toy", "run_one"),)
    assert found.extra == (("fs/a.c", "toy", "far"),)
    assert (found.recall, found.precision) == (0.5, 0.5)


def test_names_that_gccs_passes_made_are_the_functions_own() -> None:
    found = compared({"toy.part.0": ["near.constprop.1", "far.cold"], "__check_toy": ["near"], "__se_sys_toy": []})
    assert (found.functions, found.agreed, found.missing, found.extra) == (1, 2, (), ())


def test_a_function_of_the_text_counts_though_it_is_named_as_what_a_macro_makes() -> None:
    files = {
        "fs/a.c": "int __check_toy(void)\n{\n\treturn 0;\n}\n\nint toy(void)\n{\n\treturn __check_toy();\n}\n",
    }
    limits, _ = scope.load()
    truth: Truth = {"fs/a.c": {"f": {"__check_toy": [], "toy": ["__check_toy"], "__check_param": []}, "v": {}}}
    found = compare(Corpus(test_link.facts(files), limits), truth)
    assert (found.functions, found.truth_calls, found.agreed, found.extra) == (2, 1, 1, ())


def test_another_machines_body_does_not_count_where_this_ones_is_left_out() -> None:
    files = {
        "mm/a.c": "int toy(void)\n{\n\treturn set_toy();\n}\n",
        "include/linux/t.h": "#ifdef CONFIG_DEBUG_TOY\nint set_toy(void)\n{\n\treturn 0;\n}\n#endif\n",
        "arch/arc/mm/t.c": "int set_toy(void)\n{\n\treturn 0;\n}\n",
    }
    limits, _ = scope.load()
    truth: Truth = {"mm/a.c": {"f": {"toy": ["set_toy"]}, "v": {}}}
    found = compare(Corpus(test_link.facts(files), limits), truth)
    assert (found.truth_calls, found.own_calls) == (0, 0)


def test_tables_are_compared_as_pairs_of_variable_and_function() -> None:
    same = compared({}, {"ops.2": ["run_one"]})
    assert (same.truth_entries, same.own_entries, same.agreed_entries) == (1, 1, 1)
    other = compared({}, {"ops": ["near"]})
    assert (other.missing_entries, other.extra_entries) == (
        (("fs/a.c", "ops", "near"),), (("fs/a.c", "ops", "run_one"),),
    )  # fmt: skip
    assert compared({}, {"unknown": ["near"]}).truth_entries == 0


def test_the_facts_of_a_file_are_those_of_the_extraction() -> None:
    assert [function.name for function in extract.extract(A.encode()).functions] == ["near", "off", "toy", "run_one"]
