"""Review files that b4 imports: `.git/b4-review/<sha of the review branch's tip>/`.

identity.txt names who reviews, series.txt is the note on the series, 0001.txt and so on are the notes on the patches:
a note, then the patch with every line behind "> " and comments between the lines. b4 merges them into its tracking
data the next time the branch is opened, and removes the directory. What people said is attributed inside the comments,
because b4 takes one identity for all of them.
"""

import re
from pathlib import Path

from reviewer import programs
from reviewer.errors import Failure, unwritable
from reviewer.neutral import plain, terminal
from reviewer.render import difftext, headline, hunkview, links, words
from reviewer.render.columns import fold
from reviewer.render.hunkview import Choice, DiffView, FileView, PatchView
from reviewer.review import Objection, Review
from threads.model import Point

IDENTITY = "mkwrite <mkwrite@localhost>"
_IDENTITY = re.compile(r"[^<>@\s][^<>\n]{0,200} <[^<>\s@]{1,64}@[^<>\s@]{1,200}>")
_ROOM = 72  # columns of a line in a mail


def files(review: Review, identity: str = IDENTITY) -> dict[str, str]:
    """File names with their texts. Raises Failure for an identity that b4 would not take."""
    if not _IDENTITY.fullmatch(identity) or not identity.isprintable():
        raise Failure(f"not a name and address: {plain(identity)[:100]}", f'give one like "{IDENTITY}"', "bad-identity")
    view = hunkview.build(review, Choice())
    found = {"identity.txt": identity + "\n", "series.txt": _series(review, view)}
    for patch in view.patches:
        if 1 <= patch.patch.number <= 9999:
            found[f"{patch.patch.number:04}.txt"] = _patch(review, patch)
    return found


def write(texts: dict[str, str], tree: Path, branch: str) -> Path:
    """Write the files for the tip of `branch` in the git tree at `tree`. Raises Failure."""
    directory = _directory(tree, branch)
    try:
        directory.mkdir(parents=True)
        for name, text in texts.items():
            (directory / name).write_text(text, encoding="utf-8", errors="replace")
    except FileExistsError as error:
        raise Failure(f"{directory} exists already", "let b4 import it, or remove it", "exists") from error
    except OSError as error:
        raise unwritable(directory, error) from error
    return directory


def _directory(tree: Path, branch: str) -> Path:
    git = tree / ".git"
    if not git.is_dir():
        raise Failure(f"{tree} is not the top of a git tree", "name it with -C, as b4 needs it", "no-tree")
    command = ["git", "-c", "core.fsmonitor=false", "rev-parse", "--verify", "--quiet", "--end-of-options", branch]
    try:
        done = programs.run(command, cwd=tree)
    except OSError as error:
        raise Failure("git is not installed", "install it", "no-git") from error
    sha = done.stdout.decode("ascii", "replace").strip()
    if done.code or not re.fullmatch(r"[0-9a-f]{40,64}", sha):
        raise Failure(f"{tree} has no branch {plain(branch)[:100]}", "`b4 review` makes b4/review/ID", "no-branch")
    return git / "b4-review" / sha


def _series(review: Review, view: DiffView) -> str:
    lines = [plain(review.verdict), ""]
    for sentence in headline.changes(review):
        lines += _wrapped("".join(span.text for span in sentence))
    for point in view.loose:
        lines += ["", *_comment(review, point)]
    for cover in (one for one in view.patches if one.patch.number == 0):
        for point in (point for _, points in cover.message for point in points):
            lines += ["", *_comment(review, point)]
    return "\n".join(lines) + "\n"


def _patch(review: Review, view: PatchView) -> str:
    hanging = [point for _, points in view.message for point in points]
    hanging += [point for file in view.files for point in file.points]
    hanging += [point for file in view.files for hunk in file.hunks for point in hunk.points]
    total = len(hanging) + sum(len(row.points) for file in view.files for hunk in file.hunks for row in hunk.rows)
    lines = [words.count(total, "review point") + " on this patch"]
    for point in hanging:
        lines += ["", *_comment(review, point)]
    for file in view.files:
        for objection in file.objections:
            lines += ["", *_rule(objection)]
    lines.append("")
    for file in view.files:
        lines += _file(review, file)
    return "\n".join(lines) + "\n"


def _file(review: Review, view: FileView) -> list[str]:
    lines = [f"> {line}" for line in difftext.file_header(view.file)]
    for hunk in view.hunks:
        header = plain(hunk.hunk.header)
        ranges = f"@@ -{hunk.old[0]},{hunk.old[1]} +{hunk.new[0]},{hunk.new[1]} @@"
        lines.append(f"> {ranges} {header}".rstrip())
        for row in hunk.rows:
            lines.append(f"> {row.line.sign}{terminal(row.line.text)}".replace("\n", " "))
            comments = [_comment(review, point) for point in row.points] + [_rule(one) for one in row.objections]
            for number, comment in enumerate(comments):
                lines += [*([""] if number else []), *comment]
    return lines


def _comment(review: Review, point: Point) -> list[str]:
    """No line of it starts with ">", which b4 would take for the patch."""
    said = plain(words.passage(review, point))
    head = f'{plain(point.id)} ({point.kind}, {point.weight}), {point.status}: {plain(str(point.author))}: "{said}"'
    last = point.events[-1] if point.events else None
    lines = _wrapped(head)
    if last is not None:
        lines += _wrapped(f'  {last.type} by {plain(str(last.author))}: "{plain(words.event_quote(review, last))}"')
    if point.waiting_for:
        lines += _wrapped(f"  waiting for {plain(point.waiting_for)}")
    address = links.mail(review, point.msgid)
    return [*lines, f"  {address}"] if address else lines


def _rule(one: Objection) -> list[str]:
    raised = f"raised as {', '.join(one.raised_by)}" if one.raised_by else "not raised in the thread"
    return _wrapped(f"rule {one.rule}, {raised}: {one.title}. {one.text}")


def _wrapped(text: str) -> list[str]:
    start = "  " if text.startswith("  ") else ""
    return ["".join(piece for piece, _ in line) for line in fold([(plain(text), "")], _ROOM, start, "  ")]
