"""Diagnostics for reviewdog and editors (Reviewdog Diagnostic Format, rdjson).

Holds what hangs on lines of the patch: unsettled points and the objections of rules. The format has no place for what
hangs on a commit message or on another mail; the page has. reviewdog posts messages as Markdown, so they are escaped.
"""

from typing import Any

import msgspec

from reviewer import neutral
from reviewer.neutral import markdown_text, plain
from reviewer.render import links, onlines
from reviewer.render.onlines import OnLine
from reviewer.review import Review
from threads.model import UNSETTLED

_POINT = {"blocking": "ERROR", "should": "WARNING", "nit": "INFO", "question": "INFO"}
_RULE = {"high": "WARNING", "medium": "WARNING", "low": "INFO"}


def render(review: Review) -> str:
    """A DiagnosticResult as JSON."""
    found = [one for one in onlines.find(review) if one.point is None or one.point.status in UNSETTLED]
    result = {"source": {"name": "mkwrite"}, "diagnostics": [_diagnostic(review, one) for one in found]}
    return neutral.json(msgspec.json.format(msgspec.json.encode(result), indent=2).decode()) + "\n"


def _diagnostic(review: Review, one: OnLine) -> dict[str, Any]:
    code, severity = _code(review, one)
    return {
        "message": markdown_text(onlines.message(review, one)),
        "location": {"path": plain(one.path), "range": {"start": {"line": one.line}}},
        "severity": severity,
        "code": code,
    }


def _code(review: Review, one: OnLine) -> tuple[dict[str, str], str]:
    if one.point is not None:
        link = links.mail(review, one.point.msgid)
        code = {"value": f"review/{one.point.kind}"}
        return ({**code, "url": link} if link else code), _POINT[one.point.weight]
    if one.objection is not None:
        return {"value": f"rule/{plain(one.objection.rule)}"}, _RULE[one.objection.severity]
    return {}, "INFO"
