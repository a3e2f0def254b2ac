"""The completion scripts, and what they get from mkwrite."""

import shutil

import pytest

from tests.reviewer.process import mkwrite


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_names_the_variable_that_we_answer_to(shell: str) -> None:
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("click asks bash for its version, and bash is not installed")
    done = mkwrite("completion", shell)
    assert done.returncode == 0
    assert "_MKWRITE_COMPLETE" in done.stdout


def test_a_shell_that_is_not_known_is_wrong_usage() -> None:
    assert mkwrite("completion", "csh").returncode == 2


def test_commands_are_completed() -> None:
    done = mkwrite(_MKWRITE_COMPLETE="bash_complete", COMP_WORDS="mkwrite rev", COMP_CWORD="1")
    assert done.stdout.split() == ["plain,review"]


def test_options_are_completed() -> None:
    done = mkwrite(_MKWRITE_COMPLETE="bash_complete", COMP_WORDS="mkwrite completion --he", COMP_CWORD="2")
    assert done.stdout.split() == ["plain,--help"]
