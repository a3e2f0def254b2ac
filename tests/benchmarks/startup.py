"""CPU time and peak memory of whole processes, beside b4 on the same thread: `python -m tests.benchmarks.startup`.

Each command runs nine times in turn with the others, the least CPU time (user and system, children included) counts.
The memory of a process smaller than this one shows as this one's: the kernel counts what it had before exec.

"as installed" is a review without typing_extensions: mypy and other tools of developers bring it, nothing that mkwrite
needs does, and msgspec takes it, with half of the standard library's tools for source code, wherever it is.
"""

import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from reviewer import cut, sources
from tests.reviewer.process import MKWRITE, ROOT

SEED = ROOT.parent / "shared" / "corpus" / "dev" / "mbox" / "t000.mbox"
EXAMPLE = ROOT / "reviewer" / "example" / "thread.mbox"
ROUNDS = 9
INSTALLED = [
    sys.executable,
    "-c",
    "import sys; sys.modules['typing_extensions'] = None; from reviewer.cli import script; script()",
]


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    code: int
    cpu: float  # seconds
    memory: float  # MiB, peak resident


def measure(command: list[str], directory: Path) -> Cost:
    """Run a command with its output thrown away and read its own resource usage (os.wait4)."""
    env = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        **{name: str(directory) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")},
        "PYTHONPATH": str(ROOT),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "b4.attestation-policy",
        "GIT_CONFIG_VALUE_0": "off",
    }
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, stream) for stream in (0, 1, 2)]
    try:
        pid = os.posix_spawn(command[0], command, env, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
    finally:
        os.close(null)
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(code=os.waitstatus_to_exitcode(status), cpu=cpu, memory=usage.ru_maxrss / 1024)


def own_peak() -> float:
    """The peak of this process, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def commands(mbox: Path) -> dict[str, list[str]]:
    msgid = cut.head(sources.read(str(mbox)).raws[0][0]).msgid
    found = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "mkwrite --help": [*MKWRITE, "--help"],
        f"mkwrite review {mbox.name} --format json": [*MKWRITE, "review", str(mbox), "--format", "json"],
        f"mkwrite review {mbox.name} --format json, as installed": [
            *INSTALLED,
            "review",
            str(mbox),
            "--format",
            "json",
        ],
        f"mkwrite review {mbox.name}": [*MKWRITE, "review", str(mbox)],
    }
    b4 = shutil.which(Path(sys.executable).parent / "b4") or shutil.which("b4")
    if b4:
        for where in (".", "/dev/null"):  # b4 0.16 ends with an error at the second, after most of its work
            words = [b4, "-n", "--offline-mode", "am", "-o", where, "-m", str(mbox), msgid]
            found[f"b4 -n --offline-mode am -o {where} -m {mbox.name} MSGID"] = words
    return found


def costs(
    wanted: Mapping[str, list[str]],
    rounds: int = ROUNDS,
    enough: Callable[[Mapping[str, Cost]], bool] = lambda _: False,
) -> dict[str, Cost]:
    """The least CPU time and the largest memory of each command, after all rounds or when `enough` says so of them."""
    runs: dict[str, list[Cost]] = {name: [] for name in wanted}
    found: dict[str, Cost] = {}
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)  # outside any git tree, for b4's sake
        try:
            for _ in range(rounds):
                for name, words in wanted.items():
                    runs[name].append(measure(words, Path(directory)))
                found = {name: _least(costs) for name, costs in runs.items()}
                if enough(found):
                    break
        finally:
            os.chdir(here)
    return found


def _least(runs: list[Cost]) -> Cost:
    return Cost(code=max(c.code for c in runs), cpu=min(c.cpu for c in runs), memory=max(c.memory for c in runs))


if __name__ == "__main__":
    mbox = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else SEED if SEED.exists() else EXAMPLE
    for name, cost in costs(commands(mbox)).items():
        failed = f"   exit {cost.code}" if cost.code else ""
        print(f"{cost.cpu * 1000:6.0f} ms CPU {cost.memory:6.1f} MiB   {name}{failed}")
