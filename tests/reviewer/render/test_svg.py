import msgspec

from reviewer.render import svg
from tests.reviewer.render import sample


def test_without_chains_there_is_no_path_to_draw() -> None:
    assert svg.path(sample.settled()) is None
    assert svg.path(sample.empty()) is None


def test_a_call_goes_down_and_no_two_boxes_lie_on_each_other() -> None:
    picture = svg.path(sample.typical())
    assert picture is not None
    assert all(edge.y1 < edge.y2 for edge in picture.edges)
    assert len({(node.x, node.y) for node in picture.nodes}) == len(picture.nodes) == 9
    assert [node.name for node in picture.nodes if node.changed] == ["->page_mkwrite brine_page_mkwrite"]
    for node in picture.nodes:
        assert node.x + picture.box[0] <= picture.width
        assert node.y + picture.box[1] <= picture.height


def test_a_chain_that_calls_itself_is_drawn_all_the_same() -> None:
    review = sample.typical()
    steps = review.hunks[0].chains[0].steps
    chain = msgspec.structs.replace(review.hunks[0].chains[0], steps=(*steps, steps[0], *steps[1:]))
    hunk = msgspec.structs.replace(review.hunks[0], chains=(chain,))
    picture = svg.path(msgspec.structs.replace(review, hunks=(hunk,)))
    assert picture is not None
    assert len(picture.nodes) == len(steps)


def test_a_mail_is_a_row_and_its_depth_moves_it_in() -> None:
    picture = svg.tree(sample.typical())
    assert [mail.y for mail in picture.mails] == sorted({mail.y for mail in picture.mails})
    assert [mail.x for mail in picture.mails[:4]] == [14, 30, 14, 30]
    assert [mail.raised for mail in picture.mails if mail.raised] == ["P1", "P7", "P2, P6", "P5", "P3, P4"]
    assert picture.mails[4].role == "bot"


def test_a_thread_of_many_mails_is_cut_and_says_so() -> None:
    review = sample.typical()
    one = review.thread.messages[0]
    thread = msgspec.structs.replace(review.thread, messages=(one,) * 500, parents=(-1, *range(499)))
    picture = svg.tree(msgspec.structs.replace(review, thread=thread))
    assert len(picture.mails) + picture.left_out == 500
    assert picture.width < 1000


def test_dots_lie_between_the_ends_of_the_time_line() -> None:
    picture = svg.timeline(sample.typical())
    assert picture is not None
    for lane in picture.lanes:
        assert all(picture.left <= dot.x <= picture.width for dot in lane.dots)
    assert svg.timeline(sample.empty()) is None
