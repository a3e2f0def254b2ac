"""What hangs on lines of files: review points and objections with path, line and words, for tools that show such."""

from msgspec import Struct

from reviewer.render import hunkview, words
from reviewer.render.hunkview import Choice, FileView, Row
from reviewer.review import Objection, Review
from threads.model import Point


class OnLine(Struct, frozen=True):
    path: str
    line: int  # in the new file; for a removed line the line that now stands in its place
    point: Point | None
    objection: Objection | None
    removed: bool


def find(review: Review) -> tuple[OnLine, ...]:
    """Everything that hangs on a line of the reviewed patches, in their order."""
    found: list[OnLine] = []
    for patch in hunkview.build(review, Choice()).patches:
        for file in patch.files:
            for hunk in file.hunks:
                found += _hunk(file, hunk.rows, hunk.new[0])
    return tuple(found)


def _hunk(file: FileView, rows: tuple[Row, ...], start: int) -> list[OnLine]:
    found = []
    here = max(start, 1)
    for row in rows:
        removed = row.line.new is None
        here = row.line.new or here
        for point in row.points:
            found.append(OnLine(file.file.path, here, point, None, removed))
        for objection in row.objections:
            found.append(OnLine(file.file.path, here, None, objection, removed))
        here += not removed
    return found


def message(review: Review, one: OnLine) -> str:
    """What a tool shows at the line. The words of the mail stand in quotation marks."""
    if one.point is not None:
        point = one.point
        gone = " (about the line that is removed here)" if one.removed else ""
        said = words.shortened(words.passage(review, point), 400)
        waiting = f"; waiting for {point.waiting_for}" if point.waiting_for else ""
        return f'{point.id}, {point.status}: {point.author} says "{said}"{gone}{waiting}'
    objection = one.objection
    if objection is None:
        return ""
    raised = f"raised as {words.listed(objection.raised_by)}" if objection.raised_by else "not raised in the thread"
    return f"{objection.title}: {objection.text} ({raised})"
