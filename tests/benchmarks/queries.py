"""What a question costs after the model is loaded: `python -m tests.benchmarks.queries [VERSION...]`.

Milliseconds of CPU for `path`, `op` and `state`, output included: "first" as the first question of a process, "later"
the second time round, after the others. The modules are imported and the model is loaded before the clock starts.
"""

import contextlib
import gc
import io
import os
import sys
import time

import click

from reviewer.commands import op, path, state
from rules import store

# Asked of functions that the kernel has; the names are those of the fault path through the versions.
QUESTIONS: tuple[tuple[click.Command, tuple[str, ...]], ...] = (
    (op.command, ("vm_operations_struct.page_mkwrite",)),
    (op.command, ("vm_operations_struct.fault",)),
    (op.command, ("address_space_operations.writepages",)),
    (path.command, ("iomap_page_mkwrite",)),
    (path.command, ("do_wp_page",)),
    (path.command, ("filemap_fault",)),
    (path.command, ("iomap_writepages",)),
    (state.command, ("uptodate", "--clear")),
    (state.command, ("error", "--set")),
    (state.command, ("mapping_error",)),
)


def spent(command: click.Command, words: tuple[str, ...], version: str) -> float:
    """Milliseconds of CPU."""
    began = time.process_time()
    answer = io.BytesIO()
    # Standard output has an encoding; of one without, click asks which one is meant, which imports a codec.
    with contextlib.redirect_stdout(io.TextIOWrapper(answer, "utf-8", write_through=True)):
        command.main([*words, "--kernel", version], standalone_mode=False)
    if not answer.getvalue():
        raise ValueError(f"no answer to {command.name} {' '.join(words)}")
    return (time.process_time() - began) * 1000


def loaded(version: str) -> float:
    """Milliseconds to load a model, with the modules that the questions need imported."""
    from reviewer.commands import opening  # noqa: F401
    from rules import chains, concepts, met, operations, pathfiles, states  # noqa: F401

    began = time.process_time()
    store.load(version)
    return (time.process_time() - began) * 1000


def first(question: int, version: str) -> float:
    """Of a process of its own, which is a copy of this one before it loads anything."""
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        loaded(version)
        os.write(send, str(spent(*QUESTIONS[question], version)).encode())
        os._exit(0)
    os.close(send)
    os.waitpid(child, 0)
    with os.fdopen(receive) as answer:
        return float(answer.read())


def main() -> int:
    gc.disable()  # as the command line does
    for version in sys.argv[1:] or ("5.10", "6.12"):
        cold = [min(first(question, version) for _ in range(3)) for question in range(len(QUESTIONS))]
        print(f"{version}: loaded in {loaded(version):.1f} ms")
        for _ in range(2):
            warm = [spent(command, words, version) for command, words in QUESTIONS]
        for (command, words), before, after in zip(QUESTIONS, cold, warm, strict=True):
            print(f"  {command.name:6} {' '.join(words):38} first {before:6.1f} ms, later {after:6.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
