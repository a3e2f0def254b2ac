"""`mkwrite diff`: the patch as git shows it, with the review under the lines that it is about.

Two columns stand before each line of a hunk: `|` when a path that mkwrite knows reaches the changed function, blank
when none does. Above the hunk stands that path, with the checks that are met before. What is not the patch's starts
with `>>` in those columns, so that `grep -v '^>>'` gives the patch back, each line moved by two.
"""

from reviewer.neutral import plain
from reviewer.neutral import terminal as inert
from reviewer.render import columns, headline, hunkview, worddiff, words
from reviewer.render.columns import Line, cut, fold, one_line, width
from reviewer.render.hunkview import Choice, DiffView, FileView, HunkView, PatchView, Row
from reviewer.render.terminal import STYLES, painted, pieces
from reviewer.render.words import Spans
from reviewer.review import HunkPlace, Objection, Review
from threads.model import FileDiff, Point

_NOTE = ">> "
_CODE = {"+": "green", "-": "red", " ": ""}
_MARKED = {"+": "bold reverse green", "-": "bold reverse red", " ": ""}


def render(review: Review, choice: Choice | None = None, *, room: int | None = None, color: bool = False) -> str:
    """The annotated diff as text. `room` is the width of a terminal, in which code is folded; None leaves it whole."""
    choice = choice or Choice()
    layout = _Layout(review, room, color, choice.file)
    return painted(layout.lines(hunkview.build(review, choice)), color)


class _Layout:
    """Lines of one rendering: what every function below needs to know."""

    def __init__(self, review: Review, room: int | None, color: bool, part: str = "") -> None:
        self.review = review
        self.room = room
        self.notes = min(room or 80, 100)
        self.color = color
        self.part = part

    def lines(self, view: DiffView) -> list[Line]:
        found: list[Line] = fold([(plain(words.subject(self.review)), "bold")], self.notes)
        found += fold([(plain(self.review.verdict), "bold")], self.notes)
        found.append([])
        for patch in view.patches:
            found += self.patch(patch, alone=len(view.patches) == 1)
        if not view.patches:
            part = plain(self.part)
            said = f"No file of the patch has {part} in its path." if part else "No patch was found in this thread."
            found += fold([(said, "")], self.notes)
        if view.loose:
            found += [[], [("Points that hang on no line above", "bold")]]
            for point in view.loose:
                found += self.point(point, with_place=True)
        return found

    def patch(self, view: PatchView, alone: bool) -> list[Line]:
        found: list[Line] = []
        if not alone:
            number = f"{view.patch.number}/{view.patch.total} " if view.patch.total > 1 else ""
            found += fold([(f"{number}{plain(view.patch.subject)}", "bold")], self.notes)
        for line, points in view.message:
            found += [[("      ", ""), *part] for part in self.folded([(columns.expand(inert(line)), "")], 6)]
            for point in points:
                found += self.point(point)
        for file in view.files:
            found += [[], *self.file(file)]
        return [*found, []] if found else found

    def file(self, view: FileView) -> list[Line]:
        found = [[("  ", ""), (line, "bold")] for line in file_header(view.file)]
        if view.file.note:
            found += self.note([(plain(view.file.note), "yellow")])
        for point in view.points:
            found += self.point(point, with_place=True)
        for objection in view.objections:
            found += self.objection(objection)
        last: tuple[HunkPlace, ...] = ()
        for hunk in view.hunks:
            if hunk.places != last:
                for place in hunk.places:
                    found += self.place(place)
            last = hunk.places
            found += self.hunk(hunk)
        return found

    def place(self, place: HunkPlace) -> list[Line]:
        """Where on the path the hunk stands, and what was checked before."""
        if not place.on_paths:
            why = f": {place.note}" if place.note else "" if place.known else ": the model does not know it"
            return self.note([(plain(f"{place.function}() is on no known path{why}"), "dim")])
        found = self.note([(plain(f"{place.function}() {headline.where(place)}"), "bold cyan")])
        chain = hunkview.chain_of(place)
        if chain is not None:
            found += self.note(pieces(words.chain_spans(chain)), "  ")
            found += self.note(pieces(words.met_spans(chain, short=True)), "  ")
        return found

    def hunk(self, view: HunkView) -> list[Line]:
        (old, old_count), (new, new_count) = view.old, view.new
        header = plain(view.hunk.header)
        bar = "| " if any(place.on_paths for place in view.places) else "  "
        start = f"@@ -{_range(old, old_count)} +{_range(new, new_count)} @@"
        shown = header if self.room is None else cut(header, max(self.room - width(bar + start) - 1, 8))
        found: list[Line] = [[(bar, "cyan"), (start, "cyan"), (f" {shown}" if shown else "", "")]]
        for point in view.points:
            found += self.point(point, with_place=True)
        marks = worddiff.changed([row.line for row in view.rows])
        for number, row in enumerate(view.rows):
            found += self.row(row, bar, marks.get(number, ()))
        return found

    def row(self, row: Row, bar: str, marks: worddiff.Spans) -> list[Line]:
        found = self.code(row, bar, marks)
        if marks and row.line.sign == "+" and not self.color and len(found) == 1:
            carets = _carets(row.line.text, marks)
            if carets:
                found.append([(_NOTE, ""), (carets, "")])
        for point in row.points:
            found += self.point(point)
        for objection in row.objections:
            found += self.objection(objection)
        return found

    def code(self, row: Row, bar: str, marks: worddiff.Spans) -> list[Line]:
        sign = row.line.sign
        line: Line = [(sign, _CODE[sign])]
        column = 0
        for text, marked in worddiff.parts(row.line.text, marks):
            shown = columns.expand(inert(text).replace("\n", "<U+000A>"), column)
            column += width(shown)
            line.append((shown, (_MARKED if marked else _CODE)[sign]))
        return [[(bar, "cyan"), *part] for part in self.folded(line, 2)]

    def folded(self, line: Line, margin: int) -> list[Line]:
        """A line that is not to be broken at blanks, as the terminal has room beside `margin` cells."""
        return [line] if self.room is None else _folded(line, self.room - margin)

    def point(self, point: Point, with_place: bool = False) -> list[Line]:
        """One point: id, status, who, one line of quote; where it hangs when it does not stand there."""
        style = STYLES.get(point.status, "")
        head: Line = [
            (f"{plain(point.id)} ", "bold"),
            (f"[{point.status}] ", style),
            (f"{plain(str(point.author))}: ", "bold"),
        ]
        used = sum(width(text) for text, _ in head) + len(_NOTE)
        head.append((f'"{cut(plain(words.passage(self.review, point)), max(self.notes - used - 2, 20))}"', ""))
        found = self.note(head)
        if with_place:
            found += self.note(one_line(pieces(words.hangs_on(self.review, point.anchor)), self.notes - 7), "    ")
        return found

    def objection(self, one: Objection) -> list[Line]:
        head: Spans = (words.Span("strong", one.title), words.text(f" [{one.rule}] "))
        link = words.rule_link(one.raised_by)
        said = (words.text(": " + words.shortened(one.text, 200)), *words.places(one.places, 2))
        return self.note([("rule: ", "magenta"), *pieces((*head, *link, *said))])

    def note(self, line: Line, indent: str = "") -> list[Line]:
        return fold(line, self.notes, _NOTE + indent, _NOTE + indent + "  ", mark="dim")


