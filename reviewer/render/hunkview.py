"""The reviewed patches with what hangs on their lines: the join that the annotated diff of every format shows.

A point hangs where its anchor says. A point on another version's line goes to the same line of the reviewed version
when there is exactly one such line, and is shown above the file otherwise. Nothing is dropped: what hangs on no line of
the patches is in `loose`.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from reviewer.render import words
from reviewer.review import Chain, HunkPlace, Objection, Review
from rules.change import ChangedHunk
from threads.model import UNSETTLED, DiffLine, FileDiff, Hunk, Message, Patch, Point


class Row(Struct, frozen=True):
    line: DiffLine
    points: tuple[Point, ...]
    objections: tuple[Objection, ...]


class HunkView(Struct, frozen=True):
    hunk: Hunk  # old and new start and the header; its rows may be fewer than its lines
    rows: tuple[Row, ...]
    places: tuple[HunkPlace, ...]  # of the functions that it changes
    points: tuple[Point, ...]  # that name one of its functions
    old: tuple[int, int]  # start and count of what is shown
    new: tuple[int, int]


class FileView(Struct, frozen=True):
    file: FileDiff
    hunks: tuple[HunkView, ...]
    points: tuple[Point, ...]  # on lines of other versions of this file
    objections: tuple[Objection, ...]  # on no line that is shown


class PatchView(Struct, frozen=True):
    patch: Patch
    message: tuple[tuple[str, tuple[Point, ...]], ...]  # lines of the commit message with the points on them
    files: tuple[FileView, ...]


class DiffView(Struct, frozen=True):
    patches: tuple[PatchView, ...]
    loose: tuple[Point, ...]


class Choice(Struct, frozen=True):
    """What of the diff is wanted."""

    only_open: bool = False
    file: str = ""  # part of a path; patches without such a file are left out
    unified: int | None = None  # lines of context


def chain_of(place: HunkPlace) -> Chain | None:
    return place.chains[0] if place.chains else None


def build(review: Review, choice: Choice) -> DiffView:
    """The reviewed version's patches; without any the view is empty and all points are loose."""
    left = {point.id: point for point in review.points if not choice.only_open or point.status in UNSETTLED}
    series = words.reviewed_series(review)
    patches = ((series.cover,) if series and series.cover else ()) + (series.patches if series else ())
    shown: list[PatchView] = []
    joins = _Joins(review, patches, left)
    for patch in patches:
        files = tuple(_file(review, file, choice, joins) for file in patch.files if choice.file in file.path)
        if choice.file and not files:
            continue
        shown.append(PatchView(patch, _message(review.message(patch.msgid), patch, left), files))
    loose = left.values() if not choice.file else (one for one in left.values() if _about(one, choice.file))
    return DiffView(tuple(shown), tuple(loose))


def _about(point: Point, part: str) -> bool:
    return point.anchor is not None and point.anchor.kind == "diff" and part in point.anchor.file


class _LinePoints:
    """Which points hang on which diff line; each line is known by its object's identity in the series."""

    def __init__(self, patches: Sequence[Patch], points: Iterable[Point]) -> None:
        self._of: dict[Spot, list[Point]] = {}
        self.elsewhere: dict[str, list[Point]] = {}
        for point in points:
            anchor = point.anchor
            if anchor is None or anchor.kind != "diff":
                continue
            spot = _exact(patches, point) or _alike(patches, point)
            if spot is not None:
                self._of.setdefault(spot, []).append(point)
            else:
                self.elsewhere.setdefault(anchor.file, []).append(point)

    def at(self, file: int, hunk: int, line: int) -> tuple[Point, ...]:
        return tuple(self._of.get((file, hunk, line), ()))


Spot = tuple[int, int, int]  # identity of the file's diff, for a patch can name a file twice; hunk; line


class _LineNotes:
    """Which objections hang on which diff line: one that is changed rather than context, of the first patch that has
    the number. What is on no line hangs on its file. Each is shown once, whatever number of patches has the file."""

    def __init__(self, patches: Sequence[Patch], objections: Sequence[Objection]) -> None:
        wanted: dict[tuple[str, int], list[Objection]] = {}
        for one in objections:
            if one.line is not None:
                wanted.setdefault((one.file, one.line), []).append(one)
        self._of: dict[Spot, list[Objection]] = {}
        for changed in (True, False) if wanted else ():
            for file, spot, line in _spots(patches):
                number = line.old if line.sign == "-" else line.new
                if number is not None and (line.sign != " ") == changed and (file.path, number) in wanted:
                    self._of[spot] = wanted.pop((file.path, number))
        hanging = {id(one) for found in self._of.values() for one in found}
        self._elsewhere: dict[str, list[Objection]] = {}
        for one in objections:
            if id(one) not in hanging:
                self._elsewhere.setdefault(one.file, []).append(one)

    def at(self, file: int, hunk: int, line: int) -> tuple[Objection, ...]:
        return tuple(self._of.get((file, hunk, line), ()))

    def take(self, path: str) -> tuple[Objection, ...]:
        """Those of the file that are on no line, the first time that they are asked for."""
        return tuple(self._elsewhere.pop(path, ()))


class _Joins:
    """What hangs on the lines of the patches, each found once for all of them."""

    def __init__(self, review: Review, patches: Sequence[Patch], left: dict[str, Point]) -> None:
        self.left = left
        self.points = _LinePoints(patches, left.values())
        self.notes = _LineNotes(patches, review.objections)
        self._functions: dict[tuple[str, Numbers], tuple[str, ...]] = {}
        for file in review.change.files if review.change else ():
            for hunk in file.hunks:
                self._functions.setdefault((file.path, _numbers(hunk)), hunk.functions)

    def functions(self, file: FileDiff, hunk: Hunk) -> tuple[str, ...]:
        """The functions that a hunk changes: it is known by its line numbers."""
        return self._functions.get((file.path, _numbers(hunk)), ())


