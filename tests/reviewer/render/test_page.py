import msgspec

from reviewer.render import page, series_rows
from reviewer.review import Cell, Review
from tests.reviewer.render import sample
from threads.model import Identity, Trailer
from threads.series import patch_of


def names(review: Review, verbose: bool = False) -> list[str]:
    return [section.name for section in page.build(review, verbose).sections]


def with_line(review: Review, text: str) -> Review:
    """The review with this text as the first line of its last hunk."""
    series = review.series[1]
    patch = series.patches[0]
    hunk = patch.files[1].hunks[1]
    line = msgspec.structs.replace(hunk.lines[0], text=text)
    hunk = msgspec.structs.replace(hunk, lines=(line, *hunk.lines[1:]))
    file = msgspec.structs.replace(patch.files[1], hunks=(patch.files[1].hunks[0], hunk))
    patch = msgspec.structs.replace(patch, files=(patch.files[0], file, patch.files[2]))
    return msgspec.structs.replace(review, series=(review.series[0], msgspec.structs.replace(series, patches=(patch,))))


def test_a_part_with_nothing_to_say_is_left_out() -> None:
    assert names(sample.empty()) == ["points"]


def test_the_parts_stand_in_the_order_of_their_use() -> None:
    order = ["points", "placement", "filesystems", "rules", "claims", "tests", "settled", "series", "odd", "left"]
    assert names(sample.typical()) == order
    assert names(sample.typical(), verbose=True) == [*order[:7], "people", *order[7:]]


def test_ordinary_text_hides_nothing() -> None:
    assert page.hidden(sample.typical()) == ()


def test_hidden_characters_of_a_patch_are_a_finding_with_file_and_line() -> None:
    review = with_line(sample.typical(), "\treturn\u202e 0;\u200b")
    assert page.hidden(review)[0] == "2 hidden characters in fs/brinefs/file.c:204 (context)"


def test_hidden_characters_of_a_mail_are_told_with_its_sender() -> None:
    review = sample.typical()
    first = msgspec.structs.replace(review.thread.messages[0], body="a\u200bb")
    thread = msgspec.structs.replace(review.thread, messages=(first, *review.thread.messages[1:]))
    told = page.hidden(msgspec.structs.replace(review, thread=thread))
    assert told == (f"1 hidden character in the mail of Nils Arden, {sample.V1}",)


def test_many_open_points_are_cut_on_the_short_page_and_counted() -> None:
    review = sample.typical()
    many = tuple(msgspec.structs.replace(review.points[2], id=f"P{number}") for number in range(20))
    review = msgspec.structs.replace(review, points=many)
    section = page.build(review).sections[0]
    assert isinstance(section.blocks[0], page.Points)
    assert len(section.blocks[0].entries) == 4
    assert isinstance(section.blocks[1], page.OneLiners)
    assert len(section.blocks[1].entries) == 8
    assert section.blocks[2] == page.Para((page.note("8 more unsettled points: --verbose"),))
    whole = page.build(review, verbose=True).sections[0]
    assert isinstance(whole.blocks[0], page.Points)
    assert len(whole.blocks[0].entries) == 20


def test_filesystems_of_one_verdict_and_reason_share_a_row() -> None:
    review = sample.typical()
    rows = tuple(
        msgspec.structs.replace(row, verdict="affected", why=f"{row.filesystem} does not look")
        for row in review.filesystems
    )
    section = page.build(msgspec.structs.replace(review, filesystems=rows)).sections[2]
    assert isinstance(section.blocks[0], page.Table)
    assert len(section.blocks[0].rows) == 1
    assert section.blocks[0].rows[0][2] == (page.text("it does not look"),)


def test_a_filesystem_with_two_operations_is_named_and_counted_once() -> None:
    review = sample.typical()
    row = msgspec.structs.replace(review.filesystems[0], filesystem="brine", verdict="affected", why="fs/brine is it")
    twice = msgspec.structs.replace(review, filesystems=(row, msgspec.structs.replace(row, implementer="other")))
    section = next(one for one in page.build(twice).sections if one.name == "filesystems")
    assert section.title == "Filesystems: 1 uses what is changed"
    (cells,) = section.blocks[0].rows  # type: ignore[union-attr]
    assert ["".join(span.text for span in cell) for cell in cells] == ["brine", "fs/brine is it"]


