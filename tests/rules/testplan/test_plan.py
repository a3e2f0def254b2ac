"""The plan as a whole."""

from rules.change import Change, ChangedFile, ChangedHunk, ChangedLine
from rules.testplan import catalogue, plan
from rules.testplan.catalogue import TestInfo as Info
from rules.testplan.values import Budget, Named, Ranked
from tests import growth


def change(
    path: str, function: str, *lines: str, subject: str = "foofs: do a thing", date: str = "2024-02-01"
) -> Change:
    changed = tuple(
        ChangedLine(sign=line[0], text=line[1:], old=number, new=number)  # type: ignore[arg-type]
        for number, line in enumerate(lines, 1)
    )
    hunk = ChangedHunk(file=path, header="", lines=changed, functions=(function,) if function else (), found_by="text")
    file = ChangedFile(path=path, old_path=path, status="modified", old_blob="", new_blob="", hunks=(hunk,))
    return Change(subject=subject, date=date, files=(file,))


FAULT = change("fs/xfs/xfs_file.c", "xfs_filemap_page_mkwrite", "+\treturn -EIO;")


def test_a_change_without_files_has_a_plan_without_commands() -> None:
    made = plan.build(Change(subject="", date="", files=()))
    assert made.runs == ()
    assert made.commands == ()
    assert made.local_config == ""


def test_a_driver_gets_no_test_of_xfstests_and_no_kernel_options_for_them() -> None:
    made = plan.build(change("drivers/net/foo/foo_main.c", "foo_cow_truncate", "+\treturn -EIO;"))
    assert [one.suite for one in made.suggestions] == ["kselftest"]
    assert [(one.line, one.where) for one in made.commands] == [
        ("make -C tools/testing/selftests TARGETS=drivers/net run_tests", "the kernel tree")
    ]
    assert (made.runs, made.config, made.behaviours, made.ranked) == ((), (), (), ())
    assert made.notes == (
        "no test of xfstests is known to reach this change (drivers/net): no filesystem, mm or block code is in it",
    )


def test_shared_code_that_no_test_exercises_gets_a_note_and_other_suites() -> None:
    made = plan.build(change("fs/eventpoll.c", "ep_insert", "+\treturn -EIO;"))
    assert (made.runs, made.behaviours, made.ranked) == ((), (), ())
    assert [(one.suite, one.test) for one in made.suggestions] == [("kselftest", "filesystems/epoll")]
    assert made.notes == ("no test of xfstests exercises fs/eventpoll.c",)


def test_shared_code_that_is_changed_beside_it_gets_its_tests() -> None:
    one, other = change("fs/eventpoll.c", "ep_insert", "+\tfoo();"), change("fs/namei.c", "vfs_rename", "+\tfoo();")
    made = plan.build(Change(subject="", date="2024-02-01", files=one.files + other.files))
    assert "directories and names" in made.behaviours
    assert made.runs[0].reason == "shared code (fs/namei.c)"


def test_a_patch_of_programs_gets_no_suite_for_the_kernel() -> None:
    one, other = change("fsck/f2fs_foo.c", "foo", "+\tfoo();"), change("lib/foo.c", "foo", "+\tfoo();")
    made = plan.build(Change(subject="", date="2024-02-01", files=one.files + other.files))
    assert [run.section for run in made.runs] == ["f2fs"]
    assert [one for one in made.suggestions if one.suite != "xfstests"] == []


def test_each_behaviour_comes_with_the_names_that_tell_it() -> None:
    made = plan.build(FAULT)
    assert len(made.told_by) == len(made.behaviours)
    assert dict(zip(made.behaviours, made.told_by, strict=True))["mapped write fault"] == "xfs_filemap_page_mkwrite"


def test_documentation_and_build_options_beside_code_concern_no_filesystem() -> None:
    one, other = change("fs/f2fs/Kconfig", "", "+\tselect FOO"), change("drivers/net/foo.c", "foo", "+\tfoo();")
    made = plan.build(Change(subject="", date="2024-02-01", files=one.files + other.files))
    assert made.runs == ()
    assert made.notes == (
        "no test of xfstests is known to reach this change (drivers/net): no filesystem, mm or block code is in it",
    )


