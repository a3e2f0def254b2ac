"""The choice of the model and the checked claims, as a report carries them."""

import pytest

from reviewer import kernel
from reviewer.errors import Failure
from reviewer.options import Options
from rules import store
from rules.change import Change

NOTHING = Change(subject="", date="2020-06-04", files=())


def test_an_unknown_version_names_those_that_there_are() -> None:
    with pytest.raises(Failure, match=r"4\.19; there are 5\.10"):
        kernel.choose(NOTHING, Options(kernel="4.19"))


def test_the_option_wins_over_the_date() -> None:
    model, fit = kernel.choose(NOTHING, Options(kernel="6.12"))
    assert model.version == store.find("6.12")
    assert fit.fit == "asked"


def test_the_date_of_the_patch_decides_without_anything_else() -> None:
    model, fit = kernel.choose(NOTHING, Options())
    assert model.version == store.find("5.10")
    assert (fit.fit, fit.version, fit.tree) == ("by-date", model.version, model.tree)


def test_a_version_and_a_tree_exclude_each_other_in_a_review_too() -> None:
    with pytest.raises(Failure, match="exclude each other"):
        kernel.choose(NOTHING, Options(kernel="6.12", tree="."))


def test_a_commit_without_a_tree_is_refused() -> None:
    with pytest.raises(Failure, match="--rev names a commit of a tree"):
        kernel.choose(NOTHING, Options(rev="v6.12"))
