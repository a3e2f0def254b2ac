"""What the changed lines of a patch add and take away: checks, asserts, error returns, state changes, locks, calls.

Read from the hunks alone, without the file they apply to: a hunk is read twice, once as the old text and once as the
new, so that a statement that spans changed and unchanged lines is seen whole. What only moved (same function, same
thing, both removed and added) is no effect. Nothing is said of a line that the hunk does not show.

A test is an identifier inside the condition of an if or a loop; inside WARN or BUG it is an assert; inside
`if (WARN_ON(...))` it is a test with `warned` set, because the outcome is branched on.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from rules import concepts
from rules.change import Change, ChangedHunk
from rules.model import Value

ItemOp = Literal[
    "test", "assert", "set", "clear", "lock", "unlock", "check", "start", "end", "convert", "wait", "return", "assign",
    "call", "table", "jump", "label",
]  # fmt: skip
Sign = Literal["+", "-", " "]

_LINE_CAP = 4096  # characters of a line that are read
_TEXT_CAP = 200  # characters of a condition or an action that are kept
_LOOK_AHEAD = 120  # tokens of a branch that are read to see what it does
_DEPTH_CAP = 24  # brackets that are kept for one token; deeper nesting is no code that a person wrote
_HIDDEN = re.compile(
    r"/\*(?:[^*]|\*(?!/))*(?:\*/)?|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|^[ \t]*#[^\n]*", re.M
)
_TOKEN = re.compile(r"[A-Za-z_]\w*|->|[-+*/!=<>&|^%]=|&&|\|\||\d\w*|[^\s\w]")
_BRANCHES = frozenset({"if", "while", "for", "switch"})
_TRANSPARENT = frozenset({"likely", "unlikely", "IS_ERR_VALUE", ""})
_NOT_CALLS = frozenset({"if", "while", "for", "switch", "return", "sizeof", "typeof", "likely", "unlikely", "defined"})
_ERROR_VALUE = re.compile(r"-E[A-Z]|\bVM_FAULT_(?:SIGBUS|SIGSEGV|OOM|HWPOISON|ERROR)|\bPTR_ERR\b")
_CALLED = re.compile(r"([A-Za-z_]\w*)[ \t]{0,8}\(")
_NAME = re.compile(r"[A-Za-z_]\w*")
_PAGE = re.compile(r"page|folio")
_MAPPING_OF = frozenset({"page_file_mapping", "folio_file_mapping"})  # as page_mapping(), which `concepts` has
_ERRNO = re.compile(r"E[A-Z][A-Z0-9]{1,14}$")


class Item(Value, frozen=True, kw_only=True):
    """One thing that a line of the old or the new text does."""

    file: str
    function: str
    line: int  # in the new file; in the old one for sign "-"
    sign: Sign
    op: ItemOp
    subject: str  # a concept, "" for a plain call; for "return" and "assign" the value: "-EIO", "VM_FAULT_SIGBUS"
    spelling: str
    negated: bool = False
    warned: bool = False
    under: tuple[str, ...] = ()  # the conditions it stands under, outermost first
    action: str = ""  # of a test: what its branch does, "return -EIO"
    text: str = ""  # the line
    inside: tuple[str, ...] = ()  # calls and keywords whose parentheses it stands in, outermost first
    argument: str = ""  # of a call, what stands between the parentheses
    called: bool = False
    into: str = ""  # the variable that takes the call's result
    statement: bool = False  # a call that is a statement of its own

    @property
    def uses_result(self) -> bool:
        return self.called and not self.statement

    @property
    def condition(self) -> str:
        return " && ".join(self.under)[:_TEXT_CAP]


GuardKind = Literal[
    "check added", "check removed", "assert added", "assert removed", "assert became check", "check became assert",
    "warning dropped", "warning added", "error return added", "error return removed", "state change added",
    "state change removed", "lock added", "lock removed",
]  # fmt: skip


class Guard(Value, frozen=True, kw_only=True):
    """One effect of the patch on one function, summed up: what it checks, returns, sets or locks now, or no longer."""

    kind: GuardKind
    function: str
    file: str
    line: int
    sign: Sign
    subject: str  # a concept, "" when the condition names none
    spelling: str
    negated: bool = False
    condition: str = ""
    action: str = ""
    warned: bool = False  # the new text still warns


class _Token(msgspec.Struct, frozen=True):
    text: str
    start: int
    row: int  # index into the rows of the view


class _Row(msgspec.Struct, frozen=True):
    text: str
    sign: Sign
    line: int
    function: str


def old_items(hunk: ChangedHunk) -> tuple[Item, ...]:
    """Everything that the hunk's old text does, in order; unchanged lines have the sign " "."""
    return tuple(_View(hunk, "-").items())


