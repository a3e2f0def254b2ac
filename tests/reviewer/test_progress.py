"""The line about what takes long."""

import io
import time

import pytest

from reviewer import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_quick_shows_nothing() -> None:
    for stream in (io.StringIO(), Terminal()):
        with progress.step("reading", stream):
            pass
        assert stream.getvalue() == ""


def test_nothing_is_ever_written_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.01)
    with progress.step("reading"):
        time.sleep(0.1)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "mkwrite: reading ...\n")


def test_elsewhere_than_on_a_terminal_one_plain_line_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.01)
    stream = io.StringIO()
    with progress.step("fetching", stream, count=lambda: "3 mails"):
        time.sleep(0.1)
    assert stream.getvalue() == "mkwrite: fetching ...\n"


def test_on_a_terminal_the_line_is_rewritten_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.01)
    monkeypatch.setattr(progress, "_EVERY", 0.01)
    stream = Terminal()
    with progress.step("indexing", stream, count=lambda: "3 mails"):
        time.sleep(0.1)
    parts = stream.getvalue().split("\r\x1b[K")
    assert len(parts) > 3
    assert parts[1] == "mkwrite: indexing ... 0 s, 3 mails"
    assert parts[-1] == ""


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["file", "terminal"])
def test_of_steps_within_steps_the_innermost_shows(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.02)
    monkeypatch.setattr(progress, "_EVERY", 0.01)
    with progress.step("outer", stream), progress.step("inner", stream):
        time.sleep(0.1)
    assert "inner" in stream.getvalue()
    assert "outer" not in stream.getvalue()


def test_after_an_inner_step_the_outer_shows_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.01)
    monkeypatch.setattr(progress, "_EVERY", 0.01)
    stream = Terminal()
    with progress.step("outer", stream):
        with progress.step("inner", stream):
            time.sleep(0.05)
        time.sleep(0.05)
    text = stream.getvalue()
    assert text.rindex("outer") > text.rindex("inner")


def test_an_error_passes_through_and_the_line_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.01)
    stream = Terminal()
    with pytest.raises(KeyError), progress.step("fetching", stream):
        time.sleep(0.05)
        raise KeyError
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_closed_stream_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.01)
    stream = io.StringIO()
    stream.close()
    with progress.step("fetching", stream):
        time.sleep(0.05)
    assert stream.closed
