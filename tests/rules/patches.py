"""Small changes for the tests of guards and rules: written as hunks, read as reviewer.change would."""

from rules.change import Change, ChangedFile, ChangedHunk, ChangedLine

SUBJECT = "toyfs: change something"
TOYFS = "fs/toyfs/file.c"


def hunk(text: str, *functions: str, file: str = TOYFS, start: int = 100) -> ChangedHunk:
    """A hunk from diff text: the first character of each line is its sign; a line with no sign is context."""
    lines = []
    old = new = start
    for raw in text.strip("\n").split("\n"):
        sign = raw[:1] if raw[:1] in "+-" else " "
        lines.append(
            ChangedLine(
                sign=sign,  # type: ignore[arg-type]
                text=raw[1:],
                old=None if sign == "+" else old,
                new=None if sign == "-" else new,
            )
        )
        old += sign != "+"
        new += sign != "-"
    header = f"static int {functions[0]}(struct page *page)" if functions else ""
    return ChangedHunk(file=file, header=header, lines=tuple(lines), functions=functions, found_by="header")


def change(*hunks: ChangedHunk, subject: str = SUBJECT, **fields: object) -> Change:
    """A change of these hunks, grouped by file."""
    files = tuple(
        ChangedFile(
            path=name,
            old_path=name,
            status="modified",
            old_blob="",
            new_blob="",
            hunks=tuple(one for one in hunks if one.file == name),
        )
        for name in dict.fromkeys(one.file for one in hunks)
    )
    return Change(subject=subject, date="2026-11-12", files=files, **fields)  # type: ignore[arg-type]


def patch(
    text: str, *functions: str, file: str = "fs/toyfs/file.c", subject: str = SUBJECT, **fields: object
) -> Change:
    """A change of one hunk."""
    return change(hunk(text, *functions, file=file), subject=subject, **fields)