def new_items(hunk: ChangedHunk) -> tuple[Item, ...]:
    """Everything that the hunk's new text does, in order."""
    return tuple(_View(hunk, "+").items())


def hunks(change: Change) -> Iterator[ChangedHunk]:
    """The hunks that are C."""
    return (hunk for file in change.files if file.path.endswith((".c", ".h")) for hunk in file.hunks)


def effects(change: Change) -> tuple[Item, ...]:
    """What the patch takes away ("-") and adds ("+"), without what only moved inside a function."""
    gone = [item for hunk in hunks(change) for item in old_items(hunk) if item.sign == "-"]
    come = [item for hunk in hunks(change) for item in new_items(hunk) if item.sign == "+"]
    moved = Counter(map(_identity, gone)) & Counter(map(_identity, come))
    return tuple(_without(gone, moved.copy())) + tuple(_without(come, moved.copy()))


def _identity(item: Item) -> tuple[object, ...]:
    # A check that lost its WARN is an effect, and so is a result that is no longer taken. Another condition around it
    # is none (reindenting), nor another spelling: PageUptodate(page) became folio_test_uptodate(folio).
    name = "" if item.subject else item.spelling
    looked_at = (item.negated, item.warned, item.action, item.statement and not item.subject)
    return item.file, item.function, item.op, item.subject, name, *looked_at


def _without(items: Iterable[Item], moved: "Counter[tuple[object, ...]]") -> Iterator[Item]:
    for item in items:
        if moved[_identity(item)] > 0:
            moved[_identity(item)] -= 1
        else:
            yield item


def guards(items: tuple[Item, ...]) -> tuple[Guard, ...]:
    """The effects of a patch summed up by function and concept, the checks first; `items` come from `effects`."""
    found = list(_checks(items))
    taken = {(guard.function, guard.line) for guard in found}
    for item in items:
        kind = _other_kind(item)
        if kind and (item.function, item.line) not in taken:
            found.append(_guard(kind, item))
    return tuple(sorted(found, key=lambda guard: _ORDER.index(guard.kind.rpartition(" ")[0].partition(" ")[0])))


_ORDER = ("assert", "warning", "check", "error", "state", "lock")


def _checks(items: tuple[Item, ...]) -> Iterator[Guard]:
    """Tests and asserts of concepts, a removed one paired with an added one of the same concept."""
    told = [item for item in items if item.op in ("test", "assert", "check") and item.subject and not _is_value(item)]
    alike: dict[tuple[str, str, str], list[Item]] = {}
    for item in told:
        alike.setdefault((item.file, item.function, item.subject), []).append(item)
    for mine in alike.values():
        gone = [item for item in mine if item.sign == "-"]
        come = [item for item in mine if item.sign == "+"]
        for old, new in zip(gone, come, strict=False):
            if kind := _became(old, new):
                yield _guard(kind, new)
        pairs = min(len(gone), len(come))
        yield from (_guard(_removed(item), item) for item in gone[pairs:])
        yield from (_guard(_added(item), item) for item in come[pairs:])


def _is_value(item: Item) -> bool:
    """A test of a returned code, `if (ret == -EIO)`, is no test of a state."""
    return item.subject.startswith(("-", "VM_FAULT_")) or bool(_ERRNO.match(item.subject))


def _became(old: Item, new: Item) -> GuardKind | None:
    if old.op == "assert" and new.op != "assert":
        return "assert became check" if _bad_when(old) == _bad_when(new) else None
    if old.op != "assert" and new.op == "assert":
        return "check became assert" if _bad_when(old) == _bad_when(new) else None
    if old.warned != new.warned:
        return "warning dropped" if old.warned else "warning added"
    return None


