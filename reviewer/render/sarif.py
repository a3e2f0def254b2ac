"""SARIF 2.1.0 for code hosts and editors: review points and objections as results of one run.

A settled point stays in, suppressed with what settled it. A point that hangs on no line of a file is a result without a
physical location; the function it names is its logical location.
"""

from typing import Any
from urllib.parse import quote

import msgspec

from reviewer import neutral
from reviewer.neutral import markdown_text, plain
from reviewer.render import links, onlines, words
from reviewer.render.onlines import OnLine
from reviewer.review import Review
from threads.model import UNSETTLED, Point

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_POINT = {"blocking": "error", "should": "warning", "nit": "note", "question": "note"}
_RULE = {"high": "warning", "medium": "warning", "low": "note"}


def render(review: Review) -> str:
    """The log as JSON."""
    placed = onlines.find(review)
    seen = {one.point.id for one in placed if one.point}
    results = [_placed(review, one) for one in placed]
    results += [_loose(review, point) for point in review.points if point.id not in seen]
    rules = dict.fromkeys(str(result["ruleId"]) for result in results)
    driver = {"name": "mkwrite", "rules": [_rule(review, rule) for rule in rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return neutral.json(msgspec.json.format(msgspec.json.encode(log), indent=2).decode()) + "\n"


def _rule(review: Review, rule: str) -> dict[str, Any]:
    title = next((one.title for one in review.objections if rule == _objection_id(one.rule)), "")
    said = title or f"A review point about {rule.rpartition('/')[2]}"
    return {"id": rule, "shortDescription": {"text": _text(said)}}


def _objection_id(rule: str) -> str:
    return f"rule/{plain(rule)}"


def _placed(review: Review, one: OnLine) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(plain(one.path)), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": one.line},
    }
    locations = [{"physicalLocation": place}]
    said = onlines.message(review, one)
    if one.point is not None:
        return {**_point(review, one.point, said), "locations": locations}
    objection = one.objection
    return {
        "ruleId": _objection_id(objection.rule) if objection else "",
        "level": _RULE[objection.severity] if objection else "none",
        "message": _message(said),
        "locations": locations,
    }


def _loose(review: Review, point: Point) -> dict[str, Any]:
    names = [{"fullyQualifiedName": plain(name), "kind": "function"} for name in point.symbols[:1]]
    locations = {"locations": [{"logicalLocations": names}]} if names else {}
    hangs = " ".join(plain(span.text) for span in words.hangs_on(review, point.anchor))
    said = onlines.message(review, OnLine("", 0, point, None, False))
    return {**_point(review, point, f"{said} ({hangs})"), **locations}


def _point(review: Review, point: Point, said: str) -> dict[str, Any]:
    link = links.mail(review, point.msgid)
    settled = point.status not in UNSETTLED
    why = f"{point.status}: {point.status_why}" if point.status_why else point.status
    return {
        "ruleId": f"review/{point.kind}",
        "level": _POINT[point.weight],
        "message": _message(said),
        **({"hostedViewerUri": link} if link else {}),
        **({"suppressions": [{"kind": "external", "justification": plain(why)}]} if settled else {}),
        "properties": {"status": point.status, "weight": point.weight, "messageId": plain(point.msgid)},
    }


def _message(said: str) -> dict[str, str]:
    return {"text": _text(said), "markdown": markdown_text(said)}


def _text(said: str) -> str:
    """A plain text message of SARIF, in which [a](b) would be a link."""
    return plain(said).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
