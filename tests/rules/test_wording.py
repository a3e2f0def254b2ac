"""The paragraph of a placement: only what its table holds, and nothing of a kind of change that it is not."""

import msgspec

from rules import wording
from rules.coverage import Layer, Placement
from rules.evidence import Cell, Spot
from rules.guards import Guard, GuardKind

NOTHING = Cell(text="")
FIELD = "vm_operations_struct.page_mkwrite"


def guard(
    kind: GuardKind = "check added", subject: str = "uptodate", condition: str = "", action: str = "return -EIO"
) -> Guard:
    return Guard(
        kind=kind, function="toy_actor", file="fs/toy/file.c", line=12, sign="+", subject=subject, spelling="",
        condition=condition, action=action,
    )  # fmt: skip


def layer(
    role: str, *functions: str, filesystems: tuple[str, ...] = (), changed: bool = False, **more: object
) -> Layer:
    spots = tuple(Spot(file=f"{name}.c", line=10, function=name) for name in functions)
    fields = {"covers": NOTHING, "holds": NOTHING, "checks": NOTHING, **more}
    return Layer(role=role, functions=functions, spots=spots, filesystems=filesystems, changed=changed, **fields)  # type: ignore[arg-type]


def placement(*layers: Layer, about: Guard | None = None, **more: object) -> Placement:
    fields: dict[str, object] = {
        "function": "toy_actor", "file": "fs/toy/file.c", "condition": "uptodate", "path": "fault", "operation": FIELD,
        "produced": (), "ways": (("do_shared",), ("do_wp", "wp_shared")), "below": (), "paragraph": "", **more,
    }  # fmt: skip
    return Placement(layers=layers, guard=about or guard(), **fields)  # type: ignore[arg-type]


ENTRY = layer("entry", "fault_entry")
DISPATCH = layer("dispatch", "do_shared", missed=("do_wp",))
CALL = layer(
    "operation call", "call_mkwrite", filesystems=("alfa", "bravo", "toy"), covers=Cell(text="all 3 of them: a, b, c")
)
OPERATION = layer("operation", "toy_mkwrite", filesystems=("toy",), operation=FIELD)
HERE = layer("changed", "toy_actor", filesystems=("toy",), changed=True)
WHOLE = (ENTRY, DISPATCH, CALL, OPERATION, HERE)


def said(made: Placement) -> str:
    return wording.paragraph(made, "page fault")


def test_a_lock_is_not_said_to_be_a_check_or_to_move() -> None:
    held = Cell(text="page lock (fs/toy/file.c:5); sleeping: yes; may sleep: no")
    here = msgspec.structs.replace(HERE, holds=held)
    text = said(placement(ENTRY, DISPATCH, CALL, OPERATION, here, about=guard("lock added", "locked")))
    assert "Locks that the model sees in toy_actor(): page lock (fs/toy/file.c:5). On this path" in text
    assert "No test of" not in text


def test_a_private_check_would_cover_nothing_elsewhere() -> None:
    assert "would" not in said(placement(*WHOLE, private=True))
    assert "would" in said(placement(*WHOLE))


def test_a_local_variable_is_known_only_here_but_a_predicate_could_move() -> None:
    local = guard("error return added", "", "ret < 0")
    asked = guard("error return added", "", "toy_is_frozen(sb)")
    assert "would" not in said(placement(*WHOLE, about=local))
    assert "would" in said(placement(*WHOLE, about=asked))
    assert "The error is new only if ret < 0." in said(placement(*WHOLE, about=local))
    assert "new only if" not in said(placement(*WHOLE))


def test_without_a_known_effect_the_paragraph_tells_the_place_and_the_ways() -> None:
    made = msgspec.structs.replace(placement(*WHOLE), guard=None)
    assert said(made) == (
        "toy_actor() (toy_actor.c:10) is on the page fault path, by ->page_mkwrite of toy. "
        "On this path the change covers toy. "
        "From fault_entry() ->page_mkwrite is reached through do_shared(), or through do_wp() and wp_shared()."
    )


def test_a_long_condition_is_cut() -> None:
    long = " && ".join(f"toy_{at}(x)" for at in range(20))
    text = said(placement(*WHOLE, about=guard("error return added", "", long)))
    (sentence,) = [one for one in text.split("The error is new only if ") if one.startswith("toy_0(x)")]
    assert sentence.index("...") == wording._CONDITION_SHOWN


