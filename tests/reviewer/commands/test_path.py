import json

import pytest

from reviewer import cli

ACTOR = "iomap_page_mkwrite_actor"


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["path", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_an_unknown_function_is_bad_input_with_close_names(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "iomap_pge_mkwrite_actor", "--kernel", "5.10")
    assert (code, out) == (1, "")
    assert ACTOR in err


def test_an_unknown_kernel_is_bad_input_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capsys, ACTOR, "--kernel", "2.4")
    assert code == 1
    assert "5.10" in err


@pytest.mark.parametrize("wrong", [["--rev", "HEAD"], ["--tree", "x", "--kernel", "5.10"], ["--without-check", "ripe"]])
def test_options_that_make_no_sense_are_bad_input(capsys: pytest.CaptureFixture[str], wrong: list[str]) -> None:
    code, _, err = _run(capsys, ACTOR, *wrong)
    assert code == 1
    assert err.startswith("mkwrite: ")


def test_an_unknown_path_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, ACTOR, "--path", "garden")[0] == 2


def test_a_path_that_does_not_reach_the_function_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, ACTOR, "--kernel", "5.10", "--path", "reclaim")
    assert code == 0
    assert f"does not reach {ACTOR}" in out


def test_a_function_that_no_path_reaches_says_which_were_tried(capsys: pytest.CaptureFixture[str]) -> None:
    out = _run(capsys, "generic_fillattr", "--kernel", "5.10")[1]
    assert "neither do the other paths: read, write, writeback, direct, truncate, reclaim" in out
    assert "functions this model does not have the calls: a way through one is not seen" in out


def test_chains_are_printed_with_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, ACTOR, "--kernel", "5.10")
    assert code == 0
    assert "infeasible left out" in out
    assert "->page_mkwrite at mm/memory.c:2779" in out
    assert "handed to iomap_apply at fs/iomap/buffered-io.c:1024" in out
    assert "kernfs" not in out


def test_all_shows_why_a_chain_cannot_be_taken(capsys: pytest.CaptureFixture[str]) -> None:
    out = _run(capsys, ACTOR, "--kernel", "5.10", "--all", "--format", "json")[1]
    chains = json.loads(out)["paths"][0]["chains"]
    reasons = [chain["infeasible"] for chain in chains if chain["infeasible"]]
    assert any("kernfs_vma_page_mkwrite hands ->page_mkwrite over" in reason for reason in reasons)
    assert any("write_fault" in reason for reason in reasons)


def test_json_is_stable_and_complete(capsys: pytest.CaptureFixture[str]) -> None:
    first = _run(capsys, ACTOR, "--kernel", "5.10", "--format", "json")[1]
    assert _run(capsys, ACTOR, "--kernel", "5.10", "--format", "json")[1] == first
    document = json.loads(first)
    assert document["format"] == "mkwrite path 1"
    chain = document["paths"][0]["chains"][0]
    assert chain["steps"][0] | {"line": 0} == {
        "function": "handle_mm_fault", "file": "mm/memory.c", "line": 0, "edge": "entry", "call_line": 0,
        "operation": "", "table": "", "table_unknown": False, "condition": "", "arguments": [], "stage": "entry",
    }  # fmt: skip
    assert {"subject", "op", "file", "line", "stale", "certain"} <= set(chain["met"][0])


def test_chains_between_two_functions(capsys: pytest.CaptureFixture[str]) -> None:
    out = _run(
        capsys, "do_wp_page", "--to", ACTOR, "--kernel", "5.10", "--format", "json", "--without-check", "uptodate"
    )[1]
    chains = json.loads(out)["paths"][0]["chains"]
    assert chains
    assert {chain["steps"][0]["function"] for chain in chains} == {"do_wp_page"}


def test_a_function_of_another_path_is_found_without_asking_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    out = _run(capsys, "iomap_writepage_map", "--kernel", "5.10")[1]
    assert "\nwriteback: " in out
    assert "\npage fault: " not in out