def _bad_when(item: Item) -> bool:
    """The value that leads to the warning or into the branch: ASSERT() names the good one, WARN_ON() the bad one."""
    named_good = item.op == "assert" and any("ASSERT" in name.upper() for name in item.inside)
    return item.negated == named_good


def _added(item: Item) -> GuardKind:
    return "assert added" if item.op == "assert" else "check added"


def _removed(item: Item) -> GuardKind:
    return "assert removed" if item.op == "assert" else "check removed"


def _other_kind(item: Item) -> GuardKind | None:
    verb: Literal["added", "removed"] = "added" if item.sign == "+" else "removed"
    if item.op in ("return", "assign") and is_error(item.subject):
        return "error return added" if verb == "added" else "error return removed"
    if item.op in ("set", "clear", "start", "end"):
        return "state change added" if verb == "added" else "state change removed"
    if item.op in ("lock", "unlock"):
        return "lock added" if verb == "added" else "lock removed"
    return None


_CHECKS = frozenset({"check added", "assert became check", "warning dropped", "warning added", "error return added"})
# States that a check keeps from going on; a lock is taken, not tested.
_CHECKED = frozenset({"uptodate", "error", "dirty", "writeback", "mapping", "i_size", "mapping_error"})


# What a test does that keeps no caller from going on; "" where both ways go on.
_STEPS = frozenset({"", "break", "continue"})


def adds_check(guard: Guard) -> bool:
    """The patch makes the function look at a state and act on it: a test that only ends a loop, or chooses between two
    ways to go on, is no guard of the state."""
    acts = guard.kind != "check added" or "check" in guard.spelling or guard.action not in _STEPS
    return guard.kind in _CHECKS and guard.subject in _CHECKED and acts


def is_error(value: str) -> bool:
    """A value that a caller takes for a failure: -EIO, VM_FAULT_SIGBUS, PTR_ERR(...)."""
    return bool(_ERROR_VALUE.search(value))


def _guard(kind: GuardKind, item: Item) -> Guard:
    returned = item.op in ("return", "assign")
    return Guard(
        kind=kind,
        function=item.function,
        file=item.file,
        line=item.line,
        sign=item.sign,
        subject=concept_in(item.condition) if returned else item.subject,
        spelling=item.spelling if not returned else item.subject,
        negated=item.negated,
        condition=item.condition,
        action=f"return {item.subject}" if item.op == "return" else item.action,
        warned=item.warned,
    )


def follows(items: tuple[Item, ...], first: int, second: int) -> bool:
    """Control that passes items[first] can come to items[second]: same function, no branch and no jump between."""
    one, other = items[first], items[second]
    shared = min(len(one.under), len(other.under))
    if one.function != other.function or one.under[:shared] != other.under[:shared]:
        return False
    return not any(
        item.op in ("return", "jump") and item.under == one.under[: len(item.under)]
        for item in items[first + 1 : second]
    )


def calls_in(condition: str) -> tuple[str, ...]:
    """Names that a condition calls, without likely() and the like."""
    names = (match[1] for match in _CALLED.finditer(condition[:_TEXT_CAP]))
    return tuple(dict.fromkeys(name for name in names if name not in _NOT_CALLS))


def concept_in(condition: str) -> str:
    """The first concept that a condition names, "" for none."""
    names = (concepts.find(match[0]) for match in _NAME.finditer(condition[:_TEXT_CAP]))
    return next((concept.subject for concept in names if concept and concept.op in ("test", "check")), "")


def _opposite(condition: str) -> str:
    return f"!({condition})" if condition else ""