def file_header(file: FileDiff) -> list[str]:
    """The lines that git writes before the hunks of a file."""
    old, new = plain(file.old_path or file.path), plain(file.path)
    lines = [f"diff --git a/{old} b/{new}"]
    if file.status == "added":
        lines.append("new file")
    elif file.status == "removed":
        lines.append("deleted file")
    elif file.status in ("renamed", "copied"):
        word = "rename" if file.status == "renamed" else "copy"
        lines += [f"{word} from {old}", f"{word} to {new}"]
    if file.old_blob or file.new_blob:
        lines.append(f"index {plain(file.old_blob)}..{plain(file.new_blob)}")
    if file.status == "binary":
        lines.append(f"Binary files a/{old} and b/{new} differ")
    elif file.hunks:
        lines.append("--- /dev/null" if file.status == "added" else f"--- a/{old}")
        lines.append("+++ /dev/null" if file.status == "removed" else f"+++ b/{new}")
    return lines


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"


def _carets(text: str, marks: worddiff.Spans) -> str:
    """A line that points at the marked parts of the line above it, which begins one column before the margin ends.

    Blanks are not pointed at: where only they changed it is empty.
    """
    shown = []
    column = 0
    for piece, marked in worddiff.parts(text, marks):
        cells = width(columns.expand(inert(piece), column))
        shown.append(("^" if marked and piece.strip() else " ") * cells)
        column += cells
    return "".join(shown).rstrip()


def _folded(line: Line, room: int) -> list[Line]:
    """Code in lines of at most `room` cells; what goes on is marked by a backslash at the start of the next line."""
    if sum(width(text) for text, _ in line) <= room:
        return [line]
    found: list[Line] = [[]]
    left = room
    for text, style in line:
        while width(text) > left:
            head, text = columns.split(text, left) if left > 0 else ("", text)  # noqa: PLW2901 -- eaten from the left
            found[-1].append((head, style))
            found.append([("\\ ", "dim")])
            left = room - 2
        found[-1].append((text, style))
        left -= width(text)
    return found
