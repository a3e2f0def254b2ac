"""Which model a patch is read against."""

from dataclasses import dataclass

import msgspec
import pytest

from rules import select, store
from rules.change import Change, ChangedFile, ChangedHunk, ChangedLine
from rules.model import Function
from tests import growth, model_index

TOY = "fs/toyfs/file.c"


def change(*functions: str, blob: str = "", date: str = "2021-03-01", lines: tuple[str, ...] = ()) -> Change:
    rows = tuple(ChangedLine(sign="+", text=text, old=None, new=1) for text in lines)
    hunk = ChangedHunk(file=TOY, header="", lines=rows, functions=functions, found_by="header")
    file = ChangedFile(path=TOY, old_path=TOY, status="modified", old_blob=blob, new_blob="", hunks=(hunk,))
    return Change(subject="toyfs: x", date=date, files=(file,))


@dataclass
class Model:
    version: str
    names: tuple[str, ...]
    blob: str = ""
    tree: str = "toy"

    def named(self, name: str) -> tuple[Function, ...]:
        found = Function(index=0, name=name, file=TOY, first=1, last=2, static=False)
        return (found,) if name in self.names else ()

    def holds(self, path: str, blob: str) -> bool:
        return path == TOY and bool(blob) and self.blob.startswith(blob)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> dict[str, Model]:
    """Three models: `old_way` in the two older ones, `new_way` in the newest."""
    models = {
        "5.10.262": Model("5.10.262", ("old_way", "both"), "aaaaaaaaaaaa"),
        "6.1.192": Model("6.1.192", ("old_way", "both"), "bbbbbbbbbbbb"),
        "7.3.4": Model("7.3.4", ("new_way", "both"), "bbbbbbbbbbbb"),
    }
    index = select.BlobIndex(versions=tuple(models), paths={TOY: tuple(one.blob for one in models.values())})
    monkeypatch.setattr(store, "shipped", lambda: tuple(models))
    monkeypatch.setattr(select, "_index", lambda: index)
    return models


def test_the_nearest_in_time_that_knows_all_functions(shipped: dict[str, Model]) -> None:
    assert select.choose(change("both"), shipped.__getitem__).version == "5.10.262"
    assert select.choose(change("both", date="2023-01-01"), shipped.__getitem__).version == "6.1.192"


def test_a_name_beats_the_date(shipped: dict[str, Model]) -> None:
    chosen = select.choose(change("new_way", "both"), shipped.__getitem__)
    assert (chosen.version, chosen.fit) == ("7.3.4", "nearest")


def test_the_blob_beats_both_and_the_date_decides_between_equal_blobs(shipped: dict[str, Model]) -> None:
    chosen = select.choose(change("old_way", blob="bbbbbbbb", date="2026-11-11"), shipped.__getitem__)
    assert (chosen.version, chosen.fit) == ("7.3.4", "exact")
    assert TOY in chosen.why


def test_a_blob_too_short_to_mean_anything_is_no_match(shipped: dict[str, Model]) -> None:
    assert select.choose(change("both", blob="bbb"), shipped.__getitem__).fit == "nearest"


def test_a_function_that_the_patch_adds_is_not_needed() -> None:
    assert select.needed(change("helper", "both", lines=("static int helper(int x)",))) == ("both",)


def test_the_one_that_knows_most_says_what_it_does_not_know(shipped: dict[str, Model]) -> None:
    chosen = select.choose(change("both", "old_way", "nowhere"), shipped.__getitem__)
    assert (chosen.version, chosen.fit) == ("5.10.262", "by-name")
    assert "2 of the 3" in chosen.why
    assert "nowhere" in chosen.why


def test_a_file_that_no_model_has_loads_one_model_only(shipped: dict[str, Model]) -> None:
    loaded: list[str] = []

    def load(version: str) -> Model:
        loaded.append(version)
        return shipped[version]

    other = change("driver_probe")
    file = msgspec.structs.replace(other.files[0], path="drivers/toy.c", old_path="drivers/toy.c")
    chosen = select.choose(msgspec.structs.replace(other, files=(file,)), load)
    assert chosen.fit == "by-date"
    assert set(loaded) == {"5.10.262"}


def test_without_a_date_the_newest(shipped: dict[str, Model]) -> None:
    chosen = select.choose(change("both", date=""), shipped.__getitem__)
    assert chosen.version == "7.3.4"
    assert "no date" in chosen.why


