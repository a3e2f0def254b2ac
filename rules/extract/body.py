"""What the text of a function does: calls with their enclosing conditions, state sites, assignments of operations.

One pass over the identifiers and brackets of a body. Parentheses are kept on one stack with the name before them, which
tells a test (`if (... PageUptodate(page))`) from an assertion (`WARN_ON(!PageUptodate(page))`); statements and blocks
are kept on another, which gives the conditions that a call stands under.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence

import msgspec

from rules import concepts
from rules.extract import arguments
from rules.extract.conditions import capped, is_telling, negation, plainly
from rules.extract.facts import (
    CALL,
    CALLBACK,
    FIELD,
    FORWARDED,
    POINTER,
    TAKEN,
    Assignment,
    Body,
    Call,
    Copied,
    ExitFact,
    FunctionText,
    StateSite,
)
from rules.extract.source import NAME_END, SPACE, SPACES, line_starts, split
from rules.model import SiteOp

_TEXT_CAP = 120  # characters of a condition, an argument or an action
_ARGUMENTS_CAP = 600  # characters of an argument list that are looked at
_EXIT_CAP = 80  # characters of the condition of an early exit: longer ones nobody evaluates
_NESTING = 40  # open parentheses and blocks that are looked at around a site
_CONDITIONS_CAP = 400  # characters of the joined conditions
# Identifiers that are neither called nor looked for are passed over inside the expression: most of the text is those.
_TOKEN = re.compile(
    r"(?>(?:[^A-Za-z_0-9(){};]++|[0-9]\w*+|(?![bcdefgimrV])[A-Za-z_]\w*+(?!\s*+\()"
    r"|(?!(?:else|do|case|default|return|goto|break|i_size|mapping|f_mapping)\b|VM_FAULT_)[bcdefgimrV]\w*+(?!\s*+\())*)"
    r"(?:([A-Za-z_]\w*+)(\s*+\()?|([(){};])|\Z)"  # \Z, or the rest would be tried again from each of its letters
)
_CALLED = re.compile(r"(?:(?<=\.\.)|(?<![\w.>]))([A-Za-z_]\w*+)\Z")  # `!f`, `(u32)f`; not `a->f`
_WORDS = frozenset(
    "if while for switch else do case default return goto break continue i_size mapping f_mapping "  # noqa: SIM905
    "sizeof typeof __typeof__ __typeof offsetof defined __attribute__ __alignof__ _Generic asm __asm__ "
    "container_of_const static_assert likely unlikely va_arg va_start va_end __builtin_constant_p "
    "__builtin_expect __builtin_choose_expr __builtin_types_compatible_p".split()
)
_BRANCHES = frozenset({"if", "while", "for", "switch"})
_TRANSPARENT = frozenset({"likely", "unlikely", ""})
_FAULT = re.compile(r"VM_FAULT_(?:SIGBUS|OOM|HWPOISON|SIGSEGV|RETRY|NOPAGE|LOCKED|FALLBACK|NEEDDSYNC|DONE_COW)")
_ELSE = re.compile(r"\s*+else\b")
_JUMP = re.compile(r"(?:return\b[^;{}]{0,200}|goto\s+\w+|break|continue);")
_SET = re.compile(r"[\w.>-]{1,60}\s*=\s*-?[A-Z][A-Z0-9_]{2,40}\b|[\w.>-]{1,60}\s*\|?=\s*VM_FAULT_\w{1,40}")
_BASE = re.compile(r"[A-Za-z_]\w*+(?>(?:(?:->|\.)\w++(?=\s*+(?:->|\.|\[))|\[[^\][]{0,40}\])*)\s*+(?:->|\.)\s*+\Z")
_DECLARED = re.compile(
    r"(?:^|[;{(,])\s*+(?>(?:(?:const|static|volatile|register|unsigned|signed|long|short|struct\s+(\w++)|union\s+\w++"
    r"|enum\s+\w++|(?!(?:return|goto|case|else)\b)[a-z_]\w*+)\s+)+)\**\s*+([A-Za-z_]\w*+)\s*+(?=[;,=\[)])"
)
_MORE = re.compile(
    r"^[ \t]+(?:struct\s+(\w++)|[a-z_][\w ]{0,60}?)[ *]{1,20}\w++[^;(){}=]{0,200}+(?:=[^;,{}]{0,200}+)?"
    r",([^;{}]{0,400}+);",
    re.M,
)
_MORE_NAME = re.compile(r"(?:^|,)\s*+\**\s*+([A-Za-z_]\w*+)")
_POINTER = re.compile(r"\(\s*+\*\s*+([A-Za-z_]\w*+)\s*+\)\s*+\(")
_ASSIGNED = re.compile(r"(?:->|\.)\s*+([A-Za-z_]\w*+)\s*+=\s*+(&?)\s*+([A-Za-z_]\w++)\s*+[;,}]")
_ARMED = re.compile(r"(?:->|\.)\s*+(?:\w*end_io\w*+|end|\w*complete)\s*+=\s*+([a-z_]\w++)\s*+[;,}]")
# An operation of a table that is not called here: handed on, `f(file, mapping->a_ops->read_folio)`, or kept for a call.
_TAKEN = re.compile(r"(?:\([\w *]{1,40}\)\s*+)?([A-Za-z_][\w.>-]{0,80}?(?:ops|\b[dfis]_op))(?:->|\.)([A-Za-z_]\w*+)")
_TAKEN_FIRST = re.compile(r"(?<![=!<>])=\s*+([A-Za-z_][\w.>-]{0,80}?(?:ops|\b[dfis]_op))(?:->|\.)([A-Za-z_]\w*+)\s*+;")
_NO_POINTER = re.compile(r"\bbool\b|\bhas_\w*\Z|[|&+*/-]\Z")  # what it is assigned to
_MEMBER_END = re.compile(r"[A-Za-z_]\w*+(?>(?:(?:->|\.)\w++|\[[^\][]{0,40}\])*)\Z")
_NOT_CALLBACKS = frozenset({"true", "false", "NULL", "current", "jiffies", "file", "inode", "page", "folio"})
_PURE = frozenset({"0", "1", "NULL"})
_CALLED_BACK = ("end_io", "endio", "func", "fn", "done", "complete", "callback", "handler")
_PAGE = re.compile(r"[\w.>-]{0,20}(?:page|folio)\w{0,12}->\Z")
_WORTH = re.compile(r"[A-Z=!|]|&&|true|false|ops\b")  # without one of these no argument is kept


class _Frame:
    """An open statement or block: pending until its one statement or its brace comes."""

    __slots__ = ("at", "base", "braced", "items", "kind", "label", "text")

    def __init__(self, kind: str, text: str, base: int, at: int = 0) -> None:
        self.kind = kind
        self.at = at  # offset of the keyword
        self.items: list[int] = []  # records made in it from which control can still go on
        self.text = text  # "" for frames that add no condition
        self.label = 0  # of a switch: offset after its last label
        self.braced = False
        self.base = base  # depth of parentheses outside


class _Paren(msgspec.Struct, gc=False):
    """An open parenthesis."""

    name: str  # before it, "" for none
    start: int  # offset of the name
    open: int  # offset after the parenthesis
    call: int = -1  # index of its call record
    sites: list[int] | None = None  # records of sites inside it


def called(text: str, parameters: Collection[str]) -> tuple[str, ...]:
    """The names that `scan` finds called in a function's text, in order of their first use; last what it sets as a
    completion, `bio->bi_end_io = ext4_end_bio`.

    Split at the parentheses: a search for names that are followed by one tries every name and takes eight times longer.
    """
    before = [piece.rsplit(None, 1) for piece in text.split("(")[:-1]]
    names: dict[str, None] = {}
    for word in dict.fromkeys([words[-1] for words in before if words]):
        if word.isidentifier():
            names[word] = None
        elif found := _CALLED.search(word):
            names[found[1]] = None
    if "end_io" in text or "end = " in text or "complete = " in text:
        names.update(dict.fromkeys(_ARMED.findall(text)))
    return tuple([name for name in names if name not in _WORDS and name not in parameters])


def scan(function: FunctionText) -> Body:
    """Facts of the text of one function."""
    return _Scanner(function).run()


class _Scanner:
    def __init__(self, function: FunctionText) -> None:
        self.text = function.text.decode("latin-1")
        self.lines = line_starts(self.text)
        self.first = bisect_right(self.lines, function.at)
        self.start = function.open
        self.end = len(self.text) - 1
        self.parameters = function.parameters
        self.pointers = frozenset(name for name, _ in function.parameters)  # a call of one goes through a pointer
        self.parens: list[_Paren] = []
        self.frames: list[_Frame] = []
        self.fresh = False  # the last token began a statement of its own
        self.conditions: dict[str, int] = {"": 0}
        self.current: int | None = 0
        self.calls: list[Call | None] = []
        self.sites: list[tuple[int, StateSite]] = []
        self.items: list[int] = []  # of the function's own level, as in _Frame
        self.until: dict[int, int] = {}  # record (2 * call, 2 * site + 1) -> line of the jump that control ends at
        self.last_jump: tuple[list[int], int] = ([], 0)
        self.jump = -1  # offset of a return or goto whose statement has not ended
        self.exits: list[ExitFact] = []
        self.copied: list[Copied] = []
        self.locals: dict[str, str] | None = None
        # Callbacks that it is handed, by their names: what it does with them matters.
        self.callbacks = frozenset(name for name, kind in self.parameters if not kind and name.endswith(_CALLED_BACK))
        self.assigned = self._assigned()
        self.under: list[int] = []  # conditions of `assigned`
        self._names = arguments.Names(self._declared, self.pointers, self.text, self.start, self.end)

    def run(self) -> Body:
        parens = self.parens
        marks = [*self.assigned, self.end]
        mark = marks[0]
        for match in _TOKEN.finditer(self.text, self.start + 1, self.end):
            while match.end() > mark:
                self.under.append(self._condition())
                mark = marks[len(self.under)]
            last = match.lastindex
            if last == 3:
                char = match[3]
                if char == ")":
                    if parens:
                        self._closed(parens.pop(), match.start(3))
                elif char == ";":
                    self._semicolon(match.start(3))
                elif char == "(":
                    at = match.start(3)
                    parens.append(_Paren("", at, at + 1))
                    self.fresh = False
                elif char == "{":
                    self._block()
                else:
                    self._unblock(match.end())
            elif last == 2:
                name = match[1]
                known = name in _WORDS
                parens.append(_Paren(name, match.start(1), match.end(), -1 if known else len(self.calls)))
                if not known:
                    self.calls.append(None)
                self.fresh = False
            elif last == 1:
                self._word(match[1], match.start(1), match.end())
        return self._body()

    # Brackets

    def _semicolon(self, at: int) -> None:
        if len(self.parens) == (self.frames[-1].base if self.frames else 0):
            if self.jump >= 0:
                self._jumped(at)
            self._finish(at + 1)

    def _block(self) -> None:
        if self.fresh and self.frames:
            self.frames[-1].braced = True
            self.frames[-1].base = len(self.parens)
        else:
            frame = _Frame("", "", len(self.parens))
            frame.braced = True
            self.frames.append(frame)
        self.fresh = False

    def _unblock(self, after: int) -> None:
        while self.frames and not self.frames[-1].braced:
            self._pop()
        if self.frames:
            frame = self._pop()
            del self.parens[frame.base :]
            if frame.kind == "if" and _ELSE.match(self.text, after, self.end):
                self._push("else", frame.text)
            elif frame.kind:
                self._finish(after)
        self.fresh = False

    def _finish(self, after: int) -> None:
        """A statement ended: so do the unbraced if, else and loops that it was the body of."""
        while self.frames and not self.frames[-1].braced:
            frame = self._pop()
            if frame.kind == "if" and _ELSE.match(self.text, after, self.end):
                self._push("else", frame.text)
                break
        self.fresh = False

    def _push(self, kind: str, text: str, at: int = 0) -> None:
        base = len(self.parens)
        self.frames.append(_Frame(kind, text, base, at))
        self.current = None

    def _pop(self) -> _Frame:
        frame = self.frames.pop()
        self.current = None
        if frame.items:
            small, large = sorted((self._open(), frame.items), key=len)  # order does not matter, time does
            large.extend(small)
            if self.frames:
                self.frames[-1].items = large
            else:
                self.items = large
        return frame

    def _open(self) -> list[int]:
        """Records of the innermost statement or block."""
        return self.frames[-1].items if self.frames else self.items

    def _jumped(self, at: int) -> None:
        """A return or goto ended at `at`: control goes no further from what was recorded before it on its level."""
        items = self._open()
        line = self._line(self.jump)
        for item in items:
            self.until[item] = line
        if self.frames and self.text.startswith("return", self.jump):
            self._exit(self.frames, at)
        elif not self.frames:
            self.last_jump = (items.copy(), len(self.calls) + len(self.sites))
        items.clear()
        self.jump = -1

    def _exit(self, frames: list[_Frame], at: int) -> None:
        """An early way out, when its condition is one that a caller can know."""
        frame = frames[-1]
        if frame.kind != "if" or len(frame.text) > _EXIT_CAP or not is_telling(frame.text, self.parameters):
            return
        under = self._joined(frames[-1 - _NESTING : -1])
        self.exits.append(ExitFact(self._line(frame.at), frame.text, under, self._shown(self.jump, at)))

    def _joined(self, frames: Sequence[_Frame]) -> str:
        parts: list[str] = []
        size = 0
        for frame in frames:
            if frame.text:
                parts.append(negation(frame.text) if frame.kind == "else" else frame.text)
                size += len(parts[-1])
            if size > _CONDITIONS_CAP:
                break
        if len(parts) > 1:
            parts = [f"({part})" if "||" in part and not part.startswith("!(") else part for part in parts]
        return capped(" && ".join(parts), _CONDITIONS_CAP)

    def _closed(self, paren: _Paren, at: int) -> None:
        name = paren.name
        if name in _BRANCHES:
            self._branch(paren, at)
        elif paren.call >= 0:
            self._called(paren, at)
            self.fresh = False
        elif paren.sites and self.parens:
            self._lend(paren.sites)
        if not name and self.text.startswith("(", at + 1) and self.text.startswith("*", paren.open):
            pointer = _POINTER.match(self.text, paren.start, self.end)
            if pointer:
                self.calls.append(Call(pointer[1], self._line(at), POINTER, self._condition()))

    def _branch(self, paren: _Paren, at: int) -> None:
        text = plainly(self._shown(paren.open, at)) if paren.name == "if" else ""
        if paren.sites:
            for index in paren.sites:
                offset, site = self.sites[index]
                action = self._action(at + 1) if paren.name == "if" else ""
                self.sites[index] = (
                    offset,
                    StateSite(site.line, site.op, site.subject, site.spelling, site.negated, site.condition, action),
                )
        self._push(paren.name, text, paren.start)
        self.fresh = True

    def _lend(self, sites: list[int]) -> None:
        """Sites inside inner parentheses belong to the outer ones too, up to the if."""
        outer = self.parens[-1]
        outer.sites = [*(outer.sites or []), *sites][:_NESTING]

    # Words

    def _word(self, name: str, start: int, after: int) -> None:
        if name == "else":
            self.fresh = bool(self.frames) and self.frames[-1].kind == "else" and not self.frames[-1].braced
            return
        if name == "do":
            self._push("do", "")
            self.fresh = True
            return
        self.fresh = False
        if name in ("return", "goto"):
            self.jump = start
        elif name == "break":
            self._broken()
        elif name in ("case", "default"):
            self._case(name, start, after)
        elif name == "i_size":
            self._member_site("i_size", start)
        elif name in ("mapping", "f_mapping"):
            self._mapping(name, start, after)
        elif name.startswith("VM_FAULT_"):
            self._fault(name, start)

    def _broken(self) -> None:
        """A break of a switch: control goes on after it from what was recorded in this case."""
        if self.frames and self.frames[-1].kind == "switch":
            items = self.frames[-1].items
            (self.frames[-2].items if len(self.frames) > 1 else self.items).extend(items)
            items.clear()

    def _case(self, name: str, start: int, after: int) -> None:
        for frame in reversed(self.frames):
            if frame.kind == "switch":
                stop = self.text.find(":", after, after + _TEXT_CAP)
                label = self._shown(start, stop) if stop > 0 and name == "case" else name
                if frame.label and not self.text[frame.label : start].strip():  # case A: case B:
                    label = capped(f"{frame.text} or {label.removeprefix('case ')}", _TEXT_CAP)
                frame.text, frame.label = label, stop + 1 if stop > 0 else 0
                self.current = None
                return

    def _around(self) -> list[str]:
        """Names before the innermost open parentheses."""
        return [paren.name for paren in self.parens[-_NESTING:]]

    def _is_tested(self) -> bool:
        return not _BRANCHES.isdisjoint(self._around())

    def _member_site(self, subject: str, start: int) -> None:
        if self.text[start - 1] in ">." and self._is_tested():
            self._site(start, "check", subject, "i_size")

    def _mapping(self, name: str, start: int, after: int) -> None:
        """`page->mapping` compared in an if: the page may have been truncated before it was locked."""
        before = _PAGE.search(self.text, max(self.start, start - 30), start)
        if before is None or not self._is_tested():
            return
        if not self.text[after : after + 3].lstrip().startswith("->"):
            self._site(start, "check", "mapping", before[0] + name)

    def _fault(self, name: str, at: int) -> None:
        if not self._is_tested() and name in ("VM_FAULT_SIGBUS", "VM_FAULT_OOM"):
            self._site(at, "convert", "vm_fault", name)

    # Records

    def _called(self, paren: _Paren, at: int) -> None:
        name = paren.name
        text = self.text
        inside = text[paren.open : min(at, paren.open + _ARGUMENTS_CAP)]
        line = self._line(paren.start)
        condition = self._condition()
        before = text[paren.start - 1]
        named = "_" in inside
        parts = split(inside) if named or self.callbacks or _WORTH.search(inside) else []
        kept = arguments.kept(parts, self._names) if parts and at - paren.open <= _ARGUMENTS_CAP else ()
        if before in ">." and text[paren.start - 2 : paren.start] != "..":
            base, root = self._base(paren.start)
            self.calls[paren.call] = Call(name, line, FIELD, condition, kept, base, root)
        else:
            kind = POINTER if name in self.pointers else CALL
            item, owner = arguments.work_item(name, parts, self._names)
            self.calls[paren.call] = Call(name, line, kind, condition, kept, item, owner)
            if concepts.may_concern(name):
                for concept in concepts.all_of(name, inside):
                    self._site(paren.start, concept.op, concept.subject, name)
        self._open().append(2 * paren.call)
        if named:
            for place, part in enumerate(parts):
                if "_" in part:
                    self._callback(part, name, line, condition, place)
        if self.callbacks:
            rows = [(place, part) for place, part in enumerate(parts) if part in self.callbacks]
            self.calls += [Call(part, line, FORWARDED, condition, through=name, place=place) for place, part in rows]
        if paren.sites and self.parens:
            self._lend(paren.sites)

    def _callback(self, part: str, name: str, line: int, condition: int, place: int) -> None:
        """An argument that is a bare name, not declared here: a function, or a global. Or an operation of a table."""
        found = part[1:].lstrip() if part[0] == "&" else part
        taken = _TAKEN.fullmatch(part) if "op" in part else None
        if taken and not concepts.ASSERTS.fullmatch(name):
            self._taken(taken, line, condition)
            return
        if not found.isidentifier() or found.isupper() or found in _NOT_CALLBACKS or found in self._declared():
            return
        self.calls.append(Call(found, line, CALLBACK, condition, through=name, place=place))

    def _kept(self, match: re.Match[str], line: int, condition: int) -> None:
        """An operation of a table that is put into a variable, to be called, or into another struct."""
        before = self.text[max(self.start, match.start() - _TEXT_CAP) : match.start()].rstrip()
        found = _MEMBER_END.search(before)
        to = found[0] if found else ""
        if "->" in to or "." in to:
            value = f"{SPACES.sub('', match[1])}->{match[2]}"
            self.copied.append(Copied(to, self._root(to), value, self._root(value), line))
        else:
            self._taken(match, line, condition)

    def _taken(self, match: re.Match[str], line: int, condition: int) -> None:
        base = SPACES.sub("", match[1])
        self.calls.append(Call(match[2], line, TAKEN, condition, (), base, self._root(base)))

    def _root(self, text: str) -> str:
        """The struct type of the first identifier of an expression, "" when the function does not show it."""
        return self._declared().get(NAME_END.split(text, maxsplit=1)[0], "")

    def _site(self, at: int, op: SiteOp, subject: str, spelling: str) -> None:
        names = self._around()
        tested = not _BRANCHES.isdisjoint(names)
        if op == "test" and not tested and any(concepts.ASSERTS.fullmatch(name) for name in names if name):
            op = "assert"
        action = self._statement(at) if op in ("test", "convert") and not tested else ""
        site = StateSite(self._line(at), op, subject, spelling, self._negated(at), self._condition(), action)
        if tested and self.parens:
            top = self.parens[-1]
            top.sites = [*(top.sites or []), len(self.sites)][:_NESTING]
        self._open().append(2 * len(self.sites) + 1)
        self.sites.append((at, site))

    def _statement(self, at: int) -> str:
        """`return` or the assignment that takes the outcome, for a site outside of a condition."""
        first = max(self.text.rfind(char, max(self.start, at - _TEXT_CAP), at) for char in ";{}")
        before = self.text[first + 1 : at].strip() if first >= 0 else ""
        if before.startswith("return"):
            stop = self.text.find(";", at, at + _TEXT_CAP)
            return self._shown(at, stop, "return ") if stop > 0 else "return"
        return ""

    def _negated(self, at: int) -> bool:
        back = at - 1
        for paren in [*reversed(self.parens[-_NESTING:]), None]:
            low = max(self.start, back - _TEXT_CAP)
            back = max(self.start, low + len(self.text[low : back + 1].rstrip()) - 1)
            if self.text[back] == "!":
                return self.text[back - 1] != "!"
            if paren is None or self.text[back] != "(" or paren.name not in _TRANSPARENT:
                return False
            back = paren.start - 1
        return False

    def _action(self, after: int) -> str:
        """What the branch does that begins at `after`: its first jump, with the code set just before it."""
        text = self.text
        found_space = SPACE.match(text, after, self.end)
        first = found_space.end() if found_space else after
        braced = text.startswith("{", first)
        stop = text.find("}" if braced else ";", first, min(self.end, first + 1500)) + 1
        if stop <= 0:
            stop = min(self.end, first + 1500)
        jump = _JUMP.search(text, first, stop)
        found = _SET.search(text, first, jump.start() if jump else stop)
        parts = [self._shown(*found.span())] if found else []
        if jump:
            parts.append(self._shown(jump.start(), jump.end() - 1))
        return "; ".join(parts)[:_TEXT_CAP]

    def _base(self, at: int) -> tuple[str, str]:
        """Text before `->name(`, and the struct type of its first identifier when the function shows it."""
        found = _BASE.search(self.text, max(self.start, at - _TEXT_CAP), at) if at else None
        if not found:
            return "", ""
        text = SPACES.sub("", found[0])
        text = text[:-2] if text.endswith("->") else text[:-1]
        return text, self._root(text)

    # Context

    def _line(self, at: int) -> int:
        return bisect_right(self.lines, at) - self.first

    def _shown(self, start: int, end: int, before: str = "") -> str:
        return capped(before + " ".join(self.text[start : min(end, start + 4 * _TEXT_CAP)].split()), _TEXT_CAP)

    def _condition(self) -> int:
        if self.current is None:
            text = self._joined(self.frames)
            self.current = self.conditions.setdefault(text, len(self.conditions))
        return self.current

    def _declared(self) -> dict[str, str]:
        """Names that the function declares, with the struct type where it is one."""
        if self.locals is None:
            text = self.text[self.start : self.end]
            found = {match[2]: match[1] or "" for match in _DECLARED.finditer(text)}
            for match in _MORE.finditer(text):
                for name in _MORE_NAME.finditer(match[2]):
                    found.setdefault(name[1], match[1] or "")
            found.update(self.parameters)
            self.locals = found
        return self.locals

    def _assigned(self) -> dict[int, re.Match[str]]:
        """Assignments that matter, by offset: of tables and functions to fields, of operations to variables."""
        text = self.text
        found: dict[int, re.Match[str]] = {}
        for match in _ASSIGNED.finditer(text, self.start, self.end):
            # Of parameters only what is a function by the field's name: a callback that is stored.
            stored = match[3] in self.pointers and match[1].endswith(_CALLED_BACK)
            if match[3] not in _PURE and (match[2] or stored or match[3] not in self._declared()):
                found[match.start(1)] = match
        if "op" in text:
            for match in _TAKEN_FIRST.finditer(text, self.start, self.end):
                begin = max(
                    text.rfind(char, max(self.start, match.start() - _TEXT_CAP), match.start()) for char in ";{}"
                )
                if begin >= 0 and not _NO_POINTER.search(text[begin + 1 : match.start()].rstrip()):
                    found[match.start(1)] = match
        return dict(sorted(found.items()))

    def _body(self) -> Body:
        items, count = self.last_jump
        if count == len(self.calls) + len(self.sites):  # the return that ends the function
            for item in items:
                del self.until[item]
        assignments: list[Assignment] = []
        for (at, match), condition in zip(self.assigned.items(), self.under, strict=False):
            line = self._line(at)
            if match.re is _ASSIGNED:
                base, root = self._base(at)
                assignments.append(Assignment(match[1], match[3], line, bool(match[2]), root, condition, base))
            else:
                self._kept(match, line, condition)
        until = self.until
        calls = [
            msgspec.structs.replace(call, until=until[2 * at]) if 2 * at in until else call
            for at, call in enumerate(self.calls)
            if call is not None
        ]
        calls.sort(key=lambda call: call.line)
        sites = [
            (at, msgspec.structs.replace(site, until=until[2 * number + 1]) if 2 * number + 1 in until else site)
            for number, (at, site) in enumerate(self.sites)
        ]
        sites.sort(key=lambda pair: pair[0])
        ordered = tuple([site for _, site in sites])
        return Body(
            tuple(self.conditions), tuple(calls), ordered, tuple(assignments), tuple(self.exits), tuple(self.copied)
        )
