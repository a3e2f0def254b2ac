"""The log of a bug of ours."""

from pathlib import Path

import pytest

from reviewer import buglog


def boom(depth: int = 0) -> None:
    if depth:
        boom(depth - 1)
    try:
        raise KeyError("secret text of a mail")
    except KeyError as error:
        raise ValueError("more secret text") from error


def caught(depth: int = 0) -> ValueError:
    with pytest.raises(ValueError, match="secret") as info:
        boom(depth)
    return info.value


def test_text_from_exceptions_is_left_out() -> None:
    text = buglog.text(caught(), "1.0", ["review"])
    assert "secret text of a mail" not in text.replace('raise KeyError("secret text of a mail")', "")
    assert "more secret" not in text.replace('raise ValueError("more secret text")', "")


def test_arguments_are_left_out() -> None:
    text = buglog.text(caught(), "1.0", ["/home/ada/private.mbox"])
    assert "private" not in text


def test_versions_command_and_both_exceptions_with_their_frames_are_in() -> None:
    text = buglog.text(caught(), "1.0", ["review"])
    assert text.startswith("# mkwrite stopped")
    assert "mkwrite 1.0" in text
    assert "`review`" in text
    assert text.index("builtins.ValueError") < text.index("builtins.KeyError")
    assert " in boom\n" in text


def test_a_deep_recursion_is_shortened() -> None:
    assert buglog.text(caught(200), "1.0", []).count(" in boom\n") <= 45


def test_the_log_is_in_the_state_directory_and_old_ones_go(sealed_home: Path) -> None:
    paths = [buglog.write(caught(), "1.0") for _ in range(buglog.KEPT + 3)]
    directory = sealed_home / "state" / "mkwrite"
    assert all(path is not None and path.parent == directory for path in paths)
    assert len(list(directory.iterdir())) == buglog.KEPT
    assert paths[-1] in list(directory.iterdir())


def test_where_nothing_can_be_written_there_is_no_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert buglog.write(caught(), "1.0") is None
