"""Which shipped model is meant by a version, and what is no model."""

from pathlib import Path

import pytest

from rules import store


def test_versions_are_in_the_order_of_their_numbers() -> None:
    assert sorted(["6.12.9", "6.12.117", "5.10.262", "6.1"], key=store.version_key) == [
        "5.10.262", "6.1", "6.12.9", "6.12.117",
    ]  # fmt: skip
    assert store.version_key("6.x.1") == (6, 0, 1)


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "shipped", lambda: ("5.10.9", "5.10.262", "6.1.192"))


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    ("asked", "meant"),
    [("5.10.9", "5.10.9"), ("v5.10.9", "5.10.9"), ("5.10", "5.10.262"), ("v5.10", "5.10.262"), ("5.10.17", "5.10.262"),
     ("6.1", "6.1.192")],
)  # fmt: skip
def test_a_version_is_itself_or_the_newest_of_its_line(asked: str, meant: str) -> None:
    assert store.find(asked) == meant


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize("asked", ["6.12", "5", "", "5.1", "linux"])
def test_another_version_is_told_with_those_that_there_are(asked: str) -> None:
    with pytest.raises(store.UnknownVersionError, match=r"there are 5\.10\.9, 5\.10\.262, 6\.1\.192"):
        store.find(asked)


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.msgpack.gz").write_bytes(b"nothing")
    with pytest.raises(store.ModelError, match="not a model"):
        store.read(tmp_path / "x.msgpack.gz")
    with pytest.raises(OSError, match="No such file"):
        store.read(tmp_path / "none")


@pytest.mark.parametrize("version", store.shipped())
def test_every_shipped_model_is_one_and_small(version: str) -> None:
    found = store.load(version)
    assert found.version == version
    assert found.named("handle_mm_fault")
    assert found.extractor
    assert (Path(store.__file__).parent / "models" / f"{version}.msgpack.gz").stat().st_size < 500_000
