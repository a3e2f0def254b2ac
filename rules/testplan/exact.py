"""What needs no guess: tests that a patch changes, that an annotation ties to it, that people name in the thread."""

import re
from zlib import crc32

from rules.change import Change
from rules.model import Value
from rules.testplan.catalogue import Sets
from rules.testplan.values import Named, Tier

_HASH = re.compile(r"[0-9a-fA-F]{8,40}")
_PREFIX = re.compile(r"(?:\[[^\]]{0,100}\]|re:|fwd?:)[ \t]*", re.IGNORECASE)
_TITLE = 120
_TEST = re.compile(r"tests/([a-z0-9]+/\d{3,4})(?:\.out\b.*)?")
_WEIGHTS = {"fails": 4.0, "asked": 3.0, "named": 2.0, "passes": 1.0}


class Exact(Value, frozen=True, kw_only=True):
    weight: float  # above every score of the ranking
    tier: Tier
    reasons: tuple[str, ...]
    said_by: tuple[str, ...] = ()


def title_digest(title: str) -> str:
    """16 hex digits that stand for a commit title, without tags, case and spacing. hashlib would cost 15 ms."""
    title = title.strip()[:500]
    while match := _PREFIX.match(title):
        title = title[match.end() :]
    plain = " ".join(title.lower().split()).encode("utf-8", "replace")
    return f"{crc32(plain):08x}{crc32(plain[::-1]):08x}"


def gathered(change: Change, named: tuple[Named, ...], tests: Sets) -> dict[str, Exact]:
    """All of these, with the reasons of all and the tier of the one that weighs most."""
    found = changed(change, tests)
    for part in (annotated(change, tests), by_name(named, tests)):
        for test, one in part.items():
            other = found.get(test, one)
            first = max(other, one, key=lambda exact: exact.weight)
            reasons = tuple(dict.fromkeys((*other.reasons, *one.reasons)))
            found[test] = Exact(weight=first.weight, tier=first.tier, reasons=reasons, said_by=one.said_by)
    return found


def changed(change: Change, tests: Sets) -> dict[str, Exact]:
    """Tests that a patch of xfstests itself changes."""
    paths = (file.path or file.old_path for file in change.files)
    names = (found[1] for found in map(_TEST.fullmatch, paths) if found and found[1] in tests.index)
    return {name: Exact(weight=5.0, tier="regression", reasons=("catalogue: the patch changes it",)) for name in names}


def annotated(change: Change, tests: Sets) -> dict[str, Exact]:
    """Tests that say that this very commit, or the one that it repairs, makes them pass."""
    found: dict[str, Exact] = {}
    catalogue = tests.catalogue
    for value in change.fixes:
        match = _HASH.match(value)
        for index in catalogue.fixes.get(match[0].lower()[:12], ()) if match else ():
            reason = f"annotation: {match[0].lower()[:12]}, which this repairs, is its fix" if match else ""
            found[catalogue.tests[index]] = Exact(weight=6.0, tier="regression", reasons=(reason,))
    for title in reversed(dict.fromkeys((change.subject, *change.titles))):
        named = "this patch" if title == change.subject else f'a patch of this series ("{title[:_TITLE]}")'
        for index in catalogue.subjects.get(title_digest(title), ()):
            reason = f"annotation: it names the title of {named} as its fix"
            found[catalogue.tests[index]] = Exact(weight=8.0, tier="regression", reasons=(reason,))
    return found


def by_name(named: tuple[Named, ...], tests: Sets) -> dict[str, Exact]:
    """Tests that people name. One said to fail is a regression test of this change."""
    found: dict[str, Exact] = {}
    for one in sorted(named, key=lambda named: -_WEIGHTS[named.relation]):
        if one.test not in tests.index:
            continue
        by = f"named by {one.who} in {one.msgid}" if one.who else f"named in {one.msgid}"
        said = {"fails": ": fails", "passes": ": passes", "asked": ": asked for", "named": ""}[one.relation]
        before = found.get(one.test)
        if before is None:
            tier: Tier = "regression" if one.relation in ("fails", "asked") else "targeted"
            found[one.test] = Exact(
                weight=_WEIGHTS[one.relation], tier=tier, reasons=(by + said,), said_by=(one.msgid,)
            )
        else:
            found[one.test] = Exact(
                weight=before.weight,
                tier=before.tier,
                reasons=tuple(dict.fromkeys((*before.reasons, by + said)))[:4],
                said_by=tuple(dict.fromkeys((*before.said_by, one.msgid))),
            )
    return found
