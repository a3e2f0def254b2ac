"""Trailers of a commit message, and tags that replies give. Pure.

A tag counts only unquoted, at the start of a line, before the signature and outside of diffs, and only when the sender
is the person it names: addresses are compared, since anybody can write any name.
"""

import re

from threads.diff import starts_patch
from threads.headers import addresses
from threads.model import Identity, Message, Trailer

LINE_CAP = 1000  # characters of a line that are looked at
_NAMES = frozenset(
    (
        "cc", "fixes", "link", "closes", "references", "base-commit", "change-id", "message-id", "depends-on",
        "stable-dep-of", "bug", "buglink", "prerequisite-patch-id",
    )
)  # fmt: skip
# As text: few mails hold them, and re keeps what it has compiled.
_TAG = r"((?:[A-Za-z]{2,20}-){1,4}by)[ \t]*:[ \t]*(\S.*)"
_CONDITION = (
    r"\bwith (?:that|this|those|these|it|them|the|my|above|such)\b[^.]{0,80}\b"
    r"(?:fix|chang|address|correct|clarif|updat|resolv|done|remov|fold|sort|comment|nit|typo|tweak|adjust|renam)"
    r"|\b(?:once|assuming|provided|modulo|except(?:ing)?|besides|otherwise|(?:apart|aside) from|other than)\b"
    r"|\bafter (?:that|this|those|these|you|fixing|addressing|changing)\b"
    r"|\bif you (?:fix|change|address|update|respin|resend|do|agree|could|can)\b"
)
_BLADES = (">8", "8<", ">%", "%<")
_SCISSORS = r"(?:[-\s]|>8|8<|>%|%<|cut here)*(?:>8|8<|>%|%<)(?:[-\s]|>8|8<|>%|%<|cut here)*"
_FORMAT_PATCH = r"From [0-9a-f]{40,64} "


def scissors(line: str) -> bool:
    """A line such as "-- >8 --": what stands above it is no part of the patch."""
    return any(blade in line for blade in _BLADES) and bool(re.fullmatch(_SCISSORS, line[:200]))


def format_patch(line: str) -> bool:
    """The line that `git format-patch` writes first."""
    return line.startswith("From ") and bool(re.match(_FORMAT_PATCH, line))


def of_commit(message: Message, lines: list[str]) -> tuple[Trailer, ...]:
    """The trailers among the lines of a commit message."""
    found = []
    for line in lines:
        name, colon, value = line[:LINE_CAP].rstrip().partition(":")
        name, value = name.rstrip(" \t"), value.lstrip(" \t")
        if colon and value[:1].strip() and "\n" not in value and _is_name(name):
            found.append(_trailer(name, value, message, ""))
    return tuple(found)


def _is_name(text: str) -> bool:
    """Whether a trailer of a commit can be called so: Reviewed-by and what ends so, Fixes, Addresses-Coverity-ID."""
    name = text.lower()
    if name in _NAMES:
        return True
    letters = name.isascii() and name.replace("-", "a").isalpha() and name[0] != "-"
    tag = name.endswith("-by") and 4 <= len(name) <= 44
    return letters and (tag or (name.startswith("addresses-") and 11 <= len(name) <= 40))


def given(message: Message) -> tuple[Trailer, ...]:
    """Tags in the own text of a mail, each with the condition that is set beside it."""
    found: list[Trailer] = []
    above: list[str] = []  # the paragraph before, or the one that the line stands in
    gap = False
    for raw in message.lines:
        line = raw[:LINE_CAP].rstrip()
        if line == "--" or starts_patch(line) or scissors(line) or format_patch(line):
            break
        if line.startswith(">"):
            above = []
        elif not line:
            gap = True
        elif tag := _given(line, above, message):
            found.append(tag)
        else:
            above = [line] if gap else [*above[-9:], line]
            gap = False
    return tuple(found)


def _given(line: str, above: list[str], message: Message) -> Trailer | None:
    """The tag of a line, with the condition set in the sentence above it or in front of it."""
    if "-by" not in line.lower():
        return None
    if match := re.fullmatch(_TAG, line, re.I):
        return _trailer(match[1], match[2], message, _condition(above))
    match = re.search(_TAG, line, re.I)
    if match and re.search(_CONDITION, line[: match.start()], re.I):
        return _trailer(match[1], match[2], message, line[: match.start()].strip())
    return None


def _condition(above: list[str]) -> str:
    """The sentence right above a tag, when it sets a condition."""
    last = re.split(r"(?<=[.!?])\s+", " ".join(line.strip() for line in above).strip())[-1]
    return last if re.search(_CONDITION, last, re.I) else ""


def _trailer(name: str, value: str, message: Message, condition: str) -> Trailer:
    return Trailer(
        name=usual_name(name),
        value=value,
        msgid=message.msgid,
        credited=names(value, message.author),
        condition=condition,
    )


def usual_name(name: str) -> str:
    """A trailer's name in its usual spelling: "reviewed-By" is "Reviewed-by"."""
    return name[:1].upper() + name[1:].lower()


def names(value: str, sender: Identity) -> bool:
    """Whether a trailer's value names the sender, by the address; a +tag in it does not matter."""
    if not sender.address:
        return False
    people = addresses(value.encode("utf-8", "replace"))[0]
    return bool(people) and _bare(people[0].address) == _bare(sender.address)


def _bare(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"