def test_a_filesystem_that_comes_by_several_ways_stands_in_one_row() -> None:
    review = sample.typical()
    row = msgspec.structs.replace(
        review.filesystems[0], reached=True, verdict="affected", own_check=Cell(text="x"), produces=Cell(text="x")
    )
    rows = tuple(
        msgspec.structs.replace(row, filesystem=name, why=why)
        for name, why in (("tidefs", "one"), ("tidefs", "two"), ("brinefs", "one"), ("saltfs", "two"))
    )
    section = page.build(msgspec.structs.replace(review, filesystems=rows)).sections[2]
    told = [["".join(span.text for span in cell) for cell in cells] for cells in section.blocks[0].rows]  # type: ignore[union-attr]
    assert told == [["brinefs, tidefs", "one"], ["saltfs", "two"]]


def test_many_users_of_a_general_helper_are_told_by_operation() -> None:
    review = sample.typical()
    row = msgspec.structs.replace(
        review.filesystems[0], reached=True, verdict="affected", own_check=Cell(text="x"), produces=Cell(text="x")
    )
    rows = tuple(
        msgspec.structs.replace(
            row, filesystem=f"fs{at}", operation=f"s.{'read' if at % 3 else 'write'}", why=f"way {at}"
        )
        for at in range(20)
    )
    others = (msgspec.structs.replace(row, filesystem="far", reached=False, verdict="not concerned"),)
    section = page.build(msgspec.structs.replace(review, filesystems=rows + others)).sections[2]
    assert section.title == "Filesystems: 20 use what is changed, 1 is not seen to"
    told = [["".join(span.text for span in cell) for cell in cells] for cells in section.blocks[0].rows]  # type: ignore[union-attr]
    assert [cells[1] for cells in told] == ["by ->read", "by ->write"]
    assert told[0][0] == "fs1, fs10, fs11, fs13, fs14, fs16 and 7 more"


def test_rows_that_nothing_reaches_and_nobody_asked_are_left_out() -> None:
    review = sample.typical()
    rows = tuple(
        msgspec.structs.replace(
            row, reached=False, verdict="not concerned", own_check=Cell(text="x"), produces=Cell(text="x")
        )
        for row in review.filesystems
    )
    page_of = page.build(msgspec.structs.replace(review, filesystems=rows))
    assert "filesystems" not in {section.name for section in page_of.sections}


def test_a_column_in_which_every_row_says_that_nothing_was_asked_is_left_out() -> None:
    review = sample.typical()
    own = Cell(text="not recorded by the model", places=())
    rows = tuple(msgspec.structs.replace(row, own_check=own) for row in review.filesystems)
    whole = page.build(msgspec.structs.replace(review, filesystems=rows), verbose=True)
    (table,) = next(one for one in whole.sections if one.name == "filesystems").blocks
    assert isinstance(table, page.Table)
    assert table.head == ("filesystem", "verdict", "implementer", "why")
    assert {len(row) for row in table.rows} == {4}


def test_chains_without_a_placement_do_not_say_why_here() -> None:
    review = msgspec.structs.replace(sample.typical(), placements=())
    titles = {one.name: one.title for one in page.build(review, verbose=True).sections}
    assert titles["placement"] == "Chains to what is changed"


def test_a_settled_point_that_nobody_answered_says_why_it_is_settled() -> None:
    review = sample.typical()
    point = msgspec.structs.replace(
        review.points[0], status="withdrawn", events=(), waiting_for="", status_why="a later mail took it up"
    )
    whole = page.build(msgspec.structs.replace(review, points=(point,)), verbose=True)
    (points,) = next(one for one in whole.sections if one.name == "settled").blocks
    assert isinstance(points, page.Points)
    said = ["".join(span.text for span in line) for line in points.entries[0].history]
    assert said == ["withdrawn because a later mail took it up"]


def test_a_tag_in_several_mails_is_told_once() -> None:
    review = sample.typical()
    tag = Trailer(name="Reviewed-by", value="Ada <ada@example.org>", msgid="r1@example.org", credited=True)
    tags = (tag, msgspec.structs.replace(tag, msgid="r2@example.org"))
    series = tuple(msgspec.structs.replace(one, credited=tags) for one in review.series)
    section = next(
        one for one in page.build(msgspec.structs.replace(review, series=series)).sections if one.name == "series"
    )
    said = "".join(span.text for entry in section.blocks[0].entries for spans in entry for span in spans)  # type: ignore[union-attr]
    assert said.count("Reviewed-by: Ada <ada@example.org>") == 1
    assert "in 2 mails" in said


def test_a_point_on_another_series_names_it() -> None:
    review = sample.typical()
    point = next(one for one in review.points if one.msgid in patch_of(review.thread, review.series))
    about = patch_of(review.thread, review.series)[point.msgid]
    assert series_rows.elsewhere(review, point) == ()
    tove = Identity(name="Tove Lind", address="tove@example.com")
    series = tuple(
        msgspec.structs.replace(one, author=tove) if about in {patch.msgid for patch in one.patches} else one
        for one in review.series
    )
    reviewed = next(one.patches[0].msgid for one in series if one.author != tove)
    other = msgspec.structs.replace(review, series=series, reviewed=reviewed)
    assert "".join(span.text for span in series_rows.elsewhere(other, point)).endswith(" by Tove Lind, ")


