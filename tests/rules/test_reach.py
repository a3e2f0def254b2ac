"""What a search of chains need not follow: which filesystem's code comes to a target."""

from collections.abc import Iterator

import pytest

from rules import chains, pathfiles, reach, store
from rules.graph import Model
from tests import growth
from tests.rules.test_link import linked

HEADER = """
struct file_ops { int (*first)(void); int (*second)(void); };
struct file { const struct file_ops *f_op; };
"""
COMMON = """
int enter(struct file *f) { return f->f_op->first(); }
int common(struct file *f) { return f->f_op->second(); }
"""
PATH = """
title = "a toy path"
entries = ["enter"]
[[operations]]
struct = "file_ops"
fields = ["first", "second"]
"""


def filesystem(name: str, second: str, first: str = "return common(f);") -> str:
    return f"""
int {name}_first(void) {{ {first} }}
int {name}_second(void) {{ {second} }}
static const struct file_ops {name}_fops = {{ .first = {name}_first, .second = {name}_second, }};
"""


def kernel(**texts: str) -> Model:
    tree = {"include/linux/t.h": HEADER, "fs/common.c": COMMON}
    return linked(tree | {f"fs/{name}/{name}.c": text for name, text in texts.items()})


def homeward(model: Model, *targets: str) -> reach.Homeward:
    path = pathfiles.parse(PATH, "toy")
    indexes = tuple(function.index for name in targets for function in model.named(name))
    operations = [operation.name for operation in path.operations]
    return reach.Homeward(model, path, indexes, reach.reaches(model, path, indexes), operations)


def test_a_filesystem_comes_to_what_its_own_operations_lead_to() -> None:
    model = kernel(
        alfa=filesystem("alfa", "return alfa_end();") + "int alfa_end(void) { return 0; }",
        bravo=filesystem("bravo", "return 0;"),
    )
    asked = homeward(model, "alfa_end")
    (common,) = (function.index for function in model.named("common"))
    assert asked.leads(common, frozenset({"alfa"}), 0)
    assert not asked.leads(common, frozenset({"bravo"}), 0)
    assert asked.leads(common, frozenset({"alfa", "bravo"}), 0)
    assert asked.leads(common, frozenset(), 0)  # of any
    assert asked.leads(common, frozenset({"alfa"}), 3)  # nothing on this path runs later


def test_what_does_not_lead_to_the_target_is_not_followed_and_counted() -> None:
    model = kernel(
        alfa=filesystem("alfa", "return alfa_end();") + "int alfa_end(void) { return 0; }",
        bravo=filesystem("bravo", "return 0;"),
        charlie=filesystem("charlie", "return 0;"),
    )
    targets = [function.index for function in model.named("alfa_end")]
    found = chains.find(model, pathfiles.parse(PATH, "toy"), targets)
    assert [[step.name for step in chain.steps] for chain in found.chains] == [
        ["enter", "alfa_first", "common", "alfa_second", "alfa_end"]
    ]
    assert found.crossings == 2  # ->first of bravo and of charlie


def test_a_wrapper_may_go_on_in_any_filesystem() -> None:
    model = kernel(
        alfa=filesystem("alfa", "return alfa_end();") + "int alfa_end(void) { return 0; }",
        wrap=filesystem("wrap", "return 0;", "return f->f_op->first();").replace("(void)", "(struct file *f)"),
    )
    (wrapper,) = (function.index for function in model.named("wrap_first"))
    assert homeward(model, "alfa_end").leads(wrapper, frozenset({"wrap"}), 0)


def _shipped() -> Iterator[tuple[str, str, str]]:
    for version in store.shipped():
        for path in ("fault", "writeback", "truncate", "reclaim"):
            for name in ("do_wp_page", "xfs_bmapi_read", "iomap_finish_ioend", "ext4_da_write_begin"):
                yield version, path, name


@pytest.mark.parametrize(("version", "path", "name"), list(_shipped()))
def test_the_chains_are_those_of_a_search_that_looks_everywhere(
    version: str, path: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = store.load(version)
    targets = [function.index for function in model.named(name)]
    limits = chains.Limits(states=2500)
    found = chains.find(model, pathfiles.load(path), targets, limits=limits)
    monkeypatch.setattr(reach.Homeward, "leads", lambda *_: True)
    chains._find.cache_clear()
    everywhere = chains.find(model, pathfiles.load(path), targets, limits=limits)
    chains._find.cache_clear()
    if not everywhere.cut:
        assert (found.chains, found.infeasible) == (everywhere.chains, everywhere.infeasible)
    else:
        assert len(found.chains) >= len(everywhere.chains)


def many(count: int) -> Model:
    """Filesystems each of which could go on in each by the second operation; only alfa comes to the end."""
    ladder = "".join(
        f"int NAME_{at}(void) {{ return NAME_{at + 1}() + NAME_b{at}(); }}\n"
        f"int NAME_b{at}(void) {{ return NAME_{at + 1}(); }}\n"
        for at in range(5)
    )
    texts = {
        f"fs{number}": filesystem(f"fs{number}", "return 0;", f"return fs{number}_0();")
        + ladder.replace("NAME", f"fs{number}")
        + f"int fs{number}_5(void) {{ return common(f); }}"
        for number in range(count)
    }
    end = "int alfa_end(void) { return 0; }"
    return kernel(alfa=filesystem("alfa", "return alfa_end();") + end, **texts)


def test_filesystems_that_do_not_come_to_the_target_cost_no_search() -> None:
    path = pathfiles.parse(PATH, "toy")

    def search(model: Model) -> chains.Chains:
        chains._find.cache_clear()
        targets = [function.index for function in model.named("alfa_end")]
        return chains.find(model, path, targets, limits=chains.Limits(states=10))

    found = search(many(20))
    assert (len(found.chains), found.crossings, found.cut) == (1, 20, ())
    assert growth.ratio(many, search, 80) < 3


def wide(count: int) -> Model:
    """A filesystem that comes to the target in a few calls, and in many more by each of `count` long ways."""
    ways = "".join(
        f"int far{way}_{at}(void) {{ return far{way}_{at + 1}(); }}\n" for way in range(count) for at in range(8)
    )
    lasts = "".join(f"int far{way}_8(void) {{ return alfa_end(); }}\n" for way in range(count))
    calls = " ".join(f"far{way}_0();" for way in range(count))
    end = "int alfa_end(void) { return 0; }\n" + lasts + ways
    return kernel(alfa=end + filesystem("alfa", "return 0;", f"{calls} return alfa_end();"))


def test_the_nearest_chain_is_found_without_a_look_at_the_longer_ways() -> None:
    model = wide(50)
    targets = [function.index for function in model.named("alfa_end")]
    limits = chains.Limits(states=60, chains=1)
    found = chains.find(model, pathfiles.parse(PATH, "toy"), targets, limits=limits)
    assert [[step.name for step in chain.steps] for chain in found.chains] == [["enter", "alfa_first", "alfa_end"]]
    assert found.cut == ("stopped after 1 chains",)