def test_checks_above_are_told_apart_from_those_that_are_missing_or_void() -> None:
    tested = layer("dispatch", "do_shared", tested=True)
    stale = layer("dispatch", "do_wp", stale=("it drops the lock", "it drops another"))
    text = wording.why_here(placement(ENTRY, tested, stale, CALL, HERE))
    assert "do_shared() tests uptodate before." in text
    assert "No test of uptodate that still holds is seen in fault_entry(), do_wp() and call_mkwrite()." in text
    assert "One is made and then void: it drops the lock." in text
    assert "another" not in text
    assert "toy_actor" not in text.partition("Here the change")[0]


def test_what_another_layer_would_cover_and_miss_is_read_from_its_row() -> None:
    text = said(placement(*WHOLE))
    assert "In call_mkwrite() (call_mkwrite.c:10) it would cover all 3 of them." in text
    assert "In do_shared() it would miss the way by do_wp()." in text
    narrow = msgspec.structs.replace(CALL, filesystems=("toy",))  # covers no more than here
    assert "would cover" not in said(placement(ENTRY, narrow, OPERATION, HERE))


def test_ways_beyond_four_are_counted() -> None:
    ways = tuple((f"way_{number}",) for number in range(6))
    text = said(placement(*WHOLE, ways=ways))
    assert "way_3(), and 2 ways more." in text
    assert "way_4" not in text
    assert "reached through" not in said(placement(*WHOLE, ways=((), ())))
    direct = said(placement(ENTRY, HERE, operation="", ways=(("do_wp",),)))
    assert "From fault_entry() toy_actor() is reached through do_wp()." in direct


def test_where_the_state_is_made_near_comes_before_others() -> None:
    here = Cell(text="toy_end() if error", spots=(Spot(file="fs/toy/io.c", line=7),), near=True)
    writing = Cell(text="alfa when writing fails")
    reading = Cell(text="bravo when reading fails")
    text = said(placement(*WHOLE, produced=(here, writing, reading)))
    assert text.endswith(
        "The state comes from here: toy_end() if error, fs/toy/io.c:7. After failed writes it also comes from alfa. "
        "After failed reads also from bravo."
    )
    far = said(placement(*WHOLE, produced=(reading,)))
    assert far.endswith(
        "In the code that this change goes through no place is seen that makes the state. "
        "After failed reads from bravo."
    )
    assert "makes the state" not in said(placement(*WHOLE))


def test_how_it_comes_to_that_falls_back_on_the_ways() -> None:
    assert wording.how(placement(*WHOLE)).startswith("From fault_entry() ->page_mkwrite is reached")
    cell = Cell(text="toy_end()", near=True)
    assert wording.how(placement(*WHOLE, produced=(cell,))).startswith("The state comes from here: toy_end().")


def test_a_test_within_itself_and_an_assertion_are_told_once() -> None:
    text = said(placement(*WHOLE, about=guard("error return added", "", "align & mask && align & mask")))
    assert "The error is new only if align & mask." in text
    text = said(placement(*WHOLE, about=guard("error return added", "", "WARN_ON_ONCE(toy_a(x) && !toy_b(x))")))
    assert "The error is new only if toy_a(x) && !toy_b(x)." in text


def test_a_check_that_goes_would_cover_nothing_elsewhere() -> None:
    assert "would" not in said(placement(*WHOLE, about=guard("check removed", "uptodate")))
    assert "would" in said(placement(*WHOLE, about=guard("check added", "uptodate")))


def test_the_users_that_are_named_are_those_of_the_operation_that_is_named() -> None:
    above = layer("operation", "core_fault", filesystems=("alfa", "bravo"), operation="vm_operations_struct.fault")
    here = layer("changed", "toy_actor", filesystems=("toy",), changed=True, operation=FIELD)
    assert ", by ->page_mkwrite of toy." in said(placement(ENTRY, CALL, above, here))
    assert "->page_mkwrite of" not in said(placement(ENTRY, CALL, above, HERE))


def test_what_runs_later_or_only_ends_a_loop_would_cover_nothing_elsewhere() -> None:
    assert "would" not in said(placement(*WHOLE, later=True))
    assert "would" not in said(placement(*WHOLE, about=guard(action="break")))
    assert "would" not in said(placement(*WHOLE, about=guard(action="")))
    assert "would" in said(placement(*WHOLE, about=guard(action="ret = -EIO; break")))


def test_of_a_test_that_guards_nothing_no_other_test_is_missed() -> None:
    assert "No test of uptodate" in said(placement(*WHOLE))
    assert "No test of" not in said(placement(*WHOLE, about=guard(action="")))
