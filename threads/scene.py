"""Who is who in a thread, and what every line of it is: diff, commit message, cover letter, or somebody's words.

Everything later steps ask about the thread as a whole is answered here once. Pure.
"""

import unicodedata
from collections.abc import Sequence

from threads import speech
from threads.model import Block, DiffLine, Identity, Message, Origin, Patch, Role, Series, Thread
from threads.quoting import MessageLines, Quoting
from threads.tree import children

Place = tuple[str, int]  # message-id, line


def person(who: Identity) -> frozenset[str]:
    """Keys under which a person is known: address, and name without order, case, accents and list additions."""
    name = who.name.split(" via ")[0].strip().strip("\"'")
    name = name.split("(")[0] if len(name.split("(")[0].strip()) > 3 else name
    folded = unicodedata.normalize("NFKD", name[:120]).encode("ascii", "ignore").decode().lower()
    words = sorted(
        word for word in folded.replace(",", " ").replace(".", " ").replace("-", " ").split() if len(word) > 1
    )
    keys = {" ".join(words)} if len(words) > 1 else set()
    via_list = " via " in who.name
    if who.address and not via_list:
        keys.add(who.address)
    return frozenset(keys)


class Scene:
    """Look-ups over one thread; built once, never changed."""

    def __init__(self, thread: Thread, series: Sequence[Series], quoting: Quoting) -> None:
        self.thread = thread
        self.series = tuple(series)
        self.quoting = quoting
        self.index = {message.msgid: number for number, message in enumerate(thread.messages)}
        self.people = [person(message.author) for message in thread.messages]
        self.patches: dict[str, Patch] = {}
        self.diff_lines: dict[Place, tuple[str, DiffLine]] = {}
        for one in series:
            for patch in (*((one.cover,) if one.cover else ()), *one.patches):
                self._add_patch(patch)
        self.authors = self._authors()
        self.others = self._others()
        self._under: dict[str, frozenset[str]] = {}
        self.blocks: list[Block] = [block for part in quoting.messages for block in part.blocks]
        self.block_of: dict[Place, int] = {
            (block.msgid, line.number): number for number, block in enumerate(self.blocks) for line in block.lines
        }
        self.blocks_in: dict[str, list[int]] = {}
        for number, block in enumerate(self.blocks):
            self.blocks_in.setdefault(block.msgid, []).append(number)
        self.rank = self._ranks()
        self._tags: dict[str, tuple[int, ...]] = {}
        self._named: dict[str, int] = {}
        self._spoke: list[int] = []
        self.children = children(thread)

    def _add_patch(self, patch: Patch) -> None:
        self.patches.setdefault(patch.msgid, patch)
        for file in patch.files:
            for hunk in file.hunks:
                for line in hunk.lines:
                    if line.mail_line is not None:
                        self.diff_lines[(patch.msgid, line.mail_line)] = (file.path, line)

    def _authors(self) -> frozenset[str]:
        """Keys of everybody whose patches start the thread: those of the first version, and of the covers."""
        first = next(
            (number for number, message in enumerate(self.thread.messages) if message.msgid in self.patches), None
        )
        if first is None:
            return self.people[0] if self.people else frozenset()
        keys = set(self.people[first]) | set(person(self.patches[self.thread.messages[first].msgid].author))
        for msgid, patch in self.patches.items():
            number = self.index.get(msgid)
            if number is not None and keys & self.people[number]:
                keys |= person(patch.author)
        return frozenset(keys)

    def _others(self) -> dict[str, frozenset[str]]:
        """For each patch of a series that those who began the thread did not send: keys of who sent and wrote it."""
        found: dict[str, frozenset[str]] = {}
        for one in self.series:
            mails = (*((one.cover,) if one.cover else ()), *one.patches)
            keys = person(one.author).union(*(person(patch.author) for patch in mails))
            if not person(one.author) & self.authors:
                found.update((patch.msgid, keys) for patch in mails)
        return found

    def _ranks(self) -> list[int]:
        """Place of each message in the order of time; one without a date comes right after the mail it answers."""
        when: list[tuple[float, int]] = []
        for number, message in enumerate(self.thread.messages):
            parent = self.thread.parents[number]
            before = when[parent][0] if 0 <= parent < number else 0.0
            when.append((max(message.date.timestamp(), before) if message.date else before, number))
        ranks = [0] * len(when)
        for rank, (_, number) in enumerate(sorted(when)):
            ranks[number] = rank
        return ranks

    def when(self, block: int) -> tuple[int, int]:
        """Sort key of a block: its mail's place in time, then its place in the mail."""
        return self.rank[self.index[self.blocks[block].msgid]], block

    def message(self, msgid: str) -> Message:
        return self.thread.messages[self.index[msgid]]

    def tag_lines(self, msgid: str) -> tuple[int, ...]:
        """Lines of the mail's own that give a review tag."""
        if msgid not in self._tags:
            self._tags[msgid] = tuple(
                line.number for line in self.lines(msgid).lines if line.kind == "trailer" and gives_tag(line.text)
            )
        return self._tags[msgid]

    def spoke_before(self, msgid: str) -> bool:
        """The sender wrote an earlier mail of the thread that posts no patch."""
        if not self._spoke:
            self._spoke = self._first_words()
        return self._spoke[self.index[msgid]] < self.rank[self.index[msgid]]

    def _first_words(self) -> list[int]:
        """For each mail, the place in time of its sender's first mail that posts no patch; the mail's own if none."""
        first: dict[str, int] = {}
        for number, message in enumerate(self.thread.messages):
            if not self.posts(message.msgid):
                for key in self.people[number]:
                    first[key] = min(first.get(key, self.rank[number]), self.rank[number])
        return [
            min((first[key] for key in keys if key in first), default=self.rank[number])
            for number, keys in enumerate(self.people)
        ]

    def is_new(self, name: str, msgid: str) -> bool:
        """No earlier mail of the thread has that one of `speech.names`."""
        if not self._named:
            for number, message in enumerate(self.thread.messages):
                for said in speech.names("\n".join(message.lines)):
                    self._named[said] = min(self._named.get(said, self.rank[number]), self.rank[number])
        return name not in self._named or self._named[name] >= self.rank[self.index[msgid]]

    def lines(self, msgid: str) -> MessageLines:
        return self.quoting.messages[self.index[msgid]]

    def same(self, first: str, second: str) -> bool:
        """Both mails are by one person."""
        one, two = self.index.get(first), self.index.get(second)
        return one is not None and two is not None and bool(self.people[one] & self.people[two])

    def is_author(self, msgid: str) -> bool:
        """The mail is by an author of the patch that it hangs under; of the thread's first where there is none.

        So a patch that is posted as an answer is what a reviewer says in the talk above it.
        """
        number = self.index.get(msgid)
        if number is None:
            return False
        if not self.others:
            return bool(self.people[number] & self.authors)
        if msgid not in self._under:
            self._under[msgid] = self.others.get(patch_above(self, msgid), self.authors)
        return bool(self.people[number] & self._under[msgid])

    def began(self, msgid: str) -> bool:
        """The mail is by one of those whose patches start the thread."""
        number = self.index.get(msgid)
        return number is not None and bool(self.people[number] & self.authors)

    def is_patch(self, msgid: str) -> bool:
        return msgid in self.patches

    def posts(self, msgid: str) -> bool:
        """The mail is a patch or cover letter as such, not an answer that carries one."""
        patch = self.patches.get(msgid)
        return patch is not None and not self.message(msgid).subject[:4].lower().startswith(("re:", "aw:", "sv:"))

    def role(self, msgid: str) -> Role:
        if self.message(msgid).automated:
            return "bot"
        return "author" if self.is_author(msgid) else "reviewer"

    def parent(self, msgid: str) -> str:
        number = self.thread.parents[self.index[msgid]]
        return self.thread.messages[number].msgid if number >= 0 else ""

    def depth(self, msgid: str) -> int:
        """How many mails lie between this one and the patch, cover letter or root above it, itself counted."""
        steps, number = 0, self.index[msgid]
        while number >= 0 and steps < 99:
            if self.thread.messages[number].msgid in self.patches and steps:
                break
            number = self.thread.parents[number]
            steps += 1
        return steps

    def what(self, origin: Origin | None) -> str:
        """What the quoted line is: diff, message, cover, trailer, words or unknown."""
        if origin is None:
            return "unknown"
        place = (origin.msgid, origin.line)
        if place in self.diff_lines:
            return "diff"
        patch = self.patches.get(origin.msgid)
        if patch is None:
            return "words"
        lines = self.lines(origin.msgid).lines
        if not self.posts(origin.msgid) and lines[origin.line].kind == "own":
            return "words"
        if lines[origin.line].kind == "trailer":
            return "trailer"
        if lines[origin.line].kind == "diff":
            return "diff"
        return "cover" if patch.number == 0 and not patch.files else "message"


def gives_tag(text: str) -> bool:
    return text.lstrip().lower().startswith(_TAGS)


_TAGS = ("reviewed-by", "acked-by", "tested-by", "reviewed-and-tested", "tested-and-reviewed")


def patch_above(scene: Scene, msgid: str) -> str:
    """The posted mail that a mail hangs under; empty if there is none."""
    number = scene.index[msgid]
    for _ in range(99):
        number = scene.thread.parents[number]
        if number < 0:
            return ""
        above = scene.thread.messages[number].msgid
        if scene.posts(above):
            return above
    return ""
