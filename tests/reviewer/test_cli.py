"""Exit codes, messages, and what is imported when."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from reviewer import cli, group
from tests.reviewer import faulty_server
from tests.reviewer.process import MKWRITE, ROOT, mkwrite, spawn

NAMES = ("fine", "gate", "bad", "bug", "deep", "interrupted", "closed", "usage")


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "COMMANDS", {name: (f"tests.reviewer.fake_commands:{name}", name) for name in NAMES})


def ends(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.usefixtures("fakes")
class TestEnds:
    def test_a_command_that_ends_well_is_0_and_says_nothing_more(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert ends(capsys, "fine") == (0, "done\n", "")

    def test_the_code_of_a_gate_is_passed_on(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert ends(capsys, "gate") == (10, "", "")

    def test_bad_input_is_1_and_one_harmless_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, err = ends(capsys, "bad")
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert err.startswith("mkwrite: no mail in ")
        assert err.endswith("; try another\n")
        assert "\x1b" not in err
        assert "\u202e" not in err

    @pytest.mark.parametrize("arguments", [("usage", "--number", "x"), ("usage", "--nothing"), ("nothing",)])
    def test_wrong_usage_is_2(self, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
        code, out, err = ends(capsys, *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("Usage: ")

    @pytest.mark.parametrize("name", ["bug", "deep"])
    def test_our_bug_is_3_with_a_log_and_no_traceback(
        self, capsys: pytest.CaptureFixture[str], sealed_home: Path, name: str
    ) -> None:
        code, out, err = ends(capsys, name)
        assert (code, out, err.count("\n")) == (3, "", 1)
        assert "Traceback" not in err
        assert "text of a mail" not in err
        (log,) = (sealed_home / "state" / "mkwrite").iterdir()
        assert str(log) in err

    def test_an_interrupt_is_130(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert ends(capsys, "interrupted") == (130, "", "mkwrite: interrupted\n")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("",), "the argument after mkwrite is empty"),
        (("review", ""), "the argument after review is empty"),
        (("review", "example", "--tree", ""), "the argument after --tree is empty"),
        (("review", "example", "--tree="), "nothing is given for --tree"),
        (("path", "write", ""), "the argument after write is empty"),
    ],
)
def test_an_empty_argument_is_told_and_not_taken_for_none(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], what: str
) -> None:
    code, out, err = ends(capsys, *arguments)
    assert (code, out) == (1, "")
    assert err == f"mkwrite: {what}; fill it in, or leave it away; `mkwrite COMMAND --help` shows what it takes\n"


def test_a_closed_pipe_is_quiet() -> None:
    read, write = os.pipe()
    os.close(read)
    with (
        os.fdopen(write, "wb") as stdout,
        subprocess.Popen([*MKWRITE, "--help"], stdout=stdout, stderr=subprocess.PIPE, cwd=ROOT) as process,
    ):
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["--help"], ["rules"], ["review", "example"]])
def test_a_full_disk_is_no_bug_of_ours(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([*MKWRITE, *arguments], stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    assert ended.returncode == 1
    assert ended.stderr.endswith(
        b"mkwrite: cannot write: no space left on device; make room, or write somewhere else\n"
    )


def test_a_closed_standard_output_is_told() -> None:
    ended = spawn(["sh", "-c", '"$@" >&-', "sh", *MKWRITE, "review", "example"])
    assert ended.returncode == 1
    assert ended.stderr.endswith("mkwrite: standard output is closed; redirect it to a file, or name one with -o\n")


def test_a_closed_standard_error_does_no_harm() -> None:
    ended = spawn(["sh", "-c", '"$@" 2>&-', "sh", *MKWRITE, "rules"])
    assert ended.returncode == 0
    assert "check-below-operation" in ended.stdout


def test_a_character_that_the_terminal_cannot_show_is_no_failure() -> None:
    code = (
        "from reviewer import cli; import sys; sys.argv[1:] = ['--help']; c = cli.main(); print('\\u2192'); sys.exit(c)"
    )
    done = spawn([sys.executable, "-c", code], PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout[-7:]) == (0, "\\u2192\n")


@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGINT, 130, b"mkwrite: interrupted\n"), (signal.SIGTERM, 143, b"")]
)
def test_a_signal_during_a_fetch_ends_b4_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals, code: int, said: bytes
) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip(f"{number.name} is ignored here, as in a shell's background, and children inherit that")
    with faulty_server.running() as server:
        command = [*MKWRITE, "review", "--midmask", server.midmask("hang"), faulty_server.MSGID]
        env = {**os.environ, "TMPDIR": str(tmp_path)}
        with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            deadline = time.monotonic() + 30
            while not server.asked and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.05)
            process.send_signal(number)
            _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert b"Traceback" not in err
    assert err.endswith(said)
    assert list(tmp_path.iterdir()) == []


def test_without_standard_error_nothing_goes_to_standard_output() -> None:
    done = spawn(["sh", "-c", 'exec "$@" 2>&-', "sh", *MKWRITE, "review", "./no-such-file"])
    assert (done.returncode, done.stdout) == (1, "")


def test_the_version_is_printed() -> None:
    done = mkwrite("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("mkwrite ")


# Imports: what a command does not need it must not load.
HEAVY = {"b4", "liblore", "requests", "tree_sitter", "jinja2", "rich", "sqlite3", "platformdirs", "importlib.metadata"}


def loaded(*arguments: str) -> tuple[int, set[str]]:
    """Exit code and modules in memory after the command."""
    code = (
        "import sys, io, json\nfrom reviewer.cli import main\n"
        "out, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO(), 'utf-8')\n"
        "code = main()\nprint(json.dumps([code, sorted(sys.modules)]), file=out)"
    )
    done = spawn([sys.executable, "-c", code, *arguments])
    assert done.stdout, done.stderr
    found, modules = json.loads(done.stdout)
    return found, set(modules)


def test_help_imports_no_command_and_nothing_heavy() -> None:
    code, modules = loaded("--help")
    assert code == 0
    assert modules & (HEAVY | {"reviewer.review", "msgspec", "email", "unidiff"}) == set()
    assert [m for m in modules if m.startswith("reviewer.commands.")] == []


def test_a_json_review_of_a_file_imports_nothing_heavy() -> None:
    code, modules = loaded("review", str(ROOT / "reviewer" / "example" / "thread.mbox"), "--format", "json")
    assert code == 0
    assert modules & HEAVY == set()


# What the table of commands says.


@pytest.mark.parametrize("name", group.COMMANDS)
def test_the_line_in_the_list_is_the_commands_own(name: str) -> None:
    context = click.Context(group.group)
    command = group.group.get_command(context, name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(200) == group.COMMANDS[name][1]
    assert command.help


@pytest.mark.parametrize("name", group.COMMANDS)
def test_every_command_has_help_and_describes_every_option(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ends(capsys, name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: mkwrite {name}")
    command = group.group.get_command(click.Context(group.group), name)
    assert command is not None
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert [p.name for p in options if not p.help and not isinstance(p.type, click.Choice)] == []


# A review that has nothing to parse does without click.


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["review", "x"], ("x", "terminal")),
        (["review", "x", "--format", "json"], ("x", "json")),
        (["review", "--format", "json", "x"], ("x", "json")),
        (["review", "--format", "x"], None),
        (["review", "x", "--format"], None),
        (["review", "x", "--format", "poem"], None),
        (["review", "x", "--format=json"], None),
        (["review", "-"], None),
        (["review", "-n"], None),
        (["review", ""], None),
        (["review"], None),
        (["review", "x", "y"], None),
        (["review", "--", "x"], None),
        (["diff", "x"], None),
        ([], None),
    ],
)
def test_a_source_and_a_format_are_read_without_click(words: list[str], read: tuple[str, str] | None) -> None:
    assert cli.plain_review(words) == read


@pytest.mark.parametrize("format_", [[], ["--format", "json"]])
def test_a_plain_review_is_what_click_makes_of_it(format_: list[str]) -> None:
    plain, parsed = mkwrite("review", "example", *format_), mkwrite("review", "-n", "example", *format_)
    assert plain.returncode == parsed.returncode == 0
    assert plain.stdout == parsed.stdout


def test_a_plain_review_does_not_import_click() -> None:
    code, modules = loaded("review", "example", "--format", "json")
    assert code == 0
    assert modules & {"click", "gettext"} == set()
