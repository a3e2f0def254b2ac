# ruff: noqa: E501 -- a schema reads better in wide lines
import json
from typing import Any

import jsonschema
import pytest

from reviewer.render import render
from tests.reviewer.render import published, sample, test_hostile

# The part of the SARIF 2.1.0 schema that we use, written from the standard (sections 3.13, 3.14, 3.19, 3.27 to 3.30, 3.35).
MESSAGE = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string"}},
    "additionalProperties": False,
}
PHYSICAL = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "properties": {
        "artifactLocation": {
            "type": "object",
            "required": ["uri"],
            "properties": {"uri": {"type": "string", "format": "uri-reference"}, "uriBaseId": {"type": "string"}},
            "additionalProperties": False,
        },
        "region": {
            "type": "object",
            "required": ["startLine"],
            "properties": {"startLine": {"type": "integer", "minimum": 1}},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "level", "message"],
    "properties": {
        "ruleId": {"type": "string"},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": MESSAGE,
        "hostedViewerUri": {"type": "string", "format": "uri", "pattern": "^https://"},
        "locations": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"physicalLocation": PHYSICAL, "logicalLocations": {"type": "array"}},
                "additionalProperties": False,
            },
        },
        "suppressions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"enum": ["inSource", "external"]}, "justification": {"type": "string"}},
                "additionalProperties": False,
            },
        },
        "properties": {"type": "object"},
    },
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"rules": {"type": "array", "uniqueItems": True}},
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": RESULT},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def results(review: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(review, "sarif"))["runs"][0]["results"]
    return found


@pytest.mark.parametrize(
    "review", [sample.empty(), sample.settled(), sample.typical(), *map(test_hostile.tainted, test_hostile.PAYLOADS)]
)
def test_the_log_is_sarif(review: Any) -> None:
    jsonschema.validate(json.loads(render(review, "sarif")), SCHEMA, format_checker=jsonschema.FormatChecker())


@pytest.mark.skipif(not published.SARIF.exists(), reason=published.MISSING.format("@microsoft/jest-sarif"))
@pytest.mark.parametrize(
    "review", [sample.empty(), sample.typical(), *map(test_hostile.tainted, test_hostile.PAYLOADS)]
)
def test_the_log_is_sarif_by_the_published_schema(review: Any) -> None:
    schema = json.loads(published.SARIF.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    validator.validate(json.loads(render(review, "sarif")))


def test_every_point_and_objection_is_a_result() -> None:
    assert len(results(sample.typical())) == 9


def test_a_settled_point_is_suppressed_with_its_reason() -> None:
    settled = [one for one in results(sample.typical()) if "suppressions" in one]
    assert [one["properties"]["status"] for one in settled] == ["accepted", "answered", "withdrawn"]
    assert settled[0]["suppressions"] == [{"kind": "external", "justification": "accepted: the author promised it"}]


def test_every_rule_of_a_result_is_described_once() -> None:
    run = json.loads(render(sample.typical(), "sarif"))["runs"][0]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids))
    assert {one["ruleId"] for one in run["results"]} == set(ids)


def test_brackets_of_a_mail_are_no_link_of_sarif() -> None:
    for one in results(test_hostile.tainted("markdown")):
        assert "](" not in one["message"]["text"].replace("\\](", "")
