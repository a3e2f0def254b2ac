"""Annotations of tests and what people name."""

from rules.change import Change, ChangedFile
from rules.testplan import exact
from rules.testplan.catalogue import Catalogue, Sets
from rules.testplan.values import Named


def sets() -> Sets:
    return Sets(
        Catalogue(
            source="invented",
            tests=("generic/001", "generic/002"),
            added=("", ""),
            tags={},
            excluded={},
            fixes={"0123456789ab": (1,)},
            subjects={exact.title_digest("foofs: flush before truncate"): (0,)},
        )
    )


def change(subject: str = "", fixes: tuple[str, ...] = ()) -> Change:
    return Change(subject=subject, date="", files=(), fixes=fixes)


def test_tests_that_the_patch_changes_are_run() -> None:
    paths = ("tests/generic/001", "tests/generic/002.out.crc", "tests/generic/group", "tests/generic/999", "common/rc")
    files = tuple(
        ChangedFile(path=path, old_path=path, status="modified", old_blob="", new_blob="", hunks=()) for path in paths
    )
    found = exact.changed(Change(subject="", date="", files=files), sets())
    assert {test: (one.tier, one.reasons) for test, one in found.items()} == {
        "generic/001": ("regression", ("catalogue: the patch changes it",)),
        "generic/002": ("regression", ("catalogue: the patch changes it",)),
    }


def test_an_unrelated_patch_has_no_annotated_test() -> None:
    assert exact.annotated(change("barfs: other", ("ffff00001111 (x)", "not a hash", "")), sets()) == {}


def test_a_title_is_told_without_its_tags_case_and_spacing() -> None:
    found = exact.annotated(change("[PATCH v3 2/5] Foofs:  flush before TRUNCATE"), sets())
    assert list(found) == ["generic/001"]
    assert found["generic/001"].tier == "regression"


def test_titles_of_the_patches_of_a_series_count_each() -> None:
    series = Change(
        subject="foofs: two fixes", date="", files=(), titles=("foofs: other", "foofs: flush before truncate")
    )
    assert exact.annotated(series, sets())["generic/001"].reasons == (
        'annotation: it names the title of a patch of this series ("foofs: flush before truncate") as its fix',
    )
    alone = Change(subject="foofs: flush before truncate", date="", files=(), titles=("foofs: flush before truncate",))
    assert exact.annotated(alone, sets())["generic/001"].reasons == (
        "annotation: it names the title of this patch as its fix",
    )


def test_a_patch_that_repairs_the_fix_of_a_test_has_to_pass_it() -> None:
    found = exact.annotated(change(fixes=('0123456789abcdef ("foofs: fix")',)), sets())
    assert found["generic/002"].reasons == ("annotation: 0123456789ab, which this repairs, is its fix",)


def test_a_test_that_the_catalogue_does_not_have_is_left_out() -> None:
    assert exact.by_name((Named(test="generic/999", relation="fails", msgid="a@example.org"),), sets()) == {}


def test_who_says_what_about_a_test_is_kept_for_all_of_them() -> None:
    said = (
        Named(test="generic/001", relation="passes", msgid="b@example.org", who="Bo"),
        Named(test="generic/001", relation="fails", msgid="a@example.org", who="Ann"),
    )
    found = exact.by_name(said, sets())["generic/001"]
    assert found.tier == "regression"
    assert found.reasons == ("named by Ann in a@example.org: fails", "named by Bo in b@example.org: passes")
    assert found.said_by == ("a@example.org", "b@example.org")


def test_what_several_say_of_a_test_is_kept() -> None:
    named = (Named(test="generic/001", relation="named", msgid="a@example.org", who="Ann"),)
    one = exact.gathered(change("foofs: flush before truncate"), named, sets())["generic/001"]
    assert one.reasons == (
        "annotation: it names the title of this patch as its fix",
        "named by Ann in a@example.org",
    )
    assert (one.weight, one.tier, one.said_by) == (8.0, "regression", ("a@example.org",))