def test_a_section_for_one_test_needs_more_than_its_file_or_its_kind() -> None:
    made = plan.build(change("fs/xfs/xfs_rtalloc_foo.c", "", "+\tfoo();"))
    assert [one for one in made.ranked if one.close] == []
    assert [run.section for run in made.runs if run.only] == []


def test_a_change_of_comments_gets_no_test_and_one_note() -> None:
    made = plan.build(change("fs/xfs/xfs_file.c", "xfs_filemap_page_mkwrite", " \tfoo();", "+\t/* EIO */"))
    assert (made.suggestions, made.runs, made.config, made.commands, made.behaviours) == ((), (), (), (), ())
    (note,) = made.notes
    assert note == "this changes only comments or white space (fs/xfs/xfs_file.c): there is nothing to run"


def test_what_somebody_names_stays_though_the_change_is_a_driver() -> None:
    named = (Named(test="generic/001", relation="fails", msgid="a@example.org", who="Ann"),)
    made = plan.build(change("drivers/media/foo.c", "foo_probe", "+\treturn -EIO;"), named=named)
    assert [one.test for one in made.suggestions] == ["generic/001"]
    assert [(run.section, run.reason) for run in made.runs] == [
        ("xfs", "generic/001 named for this change; any filesystem will do")
    ]
    assert [one.line for one in made.commands] == ["./check -s xfs generic/001"]
    assert "CONFIG_KASAN=y" in made.config


def test_diff_only_uses_neither_people_nor_annotations() -> None:
    named = (Named(test="generic/001", relation="fails", msgid="a@example.org"),)
    made = plan.build(FAULT, named=named, diff_only=True)
    assert not [one for one in made.suggestions if one.tier == "regression" or one.said_by]
    assert plan.build(change("fs/xfs/xfs_file.c", "xfs_filemap_page_mkwrite", "+\treturn -EIO;", subject="other"),
                      diff_only=True).ranked == made.ranked  # fmt: skip


def test_what_people_name_goes_first_with_who_said_it() -> None:
    named = (Named(test="generic/001", relation="fails", msgid="a@example.org", who="Ann"),)
    made = plan.build(FAULT, named=named)
    assert made.suggestions[0].test == "generic/001"
    assert made.suggestions[0].tier == "regression"
    assert made.suggestions[0].reasons[0] == "named by Ann in a@example.org: fails"
    assert made.suggestions[0].said_by == ("a@example.org",)


def test_a_named_test_that_does_not_exist_is_a_note_and_no_suggestion() -> None:
    made = plan.build(FAULT, named=(Named(test="generic/9999", relation="fails", msgid="a@example.org"),))
    assert any("generic/9999, named in a@example.org, is not in the catalogue" in note for note in made.notes)
    assert "generic/9999" not in [one.test for one in made.suggestions]


def test_tiers_come_in_order_and_every_row_has_a_reason() -> None:
    made = plan.build(FAULT)
    tiers = [one.tier for one in made.suggestions if one.suite == "xfstests"]
    assert tiers == sorted(tiers, key=("regression", "targeted", "group", "soak").index)
    assert all(one.reasons for one in made.suggestions)
    assert "group" in tiers


def test_look_alikes_beyond_the_second_stay_out_of_the_plan() -> None:
    made = plan.build(FAULT)
    families = [one.family for one in made.suggestions if one.tier in ("targeted", "soak") and one.suite == "xfstests"]
    assert max(families.count(family) for family in families) <= 2


def ranked(*tests: str) -> tuple[Ranked, ...]:
    return tuple(Ranked(test=test, score=1.0, reasons=("x",), firm=True) for test in tests)


def info(test: str, *groups: str, tools: tuple[str, ...] = (), flags: tuple[str, ...] = ()) -> Info:
    return Info(test=test, added="", groups=groups, requires=(), tools=tools, flags=flags)


def chosen(*infos: Info, measured: dict[str, float] | None = None) -> dict[str, str]:
    details = {one.test: one for one in infos}
    found = plan._choose(ranked(*details), {}, details, measured or {})
    return {one.test: tier for one, tier in found}


