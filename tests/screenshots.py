"""Pictures for the README: `python -m tests.screenshots [DIRECTORY]`.

The terminal page and the annotated diff are run in a pseudo-terminal of 80 columns, as a user runs them; what comes out
is drawn as an SVG here. The HTML report is a picture of a real browser, and is left out where there is none.
"""

import fcntl
import html
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.reviewer.browser import chromium

DIRECTORY = Path(__file__).parent / "pictures"
COLUMNS = 80
MOST_ROWS = 46  # of a picture
COMMANDS = {"review": ["review", "example"], "diff": ["diff", "example"]}
COLORS = {31: "#e06c75", 32: "#98c379", 33: "#e5c07b", 34: "#61afef", 35: "#c678dd", 36: "#56b6c2"}
INK, PAPER = "#dcdfe4", "#1e2127"
SGR = re.compile(r"\x1b\[([0-9;]*)m")


def run_in_terminal(arguments: list[str], columns: int = COLUMNS, **environment: str) -> str:
    """What a command writes to a terminal of this width, with the codes that it writes."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewer.cli", *arguments],
        stdin=slave, stdout=slave, stderr=subprocess.DEVNULL, env={**kept, "TERM": "xterm-256color", **environment},
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    os.close(slave)
    found = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        found += part
    os.close(master)
    if process.wait():
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}")
    return found.decode("utf-8").replace("\r\n", "\n")


def svg(command: str, output: str, columns: int = COLUMNS) -> str:
    """The output as a picture of a terminal: text, so that it is sharp and can be read by a program."""
    shown = output.rstrip("\n").split("\n")
    left = len(shown) - MOST_ROWS
    more = [f"\x1b[2m[... {left} more lines]\x1b[0m"] if left > 0 else []
    rows = [f"\x1b[2m$ \x1b[0m\x1b[1m{command}\x1b[0m", *shown[:MOST_ROWS], *more]
    width, height = columns * 8.43 + 28, len(rows) * 18 + 26
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}"'
        f' viewBox="0 0 {width:.0f} {height}">',
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14"'
        f' fill="{INK}">',
    ]
    for number, row in enumerate(rows):
        lines.append(f'<text x="14" y="{number * 18 + 26}">{_spans(row)}</text>')
    return "\n".join([*lines, "</g>", "</svg>"]) + "\n"


def _spans(row: str) -> str:
    """Text with colour codes as tspans. The codes are those of `reviewer.render.terminal`, all of 16 colours."""
    found, codes = [], set[int]()
    parts = SGR.split(row)
    for index, part in enumerate(parts):
        if index % 2:
            for code in (int(one or 0) for one in part.split(";")):
                codes = set() if code == 0 else codes | {code}
        elif part:
            style = [f'fill="{COLORS[code]}"' for code in codes if code in COLORS]
            style += ['font-weight="bold"'] if 1 in codes else []
            style += ['opacity="0.6"'] if 2 in codes else []
            style += ['text-decoration="underline"'] if 7 in codes else []
            text = html.escape(part).replace(" ", "\u00a0")  # blanks of a row are kept
            found.append(f"<tspan {' '.join(style)}>{text}</tspan>" if style else text)
    return "".join(found)


def main() -> int:
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else DIRECTORY
    directory.mkdir(parents=True, exist_ok=True)
    for name, arguments in COMMANDS.items():
        picture = svg(f"mkwrite {' '.join(arguments)}", run_in_terminal(arguments))
        (directory / f"{name}.svg").write_text(picture, encoding="utf-8")
    reason = chromium.missing()
    if reason:
        print(f"no picture of the HTML report: {reason}", file=sys.stderr)
        return 0
    report = directory / "review.html"
    subprocess.run(
        [sys.executable, "-m", "reviewer.cli", "review", "example", "--format", "html", "-o", str(report)], check=True
    )
    with chromium.started(width=1280, height=1000) as driver:
        chromium.opened(driver, report)
        chromium.screenshot(driver, directory / "html.png")
        driver.execute_script("document.getElementById('diff').scrollIntoView()")
        chromium.screenshot(driver, directory / "html-diff.png")
    report.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
