"""`mkwrite model`."""

import pytest

from reviewer import cli
from rules import store


def ends(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["model", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_version_that_does_not_ship_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ends(capsys, "2.4")
    assert (code, out) == (1, "")
    assert store.shipped()[-1] in err


def test_a_version_and_a_tree_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(capsys, "6.12", "--tree", ".")[0] == 1


def test_every_shipped_model_is_listed_with_its_size(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ends(capsys)
    assert code == 0
    assert tuple(line.split()[0] for line in out.splitlines()) == store.shipped()
    assert all(int(line.split()[1]) > 0 for line in out.splitlines())


def test_one_model_says_where_it_came_from_and_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    newest = store.shipped()[-1]
    code, out, _ = ends(capsys, newest)
    told = {line[:18].strip(): line[18:] for line in out.splitlines()}
    assert code == 0
    assert told["version"] == newest
    assert told["tree"] == store.load(newest).tree
    assert int(told["functions"]) == len(store.load(newest).functions)
