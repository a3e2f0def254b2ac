import json

import pytest

from reviewer import cli


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["state", *arguments, "--kernel", "5.10"])
    out, err = capsys.readouterr()
    return code, out, err


def test_an_unknown_state_is_bad_input_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "ripe")
    assert (code, out) == (1, "")
    assert "uptodate" in err


def test_clears_of_uptodate_are_counted_by_directory(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "uptodate", "--clear")
    assert code == 0
    assert "uptodate clear: 57 sites in 19 directories" in out
    assert "fs/ecryptfs (6)" in out
    assert "drivers, arch code and modules outside the tree are not looked at" in out


def test_json_has_condition_and_paths_of_each_site(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(_run(capsys, "uptodate", "--clear", "--format", "json")[1])
    sites = {(site["file"], site["line"]): site for site in document["sites"]}
    iomap = sites["fs/iomap/buffered-io.c", 1400]
    assert iomap["function"] == "iomap_writepage_map"
    assert iomap["error_hint"] == "error"
    assert "writeback" in iomap["paths"]
    assert "fault" not in iomap["paths"]


def test_without_an_option_every_kind_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(_run(capsys, "uptodate", "--format", "json")[1])
    assert {site["op"] for site in document["sites"]} >= {"test", "assert", "set", "clear"}
