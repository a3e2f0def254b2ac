import json

import pytest

from reviewer import cli


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["op", *arguments, "--kernel", "5.10"])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("vm_operations_struct.page_mkwrit", "vm_operations_struct.page_mkwrite"),
        ("page_mkwrit", "page_mkwrite"),
        ("zz", "STRUCT.FIELD"),
    ],
)
def test_an_unknown_operation_is_bad_input(capsys: pytest.CaptureFixture[str], name: str, told: str) -> None:
    code, out, err = _run(capsys, name)
    assert (code, out) == (1, "")
    assert told in err


def test_an_unknown_state_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capsys, "page_mkwrite", "--state", "ripe")
    assert code == 1
    assert "uptodate" in err


def test_every_implementer_is_listed_with_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "vm_operations_struct.page_mkwrite")
    assert code == 0
    assert "21 functions" in out
    assert "xfs_filemap_page_mkwrite" in out
    assert "table xfs_file_vm_ops fs/xfs/xfs_file.c:1364" in out


def test_the_field_alone_will_do_when_one_struct_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "page_mkwrite")[1] == _run(capsys, "vm_operations_struct.page_mkwrite")[1]


def test_json_tells_test_from_assert(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(_run(capsys, "page_mkwrite", "--format", "json")[1])
    assert document["operation"] == "vm_operations_struct.page_mkwrite"
    by_name = {row["function"]: row for row in document["implementers"]}
    gfs2 = by_name["gfs2_page_mkwrite"]["states"]
    assert [row["op"] for row in gfs2 if row["subject"] == "uptodate" and row["depth"] == 0] == ["test", "test"]
    assert by_name["kernfs_vma_page_mkwrite"]["delegates"] is True
