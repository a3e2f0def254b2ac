"""Who took part, and the one line that says how the thread stands."""

from collections import Counter
from collections.abc import Iterable, Sequence

from reviewer.review import Participant
from rules import evidence
from threads.model import UNSETTLED, Identity, Message, Point, Series
from threads.scene import person


def participants(
    messages: Iterable[Message], points: Sequence[Point], series: Sequence[Series]
) -> tuple[Participant, ...]:
    """Everybody who wrote, by number of points raised, then of mails; who wrote from two addresses stands once."""
    mails: Counter[str] = Counter()
    names: dict[str, str] = {}
    bots: set[str] = set()
    known: dict[str, str] = {}  # what a person is known by -> the address of their first mail
    for message in messages:
        key = _key(message.author, known)
        mails[key] += 1
        names.setdefault(key, str(message.author))
        if message.automated:
            bots.add(key)
    raised = Counter(_key(raiser, known) for point in points for raiser in point.raisers)
    roles = {_key(point.author, known): point.role for point in points}
    roles |= {_key(event.author, known): event.role for point in points for event in point.events}
    authors = {_key(one.author, known) for one in series}
    found = [
        Participant(
            name=names[key],
            address=key,
            role="bot" if key in bots else "author" if key in authors else roles.get(key, "reviewer"),
            mails=count,
            points=raised[key],
        )
        for key, count in mails.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.role != "author", -one.points, -one.mails, one.name)))


def _key(identity: Identity, known: dict[str, str]) -> str:
    own = identity.address or identity.name
    keys = sorted(person(identity))
    first = next((known[key] for key in keys if key in known), own)
    for key in (own, *keys):
        known.setdefault(key, first)
    return first


TO_CHECK = "to be tested or checked"


def verdict(points: Sequence[Point], outcome: str = "undecided", why: str = "") -> str:
    """How the points ended, how the thread looks and who has to act.

    "2 open, 1 disputed, 5 settled; waiting for the author; a new version is needed". The counts come first, up to the
    first semicolon. `outcome` and `why` are the ledger's, which also tells whom each point waits for.
    """
    left = [point for point in points if point.status in UNSETTLED]
    parts = [_counts(points)]
    awaited = Counter(point.waiting_for for point in left if point.waiting_for)
    to_check = outcome == "undecided" and why.startswith(TO_CHECK)
    coming = outcome == "new-version-needed" and (" is promised by " in why or " is asked for by " in why)
    agreed = outcome == "new-version-needed" and why.startswith("agreed to")
    if to_check or coming or (agreed and not awaited):
        awaited["the author"] += 1
    if awaited:
        parts.append("waiting for " + evidence.names([who for who, _ in awaited.most_common()], 3))
    if outcome == "merged-looking":
        parts.append(f"{'looks accepted all the same' if left else 'looks accepted'}: {why}")
    elif outcome == "rejected":
        parts.append(f"looks rejected: {why}")
    elif to_check or coming:
        parts.append(why)
    elif outcome == "new-version-needed":
        told = "" if why.startswith("not settled") else f" ({why})"
        parts.append(f"a new version is needed{told}")
    elif points and why.startswith("no tag"):
        parts.append("nobody gave a tag or took it")
    return "; ".join(parts)


def _counts(points: Sequence[Point]) -> str:
    if not points:
        return "no review point found"
    by_status = Counter(point.status for point in points)
    counts = []
    for status in UNSETTLED:
        blocking = sum(point.weight == "blocking" and point.status == status for point in points)
        if by_status[status]:
            counts.append(f"{by_status[status]} {status}" + (f" ({blocking} blocking)" if blocking else ""))
    settled = len(points) - by_status["open"] - by_status["disputed"]
    return ", ".join([*counts, *([f"{settled} settled"] if settled else [])])
