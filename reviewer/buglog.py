"""The log of a bug of ours: a Markdown file in the user's state directory, without any text from mail.

An exception's message can hold mail text, so the log names exception types and our own code lines only.
"""

import platform
import sys
import time
import traceback
from pathlib import Path

KEPT = 20  # logs; older ones are removed


def write(error: BaseException, version: str) -> Path | None:
    """Write the log and return its path, or None where the state directory cannot be written."""
    import platformdirs

    try:
        directory = Path(platformdirs.user_state_dir("mkwrite"))
        directory.mkdir(parents=True, exist_ok=True)
        _remove_old(directory)
        path = directory / f"bug-{time.strftime('%Y%m%dT%H%M%S')}-{time.time_ns() % 10**9:09d}.md"
        path.write_text(text(error, version, sys.argv[1:2]), encoding="utf-8")
    except OSError:
        return None
    return path


def text(error: BaseException, version: str, command: list[str]) -> str:
    """The log as Markdown: versions, the command's name, and each exception of the chain with its frames."""
    parts = [
        "# mkwrite stopped because of a bug",
        "",
        f"- mkwrite {version}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"- command: `{''.join(command) if ''.join(command).isalpha() else '?'}` (arguments and mail text left out)",
    ]
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        parts += ["", f"## {type(cause).__module__}.{type(cause).__qualname__}", "", *_frames(cause)]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(parts) + "\n"


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    shown = frames if len(frames) <= 40 else [*frames[:20], *frames[-20:]]  # a RecursionError has a thousand
    return [f"    {f.filename}:{f.lineno} in {f.name}\n        {f.line}" for f in shown]


def _remove_old(directory: Path) -> None:
    for path in sorted(directory.glob("bug-*.md"))[: -KEPT + 1]:
        path.unlink(missing_ok=True)
