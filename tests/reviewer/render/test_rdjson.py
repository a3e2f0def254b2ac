import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

from reviewer.render import render
from tests.reviewer.render import published, sample, test_hostile

# What reviewdog's DiagnosticResult schema demands of the keys that we use; it leaves all of them optional, we do not.
POSITION = {"type": "object", "required": ["line"], "properties": {"line": {"type": "integer", "minimum": 1}}}
LOCATION = {
    "type": "object",
    "required": ["path", "range"],
    "properties": {
        "path": {"type": "string"},
        "range": {"type": "object", "required": ["start"], "properties": {"start": POSITION}},
    },
}
DIAGNOSTIC = {
    "type": "object",
    "required": ["message", "location", "severity", "code"],
    "additionalProperties": False,
    "properties": {
        "message": {"type": "string", "minLength": 1},
        "location": LOCATION,
        "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
        "code": {
            "type": "object",
            "required": ["value"],
            "additionalProperties": False,
            "properties": {"value": {"type": "string"}, "url": {"type": "string", "pattern": "^https://"}},
        },
    },
}
SCHEMA = {
    "type": "object",
    "required": ["source", "diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "diagnostics": {"type": "array", "items": DIAGNOSTIC},
    },
}


@pytest.mark.parametrize(
    "review", [sample.empty(), sample.settled(), sample.typical(), test_hostile.tainted("terminal")]
)
def test_the_result_is_what_reviewdog_reads(review) -> None:  # type: ignore[no-untyped-def]
    jsonschema.validate(json.loads(render(review, "rdjson")), SCHEMA)


@pytest.mark.skipif(
    not published.RDFORMAT.exists(), reason=published.MISSING.format("@umbrelladocs/rdformat-validator")
)
def test_the_result_passes_the_validator_of_the_format(tmp_path: Path) -> None:
    files = []
    for name, review in (
        ("typical", sample.typical()),
        ("empty", sample.empty()),
        ("html", test_hostile.tainted("html")),
    ):
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(render(review, "rdjson"), encoding="utf-8")
    command = [published.RDFORMAT.resolve(), "--strict", "--no-extra-fields", *files]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_only_what_is_unsettled_is_told() -> None:
    assert json.loads(render(sample.settled(), "rdjson"))["diagnostics"] == []


def test_a_diagnostic_stands_at_the_new_line_and_a_removed_line_at_what_replaces_it() -> None:
    found = json.loads(render(sample.typical(), "rdjson"))["diagnostics"]
    spots = [(one["location"]["range"]["start"]["line"], one["severity"], one["code"]["value"]) for one in found]
    assert spots == [
        (122, "WARNING", "rule/wrong-layer"),
        (124, "WARNING", "review/correctness"),
        (124, "WARNING", "rule/errno-lost"),
        (207, "WARNING", "review/correctness"),
    ]
