"""Sections of a local.config, ./check lines, and what xfstests' own parser makes of them."""

import re

from rules.testplan import catalogue, filesystems, sections
from rules.testplan.catalogue import Sets
from rules.testplan.filesystems import Concern
from rules.testplan.values import Run, Suggested

_NAMES = {"MOUNT_OPTIONS", "TEST_FS_MOUNT_OPTS", "MKFS_OPTIONS", "USE_EXTERNAL"}
TESTS = Sets(catalogue.shipped())


def suggested(test: str, tier: str = "targeted") -> Suggested:
    return Suggested(test=test, suite="xfstests", tier=tier, score=1.0, reasons=("x",))  # type: ignore[arg-type]


def runs_on(*names: str, keys: tuple[str, ...] = ()) -> tuple[Run, ...]:
    concerns = [Concern(filesystem=name, why="changed", own=True) for name in names]
    return filesystems.runs(concerns, [(key, "b") for key in keys])


def some(tag: str, directory: str = "generic") -> str:
    """A test with this tag."""
    mask = TESTS.tagged(tag) & TESTS.directory(directory)
    return TESTS.catalogue.tests[(mask & -mask).bit_length() - 1]


def parsed(text: str, *order: str) -> dict[str, dict[str, str]]:
    """What check has after each of these sections, by the logic of common/config: a section after the one before.

    Options that are empty are the default ("") when FSTYP changes, else the old ones; all else is carried.
    """
    rows: dict[str, list[tuple[str, str]]] = {}
    section = ""
    for raw in text.splitlines():
        line = raw.split("#")[0].strip()
        head = re.match(r"\[(\w+)\]$", line)
        if head:
            section = head[1]
            rows[section] = []
        elif "=" in line:
            name, _, value = line.partition("=")
            assert re.fullmatch(r"\"?'?([^\"']*)\"?'?", value)
            rows[section].append((name, value.strip("\"'")))
    state: dict[str, str] = {}
    found = {}
    for section in order or tuple(rows):
        old = dict(state)
        for name in _NAMES:
            state.pop(name, None)
        state.update(rows[section])
        if old.get("FSTYP", state["FSTYP"]) == state["FSTYP"]:
            for name in _NAMES:
                state[name] = state.get(name) or old.get(name, "")
        found[section] = {name: state.get(name, "").strip() for name in _NAMES | state.keys()}
    return found


def test_each_section_runs_only_the_tests_of_its_filesystem() -> None:
    rows = (suggested("xfs/001"), suggested("generic/001"))
    lines = sections.check_lines(rows, runs_on("ext4", "xfs"), TESTS)
    assert lines == ("./check -s ext4 generic/001", "./check -s xfs xfs/001 generic/001")


def test_a_test_runs_only_where_the_filesystem_can_what_it_requires() -> None:
    test = some("require:scratch_encryption")
    lines = sections.check_lines((suggested(test),), runs_on("btrfs", "ext4", "tmpfs"), TESTS)
    assert lines == (f"./check -s ext4 {test}",)


def test_a_test_of_dax_runs_only_on_a_section_with_dax() -> None:
    test = some("require:scratch_dax_mountopt")
    runs = runs_on("xfs", keys=("dax",))
    assert sections.check_lines((suggested(test),), runs, TESTS) == (f"./check -s xfs_dax {test}",)
    assert sections.placed((suggested(test),), runs_on("xfs"), TESTS) == ()
    assert sections.check_lines((suggested(some("require:log_writes")),), runs, TESTS)[0].startswith("./check -s xfs g")


def test_a_test_stays_away_from_options_that_it_excludes() -> None:
    test = some("require:no_compress")
    lines = sections.check_lines((suggested(test),), runs_on("btrfs", keys=("compress", "nodatacow")), TESTS)
    assert lines == (f"./check -s btrfs -s btrfs_nodatacow {test}",)
    test = some("require:scratch_encryption")
    lines = sections.check_lines((suggested(test),), runs_on("ext4", keys=("encrypt",)), TESTS)
    assert lines == (f"./check -s ext4 {test}",)
    test = some("require:metadata_journaling")
    lines = sections.check_lines((suggested(test),), runs_on("ext4", "ext2", keys=("no-journal",)), TESTS)
    assert lines == (f"./check -s ext4 {test}",)


