"""`mkwrite model`."""

import pytest

from reviewer import cli
from rules import store


def ends(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["model", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_version_that_does_not_ship_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ends(capsys, "show", "--kernel", "2.4")
    assert (code, out) == (1, "")
    assert store.shipped()[-1] in err


def test_a_version_and_a_tree_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(capsys, "show", "--kernel", "6.12", "--tree", ".")[0] == 1


def test_a_directory_that_is_no_kernel_tree_is_bad_input(
    capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    code, out, err = ends(capsys, "build", "--tree", str(tmp_path_factory.mktemp("empty")))
    assert (code, out) == (1, "")
    assert "is no kernel tree" in err


def test_every_shipped_model_is_listed_with_its_size(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ends(capsys, "list")
    assert code == 0
    assert tuple(line.split()[0] for line in out.splitlines()) == store.shipped()
    assert all(int(line.split()[1]) > 0 for line in out.splitlines())


def test_one_model_says_where_it_came_from_and_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    newest = store.shipped()[-1]
    code, out, _ = ends(capsys, "show", "--kernel", newest)
    told = {line[:18].strip(): line[18:] for line in out.splitlines()}
    assert code == 0
    assert told["version"] == newest
    assert told["tree"] == store.load(newest).tree
    whole, placed = (int(word) for word in told["functions"].replace(",", "").split() if word.isdigit())
    assert whole + placed == len(store.load(newest).functions)


def test_two_kernels_differ_by_functions_that_were_renamed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ends(capsys, "diff", "6.12", "7.3")
    assert code == 0
    assert "f2fs_get_node_page fs/f2fs/node.c -> f2fs_get_node_folio fs/f2fs/node.c" in out


def test_an_export_has_one_fact_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ends(capsys, "export", "--kernel", "5.10", "--what", "functions")
    head, *rows = (line.split("\t") for line in out.splitlines())
    assert code == 0
    assert head == ["name", "file", "first", "last", "guard"]
    assert len(rows) == len(store.load("5.10").functions)
    assert ["do_wp_page", "mm/memory.c"] in [row[:2] for row in rows]
    assert all(len(row) == 5 and int(row[2]) <= int(row[3]) for row in rows)
