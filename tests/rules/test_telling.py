"""Which chains a table is made of."""

from typing import cast

from rules import pathfiles
from rules.chains import Chain, Step
from rules.graph import Model
from rules.telling import telling
from tests.rules.kernel import Kernel

MODEL = cast(Model, Kernel())
FAULT = pathfiles.load("fault")
MKWRITE = "vm_operations_struct.page_mkwrite"
READAHEAD = "address_space_operations.readahead"


def chain(*names: str) -> Chain:
    """A chain of these steps; "->x" is a call of the operation that ends so."""
    operations = {"->page_mkwrite": MKWRITE, "->readahead": READAHEAD}
    return Chain(
        path="fault",
        steps=tuple(
            Step(
                function=at + 100,
                name=name,
                file="fs/toyfs/file.c",
                first=10,
                edge=None if not at else "operation" if name in operations else "call",
                line=5,
                operation=operations.get(name, ""),
            )
            for at, name in enumerate(names)
        ),
        edges=(),
    )


def test_the_shortest_chain_tells_the_operation_of_a_function_far_below() -> None:
    far = chain("entry", "dispatch", "->page_mkwrite", "balance", "collect", "read", "submit", "end_io", "lonely")
    near = chain("entry", "fault", "readahead", "->readahead", "lonely")
    (function,) = MODEL.named("lonely")
    assert telling(MODEL, FAULT, (far, near), function) == (near,)


def test_a_chain_that_passes_all_that_another_does_is_a_detour() -> None:
    one, two = chain("entry", "a", "lonely"), chain("entry", "a", "lonely", "b")
    (function,) = MODEL.named("lonely")
    assert telling(MODEL, FAULT, (one, two), function) == (one,)