Numbers = tuple[tuple[int | None, int | None], ...]


def _numbers(hunk: Hunk | ChangedHunk) -> Numbers:
    return tuple((line.old, line.new) for line in hunk.lines)


def _spots(patches: Sequence[Patch]) -> Iterator[tuple[FileDiff, Spot, DiffLine]]:
    for patch in patches:
        for file in patch.files:
            for number, hunk in enumerate(file.hunks):
                for index, line in enumerate(hunk.lines):
                    yield file, (id(file), number, index), line


def _exact(patches: Sequence[Patch], point: Point) -> Spot | None:
    anchor = point.anchor
    for patch in patches:
        if anchor is None or anchor.msgid != patch.msgid or anchor.line is None:
            continue
        for file in patch.files:
            for number, hunk in enumerate(file.hunks):
                for index, line in enumerate(hunk.lines):
                    if line.mail_line == anchor.line:
                        return id(file), number, index
    return None


def _alike(patches: Sequence[Patch], point: Point) -> Spot | None:
    """The only line of the file that has the anchor's text, the sign counting when it decides."""
    anchor = point.anchor
    if anchor is None or not anchor.text.strip():
        return None
    spots = [
        (line.sign, (id(file), number, index))
        for patch in patches
        for file in patch.files
        if file.path == anchor.file
        for number, hunk in enumerate(file.hunks)
        for index, line in enumerate(hunk.lines)
        if line.text.strip() == anchor.text.strip()
    ]
    same_sign = [spot for sign, spot in spots if sign == anchor.sign]
    if len(same_sign) == 1:
        return same_sign[0]
    return spots[0][1] if len(spots) == 1 else None


def _message(
    message: Message | None, patch: Patch, left: dict[str, Point]
) -> tuple[tuple[str, tuple[Point, ...]], ...]:
    if message is None:
        return ()
    first, end = patch.message_lines
    lines = message.lines[first:end]
    hanging: dict[int, list[Point]] = {}
    for point in list(left.values()):
        anchor = point.anchor
        if anchor is None or anchor.kind not in ("message", "cover") or anchor.msgid != patch.msgid:
            continue
        if anchor.line is not None and first <= anchor.line < end:
            hanging.setdefault(anchor.line - first, []).append(left.pop(point.id))
    return tuple((line, tuple(hanging.get(number, ()))) for number, line in enumerate(lines))


def _file(review: Review, file: FileDiff, choice: Choice, joins: _Joins) -> FileView:
    key, left = id(file), joins.left
    hunks: list[HunkView] = []
    for number, hunk in enumerate(file.hunks):
        rows = tuple(
            Row(line, _take(left, joins.points.at(key, number, index)), joins.notes.at(key, number, index))
            for index, line in enumerate(hunk.lines)
        )
        places = _places(review, file, joins.functions(file, hunk))
        named = _take(left, _naming(left.values(), {place.function for place in places}))
        old, new = (hunk.old_start, hunk.old_count), (hunk.new_start, hunk.new_count)
        hunks += _trimmed(HunkView(hunk, rows, places, named, old, new), choice)
    points = _take(left, joins.points.elsewhere.get(file.path, ()))
    return FileView(file, tuple(hunks), points, joins.notes.take(file.path))


def _take(left: dict[str, Point], points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(left.pop(point.id) for point in points if point.id in left)


def _places(review: Review, file: FileDiff, names: tuple[str, ...]) -> tuple[HunkPlace, ...]:
    paths = (file.path, file.old_path)
    return tuple(place for place in review.hunks if place.function in names and place.file in paths)


def _naming(points: Iterable[Point], functions: set[str]) -> list[Point]:
    return [
        point
        for point in points
        if point.anchor is not None and point.anchor.kind == "symbol" and point.anchor.text.strip("()") in functions
    ]


def _trimmed(view: HunkView, choice: Choice) -> list[HunkView]:
    """The hunk with fewer lines of context, in as many hunks as that makes."""
    if choice.unified is None:
        return [view]
    groups: list[list[int]] = []
    for number in _kept(view, choice.unified):
        if groups and groups[-1][-1] == number - 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [_part(view, group, first=index == 0) for index, group in enumerate(groups)]


def _kept(view: HunkView, context: int) -> list[int]:
    wanted = [number for number, row in enumerate(view.rows) if row.line.sign != " " or row.points or row.objections]
    kept: list[int] = []
    for number in wanted:  # they ascend, so each adds what is after the last: linear for any context
        first = max(number - context, kept[-1] + 1 if kept else 0)
        kept += range(first, min(number + context + 1, len(view.rows)))
    return kept


def _part(view: HunkView, group: Sequence[int], first: bool) -> HunkView:
    start, end = group[0], group[-1] + 1
    lines = [row.line for row in view.rows]
    return HunkView(
        hunk=view.hunk,
        rows=view.rows[start:end],
        places=view.places,
        points=view.points if first else (),
        old=_range([line.old for line in lines], start, end, view.old[0]),
        new=_range([line.new for line in lines], start, end, view.new[0]),
    )


def _range(numbers: Sequence[int | None], start: int, end: int, first: int) -> tuple[int, int]:
    """Start and count for an @@ line; a side without lines starts at the line before, as diff has it."""
    inside = [number for number in numbers[start:end] if number is not None]
    if inside:
        return inside[0], len(inside)
    before = [number for number in numbers[:start] if number is not None]
    return (before[-1] if before else max(first - 1, 0)), 0
