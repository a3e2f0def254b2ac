"""The text of `mkwrite plan`."""

import itertools

import msgspec

from reviewer.render import plantext
from rules.testplan import values
from rules.testplan.values import Command, Run, Suggested


def suggested(
    test: str, *reasons: str, tier: str = "targeted", suite: str = "xfstests", needs: tuple[str, ...] = ()
) -> Suggested:
    return Suggested(test=test, suite=suite, tier=tier, score=1.0, reasons=reasons, seconds=10.0, needs=needs)  # type: ignore[arg-type]


def text(
    *suggestions: Suggested,
    behaviours: tuple[str, ...] = ("mapped write fault", "direct I/O"),
    config: tuple[str, ...] = (),
    commands: tuple[Command, ...] = (),
    switched: tuple[str, ...] = (),
) -> list[str]:
    made = values.TestPlan(
        suggestions=suggestions,
        ranked=(),
        behaviours=behaviours,
        switched=switched,
        runs=(Run(filesystem="ext4", section="ext4", options="defaults", reason="fs/ext4/file.c is changed"),),
        config=config,
        commands=commands,
        local_config="",
        catalogue="xfstests",
        notes=(),
    )
    return plantext.render(made, ()).split("\n")


FAULT = "bridge: mapped write fault (foo_page_mkwrite) -> group:mmap & verb:mwrite"
DIRECT = "bridge: direct I/O (foo_dio, foo_end) -> tool:dio"


def test_a_behaviour_is_told_once_and_then_by_its_letter() -> None:
    lines = text(suggested("generic/001", FAULT), suggested("generic/0002", FAULT, DIRECT))
    assert lines[:3] == ["Can affect", "  A  mapped write fault: foo_page_mkwrite", "  B  direct I/O: foo_dio, foo_end"]
    assert lines[4:7] == [
        "Targeted tests, about 20 s a configuration",
        "  generic/001   10 s  A: group mmap, with xfs_io mwrite",
        "  generic/0002  10 s  A: group mmap, with xfs_io mwrite; B: with direct I/O",
    ]


def test_a_behaviour_that_only_a_reason_names_has_a_letter_too() -> None:
    lines = text(suggested("generic/001", FAULT), behaviours=("direct I/O",))
    assert lines[:3] == ["Can affect", "  A  direct I/O", "  B  mapped write fault: foo_page_mkwrite"]
    assert "  generic/001  10 s  B: group mmap, with xfs_io mwrite" in lines


def test_a_behaviour_that_no_reason_names_has_its_names_too() -> None:
    made = values.TestPlan(
        suggestions=(),
        behaviours=("direct I/O",),
        told_by=("foo_dio",),
        runs=(),
        config=(),
        commands=(),
        local_config="",
    )
    assert plantext.render(made, ()).split("\n")[:2] == ["Can affect", "  A  direct I/O: foo_dio"]


NONE = "No name in this change points to a behaviour of the table: tests are those of its functions and files"


def test_that_no_behaviour_is_told_is_said_where_there_are_tests() -> None:
    found = "history: named for 2 earlier changes to foo before 2024-01-01"
    assert text(suggested("generic/001", found), behaviours=())[0] == NONE
    assert NONE not in text(behaviours=())
    assert NONE not in text(suggested("mm:ksm", "table: mm/ksm.c", suite="kselftest"), behaviours=())


def test_what_has_to_be_on_is_told() -> None:
    found = "history: named for 2 earlier changes to foo before 2024-01-01"
    lines = text(suggested("generic/001", found), behaviours=(), switched=("fast commits (foo_fc_replay)",))
    assert lines[:2] == ["Parts of the change run only with", "  fast commits (foo_fc_replay)"]


def test_a_need_is_said_once_and_not_where_its_option_stands_in_the_configuration() -> None:
    needs = ("ACLs: CONFIG_A_ACL", "ACLs: CONFIG_B_ACL", "CONFIG_FOO")
    lines = text(
        suggested("generic/001", FAULT, needs=needs), config=("CONFIG_A_ACL=y", "CONFIG_B_ACL=y", "CONFIG_FOO=y")
    )
    assert "  generic/001  10 s  A: group mmap, with xfs_io mwrite; needs ACLs" in lines