def test_sections_that_can_run_the_same_tests_share_a_line() -> None:
    runs = runs_on("xfs", "ext4", keys=("subpage",))
    lines = sections.check_lines((suggested("generic/001"), suggested("xfs/006")), runs, TESTS)
    assert lines == (
        "./check -s xfs -s xfs_subpage generic/001 xfs/006",
        "./check -s ext4 -s ext4_subpage generic/001",
    )


def test_a_group_goes_to_a_section_that_can_run_it() -> None:
    rows = (suggested("-g send", "group"), suggested("-g dax", "group"), suggested("-g mmap", "group"))
    runs = runs_on("xfs", "btrfs", keys=("dax",))
    lines = sections.check_lines(rows, runs, TESTS)
    # check looks for groups under FSTYP of the first section: one that btrfs alone has is named with its directory
    assert "./check -s btrfs -g btrfs/send" in lines
    assert "./check -s xfs_dax -g dax" in lines
    assert "./check -s xfs -g mmap" in lines


def test_a_group_that_no_section_can_run_is_not_suggested() -> None:
    rows = (suggested("-g send", "group"), suggested("-g dax", "group"), suggested("-g mmap", "group"))
    assert [one.test for one in sections.placed(rows, runs_on("xfs"), TESTS)] == ["-g mmap"]


def test_what_somebody_asked_for_is_kept_where_it_cannot_run() -> None:
    row = Suggested(
        test="btrfs/001", suite="xfstests", tier="regression", score=1.0, reasons=("x",), said_by=("a@example.org",)
    )
    assert sections.placed((row,), runs_on("xfs"), TESTS) == (row,)


def test_a_test_that_needs_a_section_of_its_own_gets_one() -> None:
    test = some("require:realtime", "xfs")
    runs = filesystems.housed(runs_on("xfs"), TESTS.of([test, "xfs/001"]), 0, TESTS)
    assert [run.section for run in runs] == ["xfs", "xfs_realtime"]
    assert runs[1].reason.startswith(f"{test}: data on the realtime device")
    lines = sections.check_lines((suggested("xfs/001"), suggested(test)), runs, TESTS)
    assert lines == ("./check -s xfs xfs/001", f"./check -s xfs_realtime {test}")


def test_a_named_test_of_another_filesystem_gets_its_section() -> None:
    runs = filesystems.housed(runs_on("ext4"), TESTS.of(["btrfs/001", "xfs/001"]), TESTS.of(["btrfs/001"]), TESTS)
    assert [run.section for run in runs] == ["ext4", "btrfs"]
    assert "btrfs/001" in runs[1].reason


def test_a_section_that_no_test_is_left_for_is_dropped() -> None:
    test = some("require:realtime", "xfs")
    runs = filesystems.housed(runs_on("xfs"), TESTS.of([test]), 0, TESTS)
    assert [run.section for run in sections.used(runs, (suggested("xfs/001"),), TESTS)] == ["xfs"]


def test_the_first_section_mounts_whatever_the_run_before_left() -> None:
    text = sections.local_config(runs_on("xfs", "ext4"), (), TESTS)
    first = next(iter(parsed(text).items()))
    assert (first[0], first[1]["FSTYP"]) == ("start", "tmpfs")
    assert first[1]["SCRATCH_DEV"]
    assert "/mnt/start" in text.splitlines()[0]


def test_the_test_device_is_made_anew_with_the_options_of_its_section() -> None:
    text = sections.local_config(runs_on("ext4", keys=("subpage", "data-journal")), (), TESTS)
    for order in (("start", "ext4_subpage"), ("start", "ext4", "ext4_subpage", "ext4_data_journal")):
        found = parsed(text, *order)["ext4_subpage"]
        assert (found["MKFS_OPTIONS"], found["RECREATE_TEST_DEV"]) == ("-b 1024", "true")
    found = parsed(text)["ext4_data_journal"]
    assert found["MKFS_OPTIONS"] == ""
    assert found["TEST_FS_MOUNT_OPTS"] == found["MOUNT_OPTIONS"] == "-o acl,user_xattr -o data=journal"


