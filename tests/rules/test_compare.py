"""What changed between two kernels."""

import pytest

from rules import compare, store
from tests.rules.test_link import function, linked


def test_a_kernel_does_not_differ_from_itself() -> None:
    model = linked({"fs/a.c": function("toy")})
    found = compare.compare(model, model)
    assert (found.same, found.functions, found.edges, found.operations) == (1, (), (), ())


def test_two_functions_that_share_nothing_are_no_pair() -> None:
    found = compare.compare(
        linked({"fs/a.c": function("first_thing", "\tx();")}), linked({"fs/a.c": function("other", "\ty();")})
    )
    assert [(change.change, change.name) for change in found.functions] == [
        ("went", "first_thing"),
        ("appeared", "other"),
    ]


def test_a_function_that_moved_and_one_that_reads_folios_now() -> None:
    old = linked({"fs/a/a.c": function("toy_helper") + function("toy_readpage")})
    new = linked({"fs/a/b.c": function("toy_helper"), "fs/a/a.c": function("toy_read_folio")})
    found = compare.compare(old, new)
    assert [(change.change, change.name, change.new_name, change.new_file) for change in found.functions] == [
        ("moved", "toy_helper", "toy_helper", "fs/a/b.c"),
        ("renamed", "toy_readpage", "toy_read_folio", "fs/a/a.c"),
    ]


def test_a_role_is_kept_when_every_name_changes() -> None:
    def text(name: str, field: str) -> str:
        return function(name, before="static ") + f"const struct toy_ops toy_aops = {{\n\t.{field} = {name},\n}};\n"

    old, new = linked({"fs/a.c": text("alfa", "readpage")}), linked({"fs/a.c": text("bravo", "read_folio")})
    (change,) = compare.compare(old, new).functions
    assert (change.change, change.name, change.new_name) == ("renamed", "alfa", "bravo")
    assert change.why == "toy_aops.readpage, now read_folio"


def test_a_call_that_a_macro_makes_now_has_not_gone() -> None:
    ends = function("one")
    macro = "#define do_one(x) one(x)\n"
    found = compare.compare(
        linked({"fs/a.c": macro + ends + function("toy", "\tone(1);")}),
        linked({"fs/a.c": macro + ends + function("toy", "\tdo_one(1);")}),
    )
    assert found.edges == ()


def test_calls_that_went_and_appeared_in_a_function_that_stayed() -> None:
    ends = function("one") + function("two")
    found = compare.compare(
        linked({"fs/a.c": ends + function("toy", "\tone();")}), linked({"fs/a.c": ends + function("toy", "\ttwo();")})
    )
    # A caller counts as kept when it still calls anything
    assert [(edge.change, edge.caller, edge.callee) for edge in found.edges] == [
        ("went", "toy", "one"),
        ("appeared", "toy", "two"),
    ]


@pytest.mark.parametrize(
    ("name", "folio"),
    [
        ("ext4_readpage", "ext4_read_folio"), ("ClearPageUptodate", "folio_clear_uptodate"),
        ("PageDirty", "folio_test_dirty"), ("lock_page", "folio_lock"), ("iomap_page_actor", "iomap_folio_iter"),
        ("xfs_file_mmap", "xfs_file_mmap"),
    ],
)  # fmt: skip
def test_names_as_folio_times_spell_them(name: str, folio: str) -> None:
    assert compare.folio_name(name) == folio


def test_the_actor_of_5_10_is_the_iterator_of_6_1() -> None:
    found = compare.compare(store.load("5.10"), store.load("6.1"))
    pairs = {change.name: (change.change, change.new_name) for change in found.functions if change.new_name}
    assert pairs["iomap_page_mkwrite_actor"] == ("renamed", "iomap_folio_mkwrite_iter")
    assert pairs["ext4_readpage"] == ("renamed", "ext4_read_folio")