def test_groups_have_only_the_letter_behind_them_and_share_a_line() -> None:
    def group(name: str, behaviour: str) -> Suggested:
        made = suggested(f"-g {name}", f"bridge: {behaviour} (foo) -> group:{name}", tier="group")
        return msgspec.structs.replace(made, seconds=None)

    lines = text(group("mmap", "mapped write fault"), group("rw", "direct I/O"), group("eio", "mapped write fault"))
    place = lines.index("Groups")
    assert lines[place + 1 : place + 4] == ["  -g mmap -g eio  for A", "  -g rw           for B", ""]


def test_what_a_test_has_for_two_behaviours_is_said_once() -> None:
    both = suggested("generic/001", DIRECT, "bridge: mapped write fault (foo) -> tool:dio", "named by Ann")
    assert "  generic/001  10 s  A, B: with direct I/O; named by Ann" in text(both)


def test_reasons_read_as_sentences_and_what_all_have_is_told_once() -> None:
    lines = text(
        suggested(
            "generic/001",
            "advice: among the first to run for a change to fs/foofs/dir.c",
            "history: named for 3 earlier changes before 2023-01-01, the last in 2022-12",
            "words: symlink, reflink (cow) of the change in its script or its comments",
            "age: added 2023-01-01, in the year before the patch",
        ),
        suggested("generic/002", "age: added 2023-01-01, in the year before the patch"),
    )
    assert "  generic/002  10 s  new (2023-01-01)" in lines
    assert (
        "  generic/001  10 s  first choice for foofs/dir.c; named for 3 earlier changes, the last in 2022-12;"
        " speaks of symlink, reflink (cow)"
    ) in lines
    assert lines[-1] == "Tests: xfstests; earlier changes are those before 2023-01-01"


def test_what_a_test_needs_stands_behind_its_reasons_without_the_options_listed_below() -> None:
    needs = ("fio", "dm-flakey: CONFIG_BLK_DEV_DM, CONFIG_DM_FLAKEY", "quota: CONFIG_QUOTA")
    lines = text(suggested("generic/001", DIRECT, needs=needs), config=("CONFIG_BLK_DEV_DM=y", "CONFIG_DM_FLAKEY=y"))
    assert "  generic/001  10 s  B: with direct I/O; needs fio, dm-flakey, quota: CONFIG_QUOTA" in lines


def test_a_heading_without_anything_below_it_is_left_out() -> None:
    lines = text()
    assert not {"Commands", "Kernel configuration", "Targeted tests", "local.config"} & {*lines}
    assert not [one for one, other in itertools.pairwise(lines) if one == other == ""]


def test_commands_say_from_where_they_are_run() -> None:
    commands = (
        Command(line="./check -s xfs generic/001", where="xfstests"),
        Command(line="./check -s xfs -g mmap", where="xfstests"),
        Command(line="./check block", where="blktests"),
        Command(line="stress-ng --mmap 4"),
    )
    lines = text(commands=commands)
    place = lines.index("Commands")
    assert lines[place + 1 : place + 7] == [
        "  # in xfstests",
        "  ./check -s xfs generic/001",
        "  ./check -s xfs -g mmap",
        "  # in blktests",
        "  ./check block",
        "  # anywhere",
    ]


def test_tiers_stand_in_their_order_and_other_suites_behind() -> None:
    lines = text(
        suggested("block", "table: x", suite="blktests"),
        suggested("generic/002", DIRECT, tier="soak"),
        suggested("generic/001", "named by A in 1@example.org: fails", tier="regression"),
    )
    titles = [
        line.partition(",")[0] for line in lines if line.startswith(("Regression tests", "Stress and", "Other suites"))
    ]
    assert titles == ["Regression tests of this change", "Stress and long runs", "Other suites"]
    assert "  blktests block  10 s  for x" in lines


def test_nothing_of_a_mail_reaches_the_terminal_as_it_is() -> None:
    lines = text(suggested("generic/001", "named by \x1b[31mA\u202e in 1@example.org"))
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)


def test_a_title_is_shortened_and_made_safe() -> None:
    made = values.TestPlan(suggestions=(), runs=(), config=(), commands=(), local_config="", behaviours=())
    title = plantext.render(made, (), "\x1b[31m" + "word " * 200).split("\n")[0]
    assert title.startswith("Plan for ")
    assert "\x1b" not in title
    assert len(title) < 200


def test_there_are_letters_for_more_behaviours_than_the_alphabet_has() -> None:
    names = tuple(f"behaviour {number}" for number in range(60))
    lines = text(suggested("generic/001", "bridge: behaviour 30 (f) -> tool:x"), behaviours=names)
    assert "  AE behaviour 30: f" in lines
    assert "  generic/001  10 s  AE: with x" in lines
