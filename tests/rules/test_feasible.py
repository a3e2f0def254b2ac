import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import feasible
from rules.feasible import FALSE, NO_FACTS, TRUE, assume, bind, bindings_of, parse

DAX = frozenset({"IS_DAX", "FAULT_FLAG_WRITE", "VM_SHARED", "rw"})


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "page",
        "!page && page",  # not constant: it can have changed in between
        "IS_DAX_ENABLED(inode) && !IS_DAX(inode)",
        "foo(IS_DAX(inode)) && !IS_DAX(inode)",  # an argument of something else
        "flags & (FAULT_FLAG_WRITE | OTHER) && !(flags & FAULT_FLAG_WRITE)",
        "IS_DAX(inode) || !IS_DAX(inode)",
        "((",
        "IS_DAX(inode",
        "rw(iter) == WRITE && !(rw(iter) == READ)",
        "rw(rw(iter)) == WRITE && rw(iter) + 1 == WRITE",
    ],
)
def test_what_is_not_surely_contradictory_is_possible(condition: str) -> None:
    assert assume(parse(condition), NO_FACTS, DAX) is not None


@pytest.mark.parametrize(
    "condition",
    [
        "IS_DAX(inode) && !IS_DAX(file_inode(vmf->vma->vm_file))",
        "!(IS_DAX(inode)) && (IS_DAX(inode) && wants_write(vmf))",
        "!(IS_DAX(inode) || x) && IS_DAX(inode)",
        "likely(IS_DAX(inode)) && unlikely(!IS_DAX(inode))",
        "vmf->flags & FAULT_FLAG_WRITE && !(vmf->flags & FAULT_FLAG_WRITE)",
        "rw(iter) == WRITE && !(rw(from) == WRITE)",
        "false",
        "0 && x",
        "!true",
    ],
)
def test_contradictions_of_constants_are_found(condition: str) -> None:
    assert assume(parse(condition), NO_FACTS, DAX) is None


def test_all_ways_of_an_or_agree_on_what_is_known() -> None:
    assert assume(parse("IS_DAX(a) && x || IS_DAX(b) && y"), NO_FACTS, DAX) == {("IS_DAX", True)}
    assert assume(parse("IS_DAX(a) || y"), NO_FACTS, DAX) == frozenset()


def test_an_or_whose_other_side_is_impossible_is_its_only_side() -> None:
    facts = frozenset({("VM_SHARED", False)})
    known = assume(parse("vma->vm_flags & VM_SHARED || IS_DAX(inode)"), facts, DAX)
    assert known is not None
    assert ("IS_DAX", True) in known


def test_arguments_bind_parameters() -> None:
    bound = bindings_of(("vmf", "size", "write"), ("vmf", "SIZE_PTE", "true"), {}, DAX)
    assert bound == {"size": ("atom", "SIZE_PTE"), "write": TRUE}
    assert bind(parse("!write"), bound) == FALSE
    assert bind(parse("size == SIZE_PMD"), bound) == FALSE
    assert bind(parse("size != SIZE_PMD"), bound) == TRUE
    assert bind(parse("size == OTHER_NAME"), bound) == parse("size == OTHER_NAME")


def test_an_argument_is_seen_through_the_callers_own_parameters() -> None:
    bound = bindings_of(("write",), ("may && write_fault",), {"write_fault": FALSE}, DAX)
    assert assume(bound["write"], NO_FACTS, DAX) is None


def test_an_argument_that_says_nothing_binds_nothing() -> None:
    assert bindings_of(("vmf", "ops"), ("vmf", "ops"), {}, DAX) == {}


def test_facts_are_told_in_words() -> None:
    assert feasible.told(frozenset({("IS_DAX", False), ("VM_SHARED", True)})) == ("VM_SHARED", "not IS_DAX")


@given(st.text(alphabet="abIS_DAX()!&|=<> ,-", max_size=600))
def test_any_text_is_read(text: str) -> None:
    assert parse(text)[0] in ("true", "false", "atom", "not", "and", "or")


@pytest.mark.parametrize("size", [200, 400, 100_000])
def test_nesting_does_not_blow_up(size: int) -> None:
    assert parse("(" * size + "a" + ")" * size)[0] == "atom"
