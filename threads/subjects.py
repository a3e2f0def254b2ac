"""Subject lines of patch mails told apart: "[PATCH xfstests v3 02/11] title". Pure."""

import re

from msgspec import structs

from threads.model import Value
from threads.tree import base_subject

_TAGS = re.compile(r"(?:\[[^\[\]]{0,200}\]\s*)+")
_TAG = re.compile(r"\[([^\[\]]*)\]")
_PATCH = re.compile(r"(?:RFC-?)?PATCH|RFC(?:$|-?v\d)", re.IGNORECASE)
_VERSION = re.compile(r"(?:RFC|PATCH(?:SET|ES)?|SERIES)?-?v([0-9]{1,4})((?:\.[0-9]{1,4})*)", re.IGNORECASE)
_COUNT = re.compile(r"(?:PATCH|RFC)?([0-9]{1,5})/([0-9]{1,5})", re.IGNORECASE)
_OF = re.compile(r"\b([0-9]{1,5}) of ([0-9]{1,5})\b", re.IGNORECASE)
_RESEND = ("RESEND", "RESENT", "REPOST", "REBASE", "REBASED")


class Subject(Value, frozen=True, kw_only=True):
    """A subject line told apart."""

    title: str  # without brackets and reply marks
    reply: bool
    patch: bool  # the brackets say that it is a patch, a cover letter or an RFC
    words: tuple[str, ...]  # in the brackets that say so
    version: int = 1
    label: str = ""  # the version as written: "2", "5.1"; "" when it is not
    number: int = 1
    total: int = 1
    counted: bool = False  # it has a "2/3"
    resend: bool = False
    rfc: bool = False


def read(text: str) -> Subject:
    """Tell a subject apart; brackets that say nothing of a patch ("[f2fs-dev]" of a list) are passed over."""
    base, reply = base_subject(text[:2000])
    match = _TAGS.match(base)
    if not match:
        return Subject(title=base, reply=reply, patch=False, words=())
    title = base[match.end() :].strip()
    groups = [_OF.sub(r"\1/\2", group).replace(",", " ").split() for group in _TAG.findall(match[0])]
    words = tuple(word for group in groups if any(_tells(word) for word in group) for word in group)
    if not words and base_subject(title)[1]:  # "[f2fs-dev] Re: [PATCH] ...", as some lists make it
        return structs.replace(read(title), reply=True)
    counts = [found for word in words if (found := _COUNT.fullmatch(word))]
    versions = [found for word in words if (found := _VERSION.fullmatch(word))]
    return Subject(
        title=title,
        reply=reply,
        patch=bool(counts) or any(_PATCH.match(word) for word in words),
        words=words,
        version=int(versions[-1][1]) if versions else 1,
        label=versions[-1][1].lstrip("0") + versions[-1][2] if versions else "",
        number=int(counts[-1][1]) if counts else 1,
        total=int(counts[-1][2]) if counts else 1,
        counted=bool(counts),
        resend=any(word.upper() in _RESEND for word in words),
        rfc=any(word.upper().startswith("RFC") for word in words),
    )


def _tells(word: str) -> bool:
    return bool(_PATCH.match(word) or _COUNT.fullmatch(word) or _VERSION.fullmatch(word) or word.upper() in _RESEND)
