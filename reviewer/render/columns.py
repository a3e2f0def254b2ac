"""Text in terminal columns: width, cutting and folding, by cells and not by characters."""

import unicodedata

Style = str
Piece = tuple[str, Style]  # text without newline, and the style it is shown in
Line = list[Piece]


def width(text: str) -> int:
    """Cells that a line takes; tabs must be gone."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def split(text: str, room: int) -> tuple[str, str]:
    """The first part that fits into `room` cells (at least one character), and the rest."""
    if text.isascii():
        return text[: max(room, 1)], text[max(room, 1) :]
    used = 0
    for number, character in enumerate(text):
        used += _cells(character)
        if used > room and number:
            return text[:number], text[number:]
    return text, ""


def cut(text: str, room: int) -> str:
    """At most `room` cells, with "..." where something was cut, after a whole word when one ends near."""
    if width(text) <= room:
        return text
    if room < 8:
        return split(text, room)[0]
    head, rest = split(text, room - 4)
    words = head if rest.startswith(" ") else head.rpartition(" ")[0]
    return (words if len(words) > len(head) // 2 else head).rstrip() + " ..."


def one_line(pieces: Line, room: int) -> Line:
    """The pieces in `room` cells: the piece that does not fit is cut, a quotation mark that it opened is closed."""
    found: Line = []
    for text, style in pieces:
        left = room - sum(width(one) for one, _ in found)
        if width(text) <= left:
            found.append((text, style))
            continue
        end = '"' if text.startswith('"') else ""
        if left > 8:
            found.append((cut(text.removesuffix(end) if end else text, left - len(end)) + end, style))
        break
    return found


def expand(text: str, start: int = 0) -> str:
    """Tabs as blanks up to every eighth column; `start` is the column that the text begins in."""
    if "\t" not in text:
        return text
    done: list[str] = []
    column = start
    for number, part in enumerate(text.split("\t")):
        if number:
            fill = 8 - column % 8
            done.append(" " * fill)
            column += fill
        done.append(part)
        column += width(part)
    return "".join(done)


def pad(text: str, room: int) -> str:
    return text + " " * max(0, room - width(text))


def fold(pieces: Line, room: int, first: str = "", rest: str | None = None, mark: Style = "") -> list[Line]:
    """Pieces as lines of at most `room` cells, broken at blanks. `first` and `rest` stand before the lines,
    in the style `mark`.

    A word that is longer than a line is broken, but not a web address: that must stay one word to be of use.
    """
    rest = " " * width(first) if rest is None else rest
    lines: list[Line] = [[(first, mark)]]
    used, empty = width(first), True
    for word in _words(pieces):
        gap = 0 if empty else 1
        size = sum(width(text) for text, _ in word)
        if not empty and used + gap + size > room:
            lines.append([(rest, mark)])
            used, gap = width(rest), 0
        for text, style in word:
            for number, part in enumerate(_broken(text, room, used + gap, width(rest))):
                if number:
                    lines.append([(rest, mark)])
                    used, gap = width(rest), 0
                lines[-1].append((" " * gap + part, style))
                used += gap + width(part)
                gap = 0
        empty = False
    return [_joined(line) for line in lines]


def _broken(word: str, room: int, used: int, indent: int) -> list[str]:
    """The word in parts that fit: the first after `used` cells, the others after the indent."""
    if used + width(word) <= room or "://" in word:
        return [word]
    parts = [] if used == indent or room - used > 1 else [""]
    while word:
        part, word = split(word, room - (indent if parts else used))
        parts.append(part)
    return parts


def _words(pieces: Line) -> list[Line]:
    """What must not be torn at a blank: words, each made of pieces of one or more styles."""
    found: list[Line] = []
    blank = True
    for text, style in pieces:
        for number, part in enumerate(text.split(" ")):
            blank = blank or number > 0
            if not part:
                continue
            if blank:
                found.append([])
            found[-1].append((part, style))
            blank = False
    return found


def _joined(line: Line) -> Line:
    """Neighbours of the same style as one piece."""
    joined: Line = []
    for text, style in line:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        elif text:
            joined.append((text, style))
    return joined
