import pytest

from reviewer.commands import opening
from reviewer.errors import Failure
from rules import store


def test_the_newest_shipped_model_is_asked_when_nothing_is_said() -> None:
    assert opening.opened(None, None, None).version == store.load(store.shipped()[-1]).version


def test_a_series_name_finds_its_model() -> None:
    assert opening.opened("5.10", None, None).version.startswith("5.10")


@pytest.mark.parametrize(
    ("kernel", "tree", "rev", "said"),
    [
        ("6.12", "/nowhere", None, "exclude each other"),
        (None, None, "v6.12", "--rev names a commit of a tree"),
        ("6.12", None, "v6.12", "--rev names a commit of a tree"),
        ("2.4.1", None, None, "2.4.1"),
        (None, "/nowhere/at/all", None, "/nowhere/at/all"),
    ],
)
def test_what_cannot_be_opened_is_bad_input(kernel: str | None, tree: str | None, rev: str | None, said: str) -> None:
    with pytest.raises(Failure, match=said):
        opening.opened(kernel, tree, rev)


def test_a_misspelt_function_is_answered_with_its_neighbours() -> None:
    model = opening.opened("6.12", None, None)
    with pytest.raises(Failure) as failure:
        opening.functions(model, "do_page_mkwrit")
    assert "did you mean" in failure.value.next_step
    assert "do_page_mkwrite" in failure.value.next_step


def test_a_name_like_no_other_is_told_what_the_model_holds() -> None:
    with pytest.raises(Failure) as failure:
        opening.functions(opening.opened("6.12", None, None), "xyzzy")
    assert "the model holds" in failure.value.next_step


def test_every_definition_of_a_name_is_found_with_and_without_parentheses() -> None:
    model = opening.opened("6.12", None, None)
    found = opening.functions(model, "do_page_mkwrite()")
    assert found == opening.functions(model, "do_page_mkwrite")
    assert {model.functions[index].name for index in found} == {"do_page_mkwrite"}
