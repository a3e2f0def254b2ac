"""Options that several commands share: those that offer one of a family offer all of it, with the same meaning."""

import click
import pytest

from reviewer.commands.options import kernel_options, source_options
from reviewer.group import COMMANDS, group

KERNEL = {"--kernel", "--tree", "--rev"}
SOURCE = {"--midmask", "--no-network"}


def options_of(command: click.Command) -> dict[str, click.Parameter]:
    return {name: one for one in command.params for name in one.opts if name.startswith("--")}


@click.command()
@source_options
@kernel_options
def asked(**given: object) -> dict[str, object]:
    return given


def test_what_is_not_given_is_nothing() -> None:
    assert asked.main([], standalone_mode=False) == {
        "kernel": None, "tree": None, "rev": None, "midmask": None, "no_network": False,
    }  # fmt: skip


def test_a_mask_keeps_its_place_for_the_message_id() -> None:
    given = asked.main(["--midmask", "https://a.example.org/%s", "-n", "--rev", "HEAD"], standalone_mode=False)
    assert (given["midmask"], given["no_network"], given["rev"]) == ("https://a.example.org/%s", True, "HEAD")


@pytest.mark.parametrize("family", [KERNEL, SOURCE], ids=["kernel", "source"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_offers_all_of_a_family_with_one_help(name: str, family: set[str]) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    found = options_of(command)
    if not family & found.keys():
        return
    shared = options_of(asked)
    assert family <= found.keys()
    assert {one: getattr(found[one], "help", "") for one in family} == {
        one: getattr(shared[one], "help", "") for one in family
    }