def test_nothing_is_carried_from_one_section_to_another() -> None:
    test = some("require:realtime", "xfs")
    wanted = (test, some("require:logdev", "xfs"), some("require:scratch_dev_pool", "btrfs"))
    runs = filesystems.housed(runs_on("xfs", "btrfs"), TESTS.of(wanted), 0, TESTS)
    text = sections.local_config(runs, tuple(map(suggested, wanted)), TESTS)
    names = [run.section for run in runs]
    assert set(names) == {"xfs", "btrfs", "xfs_realtime", "xfs_logdev"}
    alone = {name: parsed(text, "start", name)[name] for name in names}
    for order in (names, names[::-1]):
        found = parsed(text, "start", *order)
        assert {name: found[name] for name in names} == alone
    assert alone["xfs"]["USE_EXTERNAL"] == "no"
    assert alone["xfs_realtime"]["USE_EXTERNAL"] == "yes"
    assert alone["xfs_realtime"]["SCRATCH_RTDEV"]
    assert alone["xfs_realtime"]["SCRATCH_LOGDEV"] == ""


def test_a_pool_stands_instead_of_a_scratch_device() -> None:
    text = sections.local_config(runs_on("btrfs"), (suggested(some("require:scratch_dev_pool", "btrfs")),), TESTS)
    found = parsed(text)["btrfs"]
    assert (found["SCRATCH_DEV"], len(found["SCRATCH_DEV_POOL"].split())) == ("", 5)
    assert "POOL" not in sections.local_config(runs_on("btrfs"), (suggested("btrfs/001"),), TESTS)


def test_a_device_for_the_log_of_writes_is_there_when_a_test_needs_it() -> None:
    row = suggested(some("require:log_writes"))
    assert parsed(sections.local_config(runs_on("xfs"), (row,), TESTS))["xfs"]["LOGWRITES_DEV"]
    assert "LOGWRITES" not in sections.local_config(runs_on("xfs"), (suggested("generic/001"),), TESTS)


def test_dax_is_on_pmem_and_mounted_elsewhere() -> None:
    found = parsed(sections.local_config(runs_on("xfs", keys=("dax",)), (), TESTS))
    assert (found["xfs_dax"]["TEST_DEV"], found["xfs_dax"]["SCRATCH_DEV"]) == ("/dev/pmem0", "/dev/pmem1")
    assert found["xfs_dax"]["TEST_DIR"] != found["xfs"]["TEST_DIR"]
    assert found["xfs_dax"]["TEST_FS_MOUNT_OPTS"] == "-o dax=always"


def test_overlay_runs_over_a_filesystem_that_is_made_first() -> None:
    runs = runs_on("overlay")
    lines = sections.check_lines((suggested("overlay/001"),), runs, TESTS)
    assert lines == ("./check -s overlay generic/001", "./check -s overlay -overlay overlay/001")
    assert parsed(sections.local_config(runs, (), TESTS))["overlay"]["FSTYP"] == "xfs"


def test_a_network_filesystem_is_not_made_and_has_no_block_device() -> None:
    text = sections.local_config(runs_on("nfs"), (), TESTS)
    (found,) = parsed(text).values()
    assert found["TEST_DEV"] == "server:/export/test"
    assert "RECREATE_TEST_DEV" not in text
    fuse = parsed(sections.local_config(runs_on("fuse"), (), TESTS))["fuse"]
    assert ("scratch" in fuse["MOUNT_OPTIONS"], "scratch" in fuse["TEST_FS_MOUNT_OPTS"]) == (True, False)


def test_a_tmpfs_follows_the_first_section_and_is_not_made() -> None:
    text = sections.local_config(runs_on("xfs", "tmpfs"), (), TESTS)
    assert list(parsed(text)) == ["start", "tmpfs", "xfs"]
    assert parsed(text)["tmpfs"]["RECREATE_TEST_DEV"] == "false"


def test_without_runs_there_is_no_config() -> None:
    assert sections.local_config((), (), TESTS) == ""
    assert sections.check_lines((suggested("generic/001"),), (), TESTS) == ()