def test_two_series_of_one_version_are_not_told_as_two_versions() -> None:
    review = sample.typical()
    series = tuple(msgspec.structs.replace(one, version=1) for one in review.series)
    byline = page.build(msgspec.structs.replace(review, series=series)).byline
    assert "v1 (the thread also holds brinefs: do not warn in page_mkwrite by " in "".join(span.text for span in byline)
    again = page.build(msgspec.structs.replace(review, series=(series[1], series[1]))).byline
    assert "v1 (the thread holds 2 series)" in "".join(span.text for span in again)


def test_tests_that_run_for_the_same_reasons_are_named_together() -> None:
    review = sample.typical()
    assert review.plan is not None
    one = review.plan.suggestions[1]
    same = tuple(msgspec.structs.replace(one, test=f"generic/{number}") for number in (80, 81, 82))
    plan = msgspec.structs.replace(review.plan, suggestions=same)
    section = next(s for s in page.build(msgspec.structs.replace(review, plan=plan)).sections if s.name == "tests")
    assert isinstance(section.blocks[0], page.Items)
    assert len(section.blocks[0].entries) == 1
    text = "".join(span.text for span in section.blocks[0].entries[0][0])
    assert text == "generic/80, generic/81, generic/82 (regression): calls page_mkwrite"


def test_a_long_paragraph_ends_after_a_sentence() -> None:
    assert page._sentences("One. Two two. Three three three.", 14) == "One. Two two."
    assert page._sentences("A single sentence that is long.", 5) == "A single sentence that is long."


def _said(review: Review, name: str) -> str:
    """All words of a section of the short page."""
    section = next(one for one in page.build(review).sections if one.name == name)
    found: list[str] = []
    for block in section.blocks:
        if isinstance(block, page.Items):
            found += ["".join(span.text for span in spans) for entry in block.entries for spans in entry]
        elif isinstance(block, page.OneLiners):
            found += ["".join(span.text for span in spans) for spans in block.entries]
        elif isinstance(block, page.Para):
            found.append("".join(span.text for span in block.spans))
    return "\n".join(found)


def test_what_was_agreed_to_and_is_still_owed_is_not_called_nothing() -> None:
    review = msgspec.structs.replace(
        sample.settled(), outcome="new-version-needed", outcome_why="agreed to: P1, P2", verdict=""
    )
    said = "No objection is left unanswered; what the author agreed to is still to come: P1, P2."
    assert _said(review, "points") == said
    assert _said(sample.settled(), "points") == "Nothing is left open."


def test_a_settled_line_says_whose_word_settled_it() -> None:
    review = sample.settled()
    point = next(one for one in review.points if one.events and one.status == one.events[-1].type)
    assert f"{point.id} {point.status} by {point.events[-1].author}, {point.kind}: " in _said(review, "settled")


def test_claims_of_which_none_is_decided_have_no_section_of_their_own() -> None:
    review = sample.typical()
    claims = tuple(msgspec.structs.replace(one, verdict="unknown") for one in review.claims)
    review = msgspec.structs.replace(review, claims=claims)
    assert "claims" not in names(review)
    assert "claims" in names(review, verbose=True)
    assert f"It decides none of the {len(claims)} claims" in _said(review, "series")
    many = msgspec.structs.replace(review, claims=claims[:1] * 8)
    assert "It decides none of the clearest claims about" in _said(many, "series")


def test_a_claim_is_told_as_its_sentence() -> None:
    review = sample.typical()
    one = next(one for one in review.claims if one.verdict != "unknown")
    said = msgspec.structs.replace(one.claim, quote="half of it", text="This is half of it\nand this the rest.")
    review = msgspec.structs.replace(review, claims=(msgspec.structs.replace(one, claim=said),))
    assert "This is half of it and this the rest." in _said(review, "claims")


def test_patches_that_were_sent_behind_the_last_one_are_told() -> None:
    review = sample.typical()
    review = msgspec.structs.replace(
        review, series=tuple(msgspec.structs.replace(one, expected=0) for one in review.series)
    )
    assert "announced" not in _said(sample.typical(), "series")
    assert "v2: 1 patch, 0 of them announced" in _said(review, "series")


