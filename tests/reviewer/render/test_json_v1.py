import json

import jsonschema
import msgspec
import pytest

from reviewer.render import json_v1, render
from tests.reviewer.render import sample


@pytest.mark.parametrize("review", [sample.empty(), sample.settled(), sample.typical()])
def test_a_report_is_valid_by_its_schema(review) -> None:  # type: ignore[no-untyped-def]
    schema = json_v1.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(render(review, "json")), schema)


def test_every_key_is_required_by_the_schema() -> None:
    for definition in json_v1.schema()["$defs"].values():
        assert set(definition["required"]) == set(definition["properties"])


def test_the_schema_says_when_the_version_rises() -> None:
    assert "When the version rises" in json_v1.schema()["description"]


def test_only_a_point_on_a_diff_line_has_an_anchor_but_every_point_says_what_it_hangs_on() -> None:
    points = json.loads(render(sample.typical(), "json"))["points"]
    assert [point["id"] for point in points if point["anchor"]] == ["P3", "P4", "P7"]
    assert points[2]["anchor"] == {"file": "fs/brinefs/file.c", "line": "+\t\tret = brine_fault_error(folio, -EIO);"}
    assert {point["hangs_on"]["kind"] for point in points} == {"mail", "message", "diff", "symbol", "cover"}


def test_a_quote_is_at_most_400_characters() -> None:
    review = sample.typical()
    point = msgspec.structs.replace(review.points[0], quote="x" * 500)
    report = json_v1.report(msgspec.structs.replace(review, points=(point,)))
    assert len(report.points[0].quote) == 400


def test_the_counts_of_lines_add_up() -> None:
    accounting = json.loads(render(sample.typical(), "json"))["accounting"]
    assert (
        accounting["lines"] == sum(accounting["uses"].values()) == sum(one["lines"] for one in accounting["messages"])
    )


def test_a_thread_of_any_depth_is_a_flat_list() -> None:
    review = sample.typical()
    one = review.thread.messages[0]
    messages = tuple(msgspec.structs.replace(one, msgid=f"m{number}@example.org") for number in range(3000))
    thread = msgspec.structs.replace(review.thread, messages=messages, parents=tuple(range(-1, 2999)))
    report = json.loads(render(msgspec.structs.replace(review, thread=thread), "json"))
    assert report["thread"]["messages"][2999]["parent"] == "m2998@example.org"


def test_json_needs_neither_rich_nor_jinja2() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from tests.reviewer.render import sample; from reviewer.render import render\n"
        "render(sample.typical(), 'json'); render(sample.typical(), 'terminal')\n"
        "sys.exit(any(name in sys.modules for name in ('rich', 'jinja2')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
