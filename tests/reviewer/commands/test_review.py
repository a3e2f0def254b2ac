import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from reviewer import reporting
from reviewer.commands import review
from reviewer.errors import FAIL_ON, OK, Failure
from tests.reviewer.render import sample


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        review.command, ["example", "-n", *arguments], catch_exceptions=False, standalone_mode=False
    )
    return result.return_value if result.return_value is not None else result.exit_code, result.stdout


def test_a_thread_with_nothing_left_fails_on_nothing() -> None:
    points = sample.settled().points
    assert points
    assert not any(reporting.fails(points, what) for what in reporting.FAIL_ON)


@pytest.mark.parametrize(
    ("status", "weight", "failing"),
    [
        ("open", "should", {"open"}),
        ("disputed", "nit", {"disputed"}),
        ("open", "blocking", {"open", "blocking"}),
        ("disputed", "blocking", {"disputed", "blocking"}),
        ("accepted", "blocking", set()),
        ("withdrawn", "blocking", set()),
    ],
)
def test_each_gate_looks_at_its_own_kind(status: str, weight: str, failing: set[str]) -> None:
    point = msgspec.structs.replace(sample.points()[0], status=status, weight=weight)
    assert {what for what in reporting.FAIL_ON if reporting.fails((point,), what)} == failing


def test_the_gate_gives_its_code_and_the_report_all_the_same() -> None:
    code, text = run("--fail-on", "open")
    assert code == FAIL_ON
    assert "netfs_page_mkwrite()" in text
    assert run("--fail-on", "disputed")[0] == OK


@pytest.mark.parametrize("fmt", review.FORMATS)
def test_every_format_can_be_written_to_a_file(fmt: str, tmp_path: Path) -> None:
    file = tmp_path / "out"
    code, text = run("--format", fmt, "-o", str(file))
    assert (code, text) == (OK, "")
    written = file.read_text()
    assert written.endswith("\n")
    assert ("sarif" in fmt or "json" in fmt) == written.startswith("{")


def test_json_is_one_document() -> None:
    _, text = run("--format", "json")
    report = json.loads(text)
    assert report["version"] == 1
    assert report["verdict"].startswith(f"{sum(one['status'] == 'open' for one in report['points'])} open")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="out"):
        reporting.write("text", str(tmp_path / "nowhere" / "out"))


def test_one_point_is_explained_instead_of_the_report() -> None:
    _, text = run("--why", "P1")
    assert text.startswith("P1  ")
    assert "Why here" not in text


class TestScreen:
    def test_a_file_has_no_colours_and_80_columns(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        assert reporting.screen("out.txt") == (80, False)

    def test_colours_can_be_forced_but_not_against_no_color(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.delenv("NO_COLOR", raising=False)
        assert reporting.screen("out.txt") == (80, True)
        monkeypatch.setenv("NO_COLOR", "1")
        assert reporting.screen("out.txt") == (80, False)

    @pytest.mark.parametrize(("columns", "width"), [(10, 40), (100, 100), (5000, 200)])
    def test_the_width_of_a_terminal_has_bounds(
        self, monkeypatch: pytest.MonkeyPatch, columns: int, width: int
    ) -> None:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        monkeypatch.setenv("COLUMNS", str(columns))
        assert reporting.screen(None)[0] == width
