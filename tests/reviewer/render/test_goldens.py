from pathlib import Path

import pytest

from tests import goldens

OUTPUTS = {path.name: (path, text) for path, text in goldens.outputs()}


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_is_as_its_golden_file_says(name: str) -> None:
    path, text = OUTPUTS[name]
    assert text == path.read_text(encoding="utf-8"), "python -m tests.goldens --update writes them anew"


def test_no_golden_file_is_left_over() -> None:
    assert {path for path, _ in goldens.outputs()} >= set(goldens.DIRECTORY.iterdir())


def test_a_golden_of_the_schema_ships_with_the_package() -> None:
    assert Path("reviewer/render/review-v1.schema.json").name in OUTPUTS