def test_the_index_in_the_package_is_that_of_the_models_in_the_package() -> None:
    assert select.INDEX.read_bytes() == model_index.current()


def test_every_shipped_line_has_a_release_date() -> None:
    assert {".".join(version.split(".")[:2]) for version in store.shipped()} <= set(select.RELEASED)


def test_a_patch_that_only_adds_functions_is_not_said_to_change_none(shipped: dict[str, Model]) -> None:
    new = change("helper", lines=("static int helper(int x)",))
    assert select.choose(new, shipped.__getitem__).why.endswith("every function that it changes is new")
    assert select.choose(change(), shipped.__getitem__).why.endswith("the patch changes no C function")


def test_a_file_without_the_functions_is_no_reason_for_a_model_far_away(
    shipped: dict[str, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    only_newest = select.BlobIndex(versions=tuple(shipped), paths={TOY: ("", "", "bbbbbbbbbbbb")})
    monkeypatch.setattr(select, "_index", lambda: only_newest)
    chosen = select.choose(change("nowhere"), shipped.__getitem__)
    assert (chosen.version, chosen.fit) == ("5.10.262", "by-date")
    assert chosen.why.endswith("it knows none of the changed functions")


def test_the_kernel_that_the_subject_names_comes_before_the_date(shipped: dict[str, Model]) -> None:
    tagged = msgspec.structs.replace(change("both", date="2026-11-01"), meant_for="5.15")
    chosen = select.choose(tagged, shipped.__getitem__)
    assert chosen.version == "5.10.262"
    assert chosen.why.startswith("the patch is for 5.15, Linux 5.10 came out 5 releases before that; ")
    same = select.choose(msgspec.structs.replace(tagged, meant_for="6.1"), shipped.__getitem__)
    assert (same.version, same.why.partition(";")[0]) == ("6.1.192", "the patch is for 6.1")
    unknown = select.choose(msgspec.structs.replace(tagged, meant_for="9.9"), shipped.__getitem__)
    assert unknown.version == "7.3.4"  # by the date


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("2019-06-13", "Linux 5.10 came out 18 months after the patch"),
        ("2020-12-20", "Linux 5.10 came out less than a month before the patch"),
        ("2021-01-13", "Linux 5.10 came out 1 month before the patch"),
    ],
)
def test_how_far_the_model_is_from_the_patch_is_told(shipped: dict[str, Model], date: str, told: str) -> None:
    assert select.choose(change("both", date=date), shipped.__getitem__).why.startswith(f"{told}; ")


def test_a_function_whose_definition_changes_is_not_new() -> None:
    hunk = change("helper", lines=("static int helper(long x)",)).files[0].hunks[0]
    old = ChangedLine(sign="-", text="static int helper(int x)", old=1, new=None)
    file = msgspec.structs.replace(change().files[0], hunks=(msgspec.structs.replace(hunk, lines=(old, *hunk.lines)),))
    assert select.needed(Change(subject="x", date="", files=(file,))) == ("helper",)


def test_what_is_new_is_found_in_time_that_grows_with_the_patch() -> None:
    def measured(size: int) -> Change:
        names = tuple(f"toy_{number}" for number in range(size))
        return change(*names, lines=tuple(f"int {name}(void)" for name in names))

    assert growth.ratio(measured, select.needed, 4000) < 3


def test_one_old_file_of_many_does_not_tell_the_kernel(
    shipped: dict[str, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {TOY: ("aaaaaaaaaaaa",) * 3} | {f"fs/toyfs/{at}.c": ("cccccccccccc",) * 3 for at in range(3)}
    monkeypatch.setattr(select, "_index", lambda: select.BlobIndex(versions=tuple(shipped), paths=paths))
    one = change("both", blob="aaaaaaaaa", date="2023-01-01")
    others = tuple(
        msgspec.structs.replace(one.files[0], path=path, old_path=path, old_blob="ddddddddd") for path in paths
    )
    weak = select.choose(msgspec.structs.replace(one, files=(*one.files, *others[1:])), shipped.__getitem__)
    assert (weak.version, weak.fit) == ("6.1.192", "nearest")
    half = select.choose(msgspec.structs.replace(one, files=(*one.files, others[1])), shipped.__getitem__)
    assert (half.fit, half.why) == ("exact", f"made from the pre-image of {TOY}, 1 of the 2 changed files")
