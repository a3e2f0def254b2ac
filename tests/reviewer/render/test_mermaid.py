import msgspec

from reviewer.render import mermaid
from tests.reviewer.render import sample


def test_without_a_chain_there_is_no_picture() -> None:
    assert mermaid.diagram(sample.empty()) == ""


def test_each_function_is_one_node_and_each_call_one_arrow() -> None:
    lines = mermaid.diagram(sample.typical()).split("\n")
    assert lines[0] == "flowchart TD"
    assert sum('["' in line for line in lines) == 9
    assert sum("-->" in line for line in lines) == 9
    assert sum(":::changed" in line for line in lines) == 1


def test_a_picture_has_no_more_nodes_than_can_be_read() -> None:
    review = sample.typical()
    chain = sample.chain(tuple(f"step_{number}" for number in range(100)))
    hunk = msgspec.structs.replace(review.hunks[0], chains=(chain,))
    text = mermaid.diagram(msgspec.structs.replace(review, hunks=(hunk,)))
    assert text.count('["') <= 24
