"""The index of a clone by itself."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer import mailindex
from reviewer.cut import Head


def mail(oid: str, msgid: str, *refs: str) -> tuple[str, Head]:
    return oid, Head(msgid=msgid, refs=refs)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[mailindex.Index]:
    with mailindex.opened(tmp_path) as index:
        yield index


def oids(index: mailindex.Index, msgid: str) -> list[str]:
    return [row.oid for row in index.thread(msgid)]


def test_an_unknown_id_has_no_thread_even_when_mails_refer_to_it(index: mailindex.Index) -> None:
    index.add("e", "h", [mail("1", "a", "gone")], [])
    assert oids(index, "gone") == []


def test_mails_without_an_id_do_not_tie_others(index: mailindex.Index) -> None:
    index.add("e", "h", [mail("1", ""), mail("2", ""), mail("3", "a")], [])
    assert oids(index, "a") == ["3"]


def test_the_thread_is_the_same_from_each_of_its_mails(index: mailindex.Index) -> None:
    index.add("e", "h", [mail("1", "a"), mail("2", "b", "a"), mail("3", "c", "b"), mail("4", "x")], [])
    assert oids(index, "a") == oids(index, "b") == oids(index, "c") == ["1", "2", "3"]


def test_an_epoch_that_breaks_off_leaves_nothing(index: mailindex.Index) -> None:
    def breaking() -> Iterator[tuple[str, Head]]:
        yield mail("1", "a")
        raise OSError("git is gone")

    with pytest.raises(OSError, match="gone"):
        index.add("e", "h", breaking(), [])
    assert index.head("e") == ""
    assert oids(index, "a") == []


def test_forgetting_an_epoch_leaves_the_others(index: mailindex.Index) -> None:
    index.add("one", "h1", [mail("1", "a")], [])
    index.add("two", "h2", [mail("2", "b", "a")], [])
    index.forget("one")
    assert (index.head("one"), index.head("two")) == ("", "h2")
    assert oids(index, "b") == ["2"]


def test_the_index_outlives_the_process(tmp_path: Path) -> None:
    with mailindex.opened(tmp_path) as index:
        index.add("e", "h", [mail("1", "a")], [])
    with mailindex.opened(tmp_path) as index:
        assert (index.head("e"), oids(index, "a")) == ("h", ["1"])


def test_two_clones_have_two_indexes(tmp_path: Path) -> None:
    assert mailindex.place(tmp_path / "a") != mailindex.place(tmp_path / "b")


def test_an_index_of_another_version_is_made_anew(tmp_path: Path) -> None:
    with mailindex.opened(tmp_path) as index:
        index.add("e", "h", [mail("1", "a")], [])
    connection = sqlite3.connect(mailindex.place(tmp_path))
    connection.execute("PRAGMA user_version = 999")
    connection.commit()
    connection.close()
    with mailindex.opened(tmp_path) as index:
        assert index.head("e") == ""


def test_hostile_ids_are_data(index: mailindex.Index) -> None:
    name = "'; DROP TABLE mails; --"
    index.add("e", "h", [mail("1", name), mail("2", "b", name)], [])
    assert oids(index, name) == ["1", "2"]