def test_neighbours_of_a_series_are_look_alikes_though_their_groups_differ() -> None:
    made = chosen(
        info("foofs/060", "auto", "balance", "raid", "scrub", "subvol", tools=("fsstress",)),
        info("foofs/061", "auto", "balance", "raid", "scrub", tools=("fsstress",)),
        info("foofs/072", "auto", "raid", "scrub", "defrag", tools=("fsstress",)),
        info("foofs/160", "auto", "balance", "raid", "scrub", "replace", tools=("fsstress",)),
        info("foofs/063", "auto", "balance", "raid", "scrub", "trim", tools=("fsx",)),
        info("foofs/064", "auto", "send", tools=("fsstress",)),
    )
    assert list(made) == ["foofs/060", "foofs/061", "foofs/160", "foofs/063", "foofs/064"]


def test_a_quick_test_is_no_long_run_and_measured_times_count_first() -> None:
    infos = (
        info("generic/001", "auto", "quick", "stress"),
        info("generic/002", "auto", "stress", "aio"),
        info("generic/003", "auto", "dangerous"),
        info("generic/004", "auto", "acl", flags=("soak",)),
        info("generic/005", "auto", "quick", "quota"),
    )
    assert list(chosen(*infos).values()) == ["targeted", "soak", "targeted", "soak", "targeted"]
    measured = {"generic/002": 20.0, "generic/005": 500.0}
    assert list(chosen(*infos, measured=measured).values()) == ["targeted", "targeted", "targeted", "soak", "soak"]


def test_a_budget_that_nothing_fits_does_not_say_that_nothing_is_known() -> None:
    made = plan.build(FAULT, budget=Budget(seconds=5))
    assert not [one for one in made.suggestions if one.suite == "xfstests"]
    assert [note.partition(" of ")[0] for note in made.notes] == ["budget: none", "budget: the times"]
    assert made.notes[1] == "budget: the times of the other suites are not known, they are not counted"
    assert (made.runs, made.local_config) == ((), "")
    assert "xfstests" not in [one.where for one in made.commands]


def test_every_suggested_test_and_group_exists() -> None:
    known = catalogue.shipped()
    for made in (plan.build(FAULT), plan.build(change("fs/btrfs/scrub.c", "scrub_stripe", "+\tx = 1;"))):
        for one in made.suggestions:
            if one.suite == "xfstests":
                assert one.test in known.tests or f"group:{one.test.removeprefix('-g ')}" in known.tags


def test_tests_run_only_where_they_can(
) -> None:  # fmt: skip
    made = plan.build(change("fs/nfs/file.c", "nfs_vm_page_mkwrite", "+\treturn -EIO;"))
    assert {one.test.split("/")[0] for one in made.ranked} <= {"generic", "nfs"}
    assert [run.filesystem for run in made.runs] == ["nfs"]


def test_a_budget_is_kept() -> None:
    made = plan.build(FAULT, budget=Budget(seconds=120))
    rows = [one for one in made.suggestions if one.suite == "xfstests"]
    assert sum(one.seconds or 0 for one in rows) <= 120
    assert any(note.startswith("budget: ") for note in made.notes)


def test_an_expunged_test_is_said_to_fail() -> None:
    first = plan.build(FAULT).suggestions[0].test
    made = plan.build(FAULT, expunged={first: f"{first} # known"})
    assert made.suggestions[0].note == f"expected to fail: {first} # known"


def test_a_plan_can_be_had_at_once_also_for_a_huge_series() -> None:
    lines = tuple(f"+\tfoo_{number}(bar_{number}, EIO);" for number in range(20_000))
    huge = change("fs/xfs/xfs_file.c", "xfs_filemap_page_mkwrite", *lines)
    plan.build(FAULT)
    assert growth.seconds(plan.build, huge) < 1.0


def test_a_read_only_filesystem_gets_a_note_instead_of_tests_it_cannot_run() -> None:
    made = plan.build(change("fs/erofs/data.c", "erofs_read_folio", "+\treturn -EIO;"))
    assert not [one for one in made.suggestions if one.suite == "xfstests"]
    assert any("erofs" in note for note in made.notes)
    assert (made.runs, made.config, made.local_config) == ((), (), "")
    assert made.ranked  # the order itself is still there for those who measure


def test_tests_that_only_share_words_with_the_change_are_ranked_but_not_suggested() -> None:
    made = plan.build(change("fs/xfs/xfs_toy.c", "", "+static int toy;"))
    shown = {one.test for one in made.suggestions if one.suite == "xfstests" and one.tier != "group"}
    assert shown <= {one.test for one in made.ranked if one.firm}
    assert any(not one.firm for one in made.ranked)
