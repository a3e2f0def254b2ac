"""Children: what they get, and that none outlives its limits."""

import os
import sys
import time
from pathlib import Path

import pytest

from reviewer import programs
from reviewer.programs import Limits


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def ends(pid: int) -> bool:
    """Whether the process is gone, or a zombie, within two seconds: a signal takes its time to arrive."""
    for _ in range(100):
        try:
            if ") Z" in Path(f"/proc/{pid}/stat").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def test_what_a_program_writes_and_how_it_ends_is_returned() -> None:
    done = programs.run(python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(4)"))
    assert (done.code, done.stdout, done.stderr, done.stopped) == (4, b"out\n", b"err\n", "")


def test_arguments_reach_the_program_without_a_shell() -> None:
    words = ["$(touch PWNED)", "; ls", "-h", "a b", "*"]
    done = programs.run(python("import sys; print(sys.argv[1:])", *words))
    assert done.stdout.decode().strip() == str(words)


def test_standard_input_is_empty() -> None:
    assert programs.run(python("import sys; print(repr(sys.stdin.read()))")).stdout == b"''\n"


def test_a_program_that_does_not_exist_is_the_callers_case() -> None:
    with pytest.raises(FileNotFoundError):
        programs.run(["no-such-program-here"])


def test_a_program_that_runs_too_long_is_ended() -> None:
    began = time.monotonic()
    done = programs.run(python("print('begun', flush=True); import time; time.sleep(60)"), limits=Limits(seconds=0.5))
    assert (done.stopped, done.stdout) == ("timeout", b"begun\n")
    assert time.monotonic() - began < 5


def test_one_that_closes_its_output_and_sleeps_is_ended_too() -> None:
    code = "import os, time; os.close(1); os.close(2); time.sleep(60)"
    assert programs.run(python(code), limits=Limits(seconds=0.5)).stopped == "timeout"


def test_a_short_answer_is_all_that_a_program_writes() -> None:
    code = "import sys; print('x' * 100_000); print(sys.stdin.read()); print('err', file=sys.stderr)"
    assert programs.answer(python(code)) == b"x" * 100_000 + b"\n\n"
    with pytest.raises(FileNotFoundError):
        programs.answer(["no-such-program-here"])


@pytest.mark.parametrize("code", ["print('begun', flush=True)", "import os; os.close(1)"])
def test_an_answer_that_takes_too_long_is_none(code: str) -> None:
    began = time.monotonic()
    assert programs.answer(python(f"{code}; import time; time.sleep(60)"), seconds=0.5) == b""
    assert time.monotonic() - began < 5


def test_what_a_program_started_ends_with_it() -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True); time.sleep(float(sys.argv[1]))"
    )
    for sleep in ("60", "0"):  # ended by us; ended by itself, with the child left behind
        done = programs.run(python(code, sleep), limits=Limits(seconds=1.5))
        assert ends(int(done.stdout))


def test_one_that_writes_too_much_is_ended() -> None:
    code = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    done = programs.run(python(code), limits=Limits(seconds=30, output=1_000_000))
    assert done.stopped == "too-big"
    assert len(done.stdout) < 2_000_000


def test_files_in_the_watched_directory_count_together(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time\n"
        "for n in range(100): (pathlib.Path(sys.argv[1]) / str(n)).write_bytes(b'x' * 50_000); time.sleep(0.02)"
    )
    limits = Limits(seconds=30, output=500_000)
    assert programs.run(python(code, str(tmp_path)), limits=limits, directory=tmp_path).stopped == "too-big"


@pytest.mark.skipif(sys.platform != "linux", reason="limits from outside need Linux' prlimit")
def test_memory_and_file_size_are_limited(tmp_path: Path) -> None:
    code = "import time; time.sleep(0.2); bytearray(600_000_000)"
    done = programs.run(python(code), limits=Limits(memory=300 * programs.MIB))
    assert done.code != 0
    assert b"MemoryError" in done.stderr
    code = "import sys, time; time.sleep(0.2); open(sys.argv[1], 'wb').write(b'x' * 3_000_000)"
    done = programs.run(python(code, str(tmp_path / "f")), limits=Limits(output=1_000_000))
    assert done.code != 0
    assert (tmp_path / "f").stat().st_size <= 1_000_000


def test_a_program_has_a_process_group_of_its_own() -> None:
    done = programs.run(python("import os; print(os.getpgid(0) == os.getpid())"))
    assert done.stdout == b"True\n"


def test_a_stream_is_read_as_it_comes_and_the_program_ends_with_the_block() -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with programs.stream(python(code), seconds=30) as output:
        pid = int(output.readline())
        assert Path(f"/proc/{pid}").exists()
    assert ends(pid)


def test_a_stream_that_never_ends_is_cut_by_the_clock() -> None:
    with programs.stream(python("import time; time.sleep(60)"), seconds=0.5) as output:
        assert output.read() == b""


def test_gits_variables_do_not_reach_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    env = programs.clean_environment(LC_ALL="C")
    assert "GIT_DIR" not in env
    assert env["LC_ALL"] == "C"
    assert env["HOME"] == os.environ["HOME"]
