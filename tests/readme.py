"""Renews the report in README.md: `python -m tests.readme`."""

from tests.reviewer.process import ROOT, mkwrite

README = ROOT / "README.md"
BEGIN = "<!-- output: mkwrite review example -->\n```\n"
END = "```\n<!-- end of output -->"
MOST_LINES = 36


def report() -> str:
    """The first lines of the report on the bundled example, as a pipe gets it."""
    done = mkwrite("review", "example")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    left = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([f"[... {left} more lines]"] if left > 0 else []), ""])


def shown(readme: str) -> str:
    """What README.md shows between its marks."""
    return readme.partition(BEGIN)[2].partition(END)[0]


def renewed(readme: str, text: str) -> str:
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, "README.md lost its marks"
    assert end, "README.md lost its marks"
    return before + begin + text + end + after


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8"), report()), encoding="utf-8")
