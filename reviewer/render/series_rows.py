"""The lines of the series: tags of replies with what must be said beside them, and the kernel model that was used."""

from collections.abc import Sequence

from reviewer.render import words
from reviewer.render.words import Span, Spans, code, text
from reviewer.review import Review
from threads.claims import MOST
from threads.model import Point, Series, Trailer
from threads.scene import person
from threads.series import patch_of

_OTHERS = 2  # other series that are named
_TITLE = 60  # characters of their titles

_FITS = {
    "exact": "",
    "nearest": ", the nearest that fits",
    "by-name": ", chosen by the names of functions",
    "by-date": "",
    "asked": "",
}


def beside(review: Review, reviewed: Series) -> Spans:
    """What the thread holds beside the reviewed series: its other versions, and what somebody else or else was sent."""
    others = [one for one in review.series if one is not reviewed and not _of_one(one, reviewed)]
    own = [one for one in review.series if one not in others]
    versions = list(dict.fromkeys(f"v{one.version}" for one in own))
    held = words.listed(versions) if len(versions) > 1 else f"{len(own)} series" if len(own) > 1 else ""
    named = [
        (Span("quote", words.shortened(one.subject, _TITLE)), text(" by "), Span("who", str(one.author)))
        for one in others[:_OTHERS]
    ]
    left = len(others) - len(named)
    parts = [*([(text(held),)] if held else []), *named, *([(text(f"{left} more"),)] if left else [])]
    return text("the thread holds " if held else "the thread also holds "), *words.joined(parts, " and ")


def elsewhere(review: Review, point: Point) -> Spans:
    """The series that a point is about, where somebody else sent it than the reviewed one."""
    reviewed = words.reviewed_series(review)
    if reviewed is None or len(review.series) < 2:
        return ()
    about = patch_of(review.thread, review.series).get(point.msgid, "")
    series = next((one for one in review.series if about in _mails(one)), reviewed)
    if person(series.author) & person(reviewed.author):
        return ()
    named = Span("quote", words.shortened(series.subject, _TITLE))
    return text("in "), named, text(" by "), Span("who", str(series.author)), text(", ")


def _mails(series: Series) -> tuple[str, ...]:
    return tuple(patch.msgid for patch in (*filter(None, (series.cover,)), *series.patches))


def _of_one(one: Series, other: Series) -> bool:
    """Both are versions of one series, as far as author and version or subject tell."""
    same = bool(person(one.author) & person(other.author))
    return same and (one.version != other.version or one.subject == other.subject)


def tags(review: Review, given: Sequence[Trailer], most: int | None) -> Spans:
    """Tags of replies, at most `most`; with a limit the same one in several mails, say for each patch, is told once."""
    alike: dict[object, list[Trailer]] = {}
    for tag in given:
        alike.setdefault(tag if most is None else (tag.name, tag.value, tag.condition, tag.credited), []).append(tag)
    shown = list(alike.values())[:most]
    patches = _patches(review)
    reviewed = words.reviewed_series(review)
    patches_of = reviewed.patches if reviewed else ()
    groups: list[Spans] = []
    for same in shown:
        one = same[0]
        found = [patches.get(tag.msgid, "") for tag in same]
        several = f" in {len(same)} mails" if len(same) > 1 else ""
        of_it = _for(list(dict.fromkeys(found)), len(patches_of)) if all(found) else several
        said = (text(", said with "), Span("quote", one.condition.rstrip(" :,"))) if one.condition else ()
        target = words.mail_link(review, one.msgid).target
        groups.append((Span("who", f"{one.name}: {one.value}", target), text(of_it), *said, text(_sender(review, one))))
    more = f" and {len(alike) - len(shown)} more" if len(alike) > len(shown) else ""
    return (*words.joined(groups, "; "), text(more)) if groups else ()


def _patches(review: Review) -> dict[str, str]:
    """The number of the patch that a mail is about, for patches of a series; a cover letter has none."""
    number = {
        patch.msgid: str(patch.number)
        for series in review.series
        if series.expected > 1
        for patch in series.patches
        if patch.number
    }
    about = patch_of(review.thread, review.series) if number else {}
    return {msgid: number[patch] for msgid, patch in about.items() if patch in number}


def _for(numbers: list[str], whole: int) -> str:
    if 1 < len(numbers) == whole:
        return " for each patch"
    return f" for patch {numbers[0]}" if len(numbers) == 1 else f" for patches {words.listed(numbers)}"


def _sender(review: Review, tag: Trailer) -> str:
    """What must be said of a tag that names another address than the one it was sent from."""
    message = review.message(tag.msgid)
    if tag.credited or message is None:
        return ""
    same = message.author.name and message.author.name.lower() in tag.value.lower()
    return f" (sent from {message.author.address})" if same else f" (sent by {message.author})"


def model(review: Review) -> Spans:
    used = review.model
    if not used.version:
        return (text(f"No kernel model was used: {used.why}" if used.why else "No kernel model was used"),)
    chosen = _FITS.get(used.fit, "")
    return (
        text("Kernel model "),
        code(used.version),
        text(f"{chosen}: {used.why}" if used.why else chosen),
        *_undecided(review),
    )


def _undecided(review: Review) -> Spans:
    """Claims that the source decides none of have no section on the short page. At most MOST are kept: no count."""
    if not review.claims or any(one.verdict != "unknown" for one in review.claims):
        return ()
    number = len(review.claims)
    if number == 1:
        return (text(". It does not decide the claim about the source that a mail makes"),)
    named = "clearest claims" if number >= MOST else f"{number} claims"
    return (text(f". It decides none of the {named} about the source that the mails make"),)