def test_another_series_of_the_thread_is_named_with_its_author() -> None:
    review = sample.typical()
    byline = "".join(span.text for span in page.build(review).byline)
    assert "(the thread holds v1 and v2)" in byline
    other = msgspec.structs.replace(
        review.series[0], subject="brinefs: mend it", author=Identity(name="Tove Lind", address="tove@example.com")
    )
    for series, said in (
        ((*review.series, other), '(the thread holds v1 and v2 and "brinefs: mend it" by Tove Lind)'),
        ((other, review.series[1]), '(the thread also holds "brinefs: mend it" by Tove Lind)'),
        ((other, other, other, review.series[1]), "by Tove Lind and 1 more)"),
    ):
        found = page.build(msgspec.structs.replace(review, series=series)).byline
        assert said in "".join(f'"{span.text}"' if span.role == "quote" else span.text for span in found)


def test_a_tag_that_names_another_address_than_the_sender_is_told_with_the_sender() -> None:
    review = sample.typical()
    sent = next(message for message in review.thread.messages if message.author.name)
    own = Trailer(
        name="Acked-by", value=f"{sent.author.name} <other@example.com>", msgid=sent.msgid, credited=False,
        condition="Otherwise good:",
    )  # fmt: skip
    others = Trailer(name="Tested-by", value="Zoe Far <zoe@example.com>", msgid=sent.msgid, credited=False)
    series = tuple(msgspec.structs.replace(one, credited=(), claimed=(own, others)) for one in review.series)
    said = _said(msgspec.structs.replace(review, series=series), "series")
    assert f"{own.value}, said with Otherwise good (sent from {sent.author.address})" in said
    assert f"{others.value} (sent by {sent.author})" in said


def test_a_tag_for_a_patch_of_a_series_says_for_which() -> None:
    review = sample.typical()
    whole = review.series[-1]
    second = msgspec.structs.replace(whole.patches[0], msgid="second@example.org", number=2, total=2)
    answer = msgspec.structs.replace(review.thread.messages[-1], msgid="tag@example.org")
    patch = msgspec.structs.replace(answer, msgid=second.msgid)
    thread = msgspec.structs.replace(
        review.thread,
        messages=(*review.thread.messages, patch, answer),
        parents=(*review.thread.parents, 0, len(review.thread.messages)),
    )
    tag = Trailer(name="Reviewed-by", value=str(answer.author), msgid=answer.msgid, credited=True)
    series = msgspec.structs.replace(whole, patches=(*whole.patches, second), expected=2, credited=(tag,))
    review = msgspec.structs.replace(review, thread=thread, series=(*review.series[:-1], series))
    assert f"Reviewed-by: {answer.author} for patch 2" in _said(review, "series")
    first = msgspec.structs.replace(second, number=1, msgid=whole.patches[0].msgid)
    again = msgspec.structs.replace(tag, msgid="tag1@example.org")
    reply = msgspec.structs.replace(answer, msgid=again.msgid)
    at = next(number for number, message in enumerate(thread.messages) if message.msgid == first.msgid)
    thread = msgspec.structs.replace(thread, messages=(*thread.messages, reply), parents=(*thread.parents, at))
    series = msgspec.structs.replace(series, patches=(first, second), credited=(tag, again))
    review = msgspec.structs.replace(review, thread=thread, series=(*review.series[:-1], series))
    assert f"Reviewed-by: {answer.author} for each patch" in _said(review, "series")


def test_tests_for_one_reason_share_a_line_though_others_stand_between_them() -> None:
    review = sample.typical()
    assert review.plan is not None
    one = msgspec.structs.replace(review.plan.suggestions[1], reasons=("bridge: dio (f) -> tool:dio",), said_by=())
    other = msgspec.structs.replace(one, test="generic/1", reasons=("table: fs/f.c",), suite="blktests")
    many = tuple(msgspec.structs.replace(one, test=f"generic/{number}") for number in range(80, 90))
    plan = msgspec.structs.replace(review.plan, suggestions=(many[0], other, *many[1:]))
    lines = _said(msgspec.structs.replace(review, plan=plan), "tests").split("\n")
    assert lines[0].startswith("generic/80, generic/81, ")
    assert lines[0].endswith(f"generic/87 and 2 more ({one.tier}): dio (f)")
    assert lines[1] == f"blktests generic/1 ({one.tier}): for fs/f.c"


def test_groups_that_are_left_out_are_not_counted_as_tests() -> None:
    review = sample.typical()
    assert review.plan is not None
    one = review.plan.suggestions[1]
    many = [msgspec.structs.replace(one, test=f"generic/{number}", reasons=(f"r{number}",)) for number in range(80, 87)]
    groups = [msgspec.structs.replace(one, test=f"-g {name}", tier="group") for name in ("mmap", "eio")]
    plan = msgspec.structs.replace(review.plan, suggestions=(*many, *groups))
    assert "2 more tests and 2 groups: --verbose" in _said(msgspec.structs.replace(review, plan=plan), "tests")