class _View:
    """One side of a hunk as tokens, with the brackets matched."""

    def __init__(self, hunk: ChangedHunk, side: Sign) -> None:
        self.file = hunk.file
        self.rows = _rows(hunk, side)
        self.code = _code("\n".join(row.text for row in self.rows))
        self.tokens = _tokens(self.code)
        self.close = _matching(self.tokens)
        self.open_of = {end: start for start, end in self.close.items()}

    def items(self) -> Iterator[Item]:
        """All items in order. One pass; the stacks hold what a token stands in."""
        groups: list[str] = []  # names before the open parentheses
        blocks: list[str] = []  # conditions of the open braces
        pending: list[str] = []  # conditions whose statement has not started
        last = ""  # condition of the branch that ended last, for an else
        for at, token in enumerate(self.tokens):
            if token.text == "(":
                groups.append(self._name_before(at))
            elif token.text == ")":
                name = groups.pop() if groups else ""
                if not groups and name in _BRANCHES:
                    pending.append(self._condition_ending(at, name))
            elif token.text == "{":
                blocks.append(" && ".join(pending))
                pending.clear()
            elif token.text == "}":
                last = blocks.pop() if blocks else ""
                pending.clear()
            elif token.text == ";" and not groups:
                last = pending[-1] if pending else last
                pending.clear()
            elif token.text == "else":
                pending.append(_opposite(last))
            else:
                yield from self._item(at, tuple(groups[:_DEPTH_CAP]), blocks[:_DEPTH_CAP] + pending[:_DEPTH_CAP])

    def _item(self, at: int, groups: tuple[str, ...], under: list[str]) -> Iterator[Item]:
        token = self.tokens[at]
        found = self._classify(at, groups) if token.text[0].isalpha() or token.text[0] == "_" else ()
        for op, subject in found:
            yield self._made(at, (groups, tuple(part for part in under if part)), op, subject)

    def _made(self, at: int, stands: tuple[tuple[str, ...], tuple[str, ...]], op: ItemOp, subject: str) -> Item:
        groups, under = stands
        row = self.rows[self.tokens[at].row]
        decides = op == "test" or (op == "check" and not _BRANCHES.isdisjoint(groups))
        return Item(
            file=self.file,
            function=row.function,
            line=row.line,
            sign=self._sign(at),
            op=op,
            subject=subject,
            spelling=self.tokens[at + 2].text if op == "table" else self.tokens[at].text,
            negated=self._negated(at, groups),
            warned=op == "test" and any(concepts.ASSERTS.fullmatch(name) for name in groups),
            under=under,
            action=self._action(at, groups) if decides else self._action_of_value(at) if op == "check" else "",
            text=row.text.strip()[:_TEXT_CAP],
            inside=groups,
            argument=self._argument(at),
            called=self._text_at(at + 1) == "(",
            into=self._into(at),
            statement=self._is_statement(at),
        )

    def _classify(self, at: int, groups: tuple[str, ...]) -> tuple[tuple[ItemOp, str], ...]:
        """Op and subject of an identifier; none when it is nothing that is looked for, two for folio_end_read()."""
        name = self.tokens[at].text
        tested = any(group in _BRANCHES for group in groups)
        if keyword := self._keyword(at, name):
            return (keyword,)
        if self._is_code(at):
            return (("test" if tested else "assign", self._sign_before(at) + name),)
        if self._designates(at):
            return (("table", name),)
        if tested and self._compares_mapping(at):
            return (("check", "mapping"),)
        if self._text_at(at + 1) != "(" or name in _NOT_CALLS:
            return ()
        asserted = not tested and any(concepts.ASSERTS.fullmatch(group) for group in groups)
        known = concepts.all_of(name, self._argument(at))
        if known:
            return tuple(("assert" if asserted and one.op == "test" else one.op, one.subject) for one in known)
        return (("test" if tested else "call", ""),)

    def _keyword(self, at: int, name: str) -> tuple[ItemOp, str] | None:
        if name == "goto":
            return "jump", self._text_at(at + 1)
        if name in ("break", "continue"):
            return "jump", name
        if name == "return":
            return "return", self._text(at + 1, self._end_of_statement(at))
        if name != "default" and self._text_at(at + 1) == ":" and self._text_at(at - 1) in (";", "{", "}", ""):
            return "label", name
        return None

    # Neighbours of a token

    def _text_at(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def _sign(self, at: int) -> Sign:
        return self.rows[self.tokens[at].row].sign

    def _name_before(self, at: int) -> str:
        name = self._text_at(at - 1)
        return name if name[:1].isalpha() or name[:1] == "_" else ""

    def _is_code(self, at: int) -> bool:
        """-EIO or VM_FAULT_SIGBUS as a value, outside a return statement (which is an item of its own)."""
        name = self.tokens[at].text
        if name.startswith("VM_FAULT_"):
            return not self._in_return(at)
        return bool(_ERRNO.match(name)) and self._text_at(at - 1) == "-" and not self._in_return(at)

    def _sign_before(self, at: int) -> str:
        return "-" if self._text_at(at - 1) == "-" else ""

    def _in_return(self, at: int) -> bool:
        for back in range(at - 1, max(-1, at - 12), -1):
            text = self.tokens[back].text
            if text == "return":
                return True
            if text in ";{}":
                return False
        return False

    def _designates(self, at: int) -> bool:
        """`.page_mkwrite = some_function` in an initialiser."""
        follows = self._text_at(at + 1) == "=" and self._text_at(at + 2)[:1].isidentifier()
        return follows and self._text_at(at - 1) == "." and self._text_at(at - 2) in ("", "{", ",", ";")

    def _compares_mapping(self, at: int) -> bool:
        """`folio->mapping` or a call for it, in a condition: it may have been truncated before it was locked."""
        if self._text_at(at) in _MAPPING_OF:
            return self._text_at(at + 1) == "("
        named = self._text_at(at) in ("mapping", "f_mapping") and self._text_at(at - 1) == "->"
        return named and bool(_PAGE.search(self._text_at(at - 2))) and self._text_at(at + 1) != "->"

    def _negated(self, at: int, groups: tuple[str, ...]) -> bool:
        """A `!` before the call, also before likely() and the like around it."""
        back = at - 1
        for name in reversed(groups):
            if self._text_at(back) == "!":
                return True
            if self._text_at(back) != "(" or name not in _TRANSPARENT:
                return False
            back -= 2 if name else 1
        return self._text_at(back) == "!"

    # Statements and branches

    def _text(self, first: int, end: int) -> str:
        """The code of tokens first..end-1 on one line."""
        if not first < end <= len(self.tokens):
            return ""
        last = self.tokens[end - 1]
        start = self.tokens[first].start
        text = self.code[start : min(last.start + len(last.text), start + 4 * _TEXT_CAP)]
        return " ".join(text.split())[:_TEXT_CAP]

    def _end_of_statement(self, at: int) -> int:
        end = at
        while end < len(self.tokens) and end < at + _LOOK_AHEAD and self.tokens[end].text not in (";", "{", "}"):
            end += 1
        return end

    def _argument(self, at: int) -> str:
        end = self.close.get(at + 1)
        return self._text(at + 2, end) if end is not None and self._text_at(at + 1) == "(" else ""

    def _is_statement(self, at: int) -> bool:
        end = self.close.get(at + 1)
        ends = end is not None and self._text_at(at + 1) == "(" and self._text_at(end + 1) == ";"
        if not ends or (self._text_at(at - 1) == ":" and self._in_choice(at)):
            return False
        return self._text_at(at - 1) in (";", "{", "}", "else", ":", "") or self._after_branch(at)

    def _in_choice(self, at: int) -> bool:
        """The colon before the token belongs to `a ? b : c`, not to a label."""
        for back in range(at - 2, max(-1, at - _LOOK_AHEAD), -1):
            if (text := self._text_at(back)) in ("?", ";", "{", "}"):
                return text == "?"
        return False

    def _after_branch(self, at: int) -> bool:
        """The token stands right behind the condition of a branch, not behind a cast."""
        opened = self.open_of.get(at - 1)
        return opened is not None and self._text_at(at - 1) == ")" and self._name_before(opened) in _BRANCHES

    def _into(self, at: int) -> str:
        """The variable that takes the result of a call, "" for none."""
        return self._name_before(at - 1) if self._text_at(at - 1) == "=" else ""

    def _condition_ending(self, close: int, name: str) -> str:
        opened = self.open_of.get(close)
        text = self._text(opened + 1, close) if opened is not None else ""
        return text if name == "if" else f"{name} ({text})"

    def _action(self, at: int, groups: tuple[str, ...]) -> str:
        """What the branch does that the test decides: its first jump, with the value set just before it."""
        depth = len(groups) - next((i for i, name in enumerate(groups) if name in _BRANCHES), len(groups))
        close = at
        end = min(len(self.tokens), at + 4 * _LOOK_AHEAD)
        while depth and close < end:  # step out to the closing parenthesis of the if
            close += 1
            depth += {"(": 1, ")": -1}.get(self._text_at(close), 0)
        return self._jump(close + 1)

    def _action_of_value(self, at: int) -> str:
        """What the first branch does that tests the variable that takes what is read here: `size = i_size_read()`."""
        start = at
        while start > 0 and start > at - _LOOK_AHEAD and self.tokens[start - 1].text not in (";", "{", "}"):
            start -= 1
        name = next((self._name_before(n) for n in range(start, at) if self.tokens[n].text == "="), "")
        end = min(len(self.tokens), at + 4 * _LOOK_AHEAD)
        for branch in range(at, end if name else at):
            close = self.close.get(branch + 1) if self.tokens[branch].text == "if" else None
            if close is not None and any(token.text == name for token in self.tokens[branch + 2 : close]):
                return self._jump(close + 1)
        return ""

    def _jump(self, start: int) -> str:
        braced = self._text_at(start) == "{"
        end = min(self.close.get(start, start + _LOOK_AHEAD), start + _LOOK_AHEAD, len(self.tokens))
        before = ""
        for at in range(start, end):
            text = self.tokens[at].text
            if text in ("return", "goto", "break", "continue"):
                jump = self._text(at, self._end_of_statement(at))
                return f"{before}; {jump}" if before else jump
            if text == ";" and not braced:
                return before
            if self._is_code(at) and self._text_at(at - 1 - len(self._sign_before(at))) == "=":
                before = self._text(at - 2 - len(self._sign_before(at)), at + 1)
        return before


def _rows(hunk: ChangedHunk, side: Sign) -> list[_Row]:
    known = set(hunk.functions)
    current = next((name for name in _called(hunk.header) if name in known), hunk.functions[0] if known else "")
    rows = []
    for line in hunk.lines:
        if line.sign in (" ", side):
            if _may_define(line.text):
                names = tuple(_called(line.text))
                current = next((name for name in names if name in known), names[0] if names else current)
            number = line.old if line.sign == "-" else line.new
            rows.append(_Row(line.text[:_LINE_CAP], line.sign, number or 0, current))
    return rows


def _may_define(text: str) -> bool:
    """A line at column 0 that can begin a function's definition; a label or a declaration is none."""
    return (text[:1].isalpha() or text[:1] == "_") and not text.rstrip().endswith((";", ":", "="))


def _called(text: str) -> Iterator[str]:
    return (match[1] for match in _CALLED.finditer(text[:400]))


def _code(text: str) -> str:
    """The text with comments, strings and preprocessor lines blanked; line ends and lengths stay."""
    opened, closed = text.find("/*"), text.find("*/")
    if closed >= 0 and not 0 <= opened < closed:  # the hunk starts inside a comment
        text = _blank(text[: closed + 2]) + text[closed + 2 :]
    elif opened < 0 and text.lstrip().startswith("* "):
        return _blank(text)
    return _HIDDEN.sub(lambda match: _blank(match[0]), text)


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))


def _tokens(code: str) -> list[_Token]:
    tokens = []
    row = at = 0
    for match in _TOKEN.finditer(code):
        row += code.count("\n", at, match.start())
        at = match.start()
        tokens.append(_Token(match[0], at, row))
    return tokens


def _matching(tokens: list[_Token]) -> dict[int, int]:
    """Opening to closing bracket, by token index; what the hunk cuts off is not in it."""
    close: dict[int, int] = {}
    open_at: dict[str, list[int]] = {"(": [], "{": []}
    for at, token in enumerate(tokens):
        if token.text in open_at:
            open_at[token.text].append(at)
        elif token.text in (")", "}"):
            stack = open_at["(" if token.text == ")" else "{"]
            if stack:
                close[stack.pop()] = at
    return close
