"""What one mail says by the way: that it posts, tags, takes; and blocks that nobody reads."""

import pytest

from tests.threads.argued import ADA, BO, look, talk
from tests.threads.mails import DIFF, mail, thread
from threads import reading


def taken(text: str) -> bool:
    return look(talk((BO, text))).facts[1].takes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please have it applied.\n",
        "> Applied, thanks.\n\nWhen?\n",
        "If it was applied to the wrong tree, say so.\n",
        "[If your patch is applied to the wrong git tree, please drop us a note]\n",
        "The second patch cannot be\napplied without the first.\n",  # the sentence goes on
        "Good.\n" * 8 + "Applied.\n",  # a maintainer says so at the top
        "-- \nApplied.\n",
        "I have applied this patch set and ran the tests.\n",
        "I've applied this patch set.\nThe machine still crashes when it boots.\n",
        "Hi,\nI've applied this patch series\non top of the last release to test it.\n",
        "I've applied it locally.\n",
        "Applied it locally, and the warning is gone.\n",
        "Thanks, I applied this patch to 5.12 and it helps.\n",
        "I've applied your suggestions.\n",
        "I've applied these changes.\n",
        "I've merged these two functions.\n",
        "I've merged it into one patch.\n",
        "I've taken this into account.\n",
        "Applying this patch fixes the warning, thanks.\n",
        "Applying to which tree?\n",
        "I'll retest it after\napplying, with the other one.\n",
        "All of these are queued by the block layer.\n",
        "This is now queued work that nobody waits for.\n",
        "If these are now queued up, say so.\n",
        "All patches applied on the last release fail.\n",
        "I've merged just these two functions.\n",
        "I have applied this on top of 6.1 and see the warning.\n",
        "I applied 3 of them to the last release.\n",
        "Patches queued behind this one need it.\n",
        "Looks good to me.\n",
    ],
)
def test_a_mail_that_only_speaks_of_it_takes_nothing(text: str) -> None:
    assert not taken(text)


@pytest.mark.parametrize(
    "text",
    [
        "Applied, thanks.\n",
        "Hi Ada,\napplied for the next release.\n",
        "Thanks,\nqueued for 5.9.\n",
        "> Because it is wrong.\n\nI've applied this with a shorter subject.\n",
        "Good.\n" * 7 + "Merged.\n",
        "Hello\n\nmerged.\n",  # a new paragraph goes on with nothing
        "This has been merged into the toy tree.\n",
        "Good work; applied, thanks.\n",
        "Applying, with Bo's Tested-by, thanks.--c.\n",
        "Applying with a shorter subject.\n",
        "Thanks, applying.\n",
        "Thanks, both of them are now queued up.\n",
        "Thanks, this is queued up for 6.1.\n",
        "I've queued this set up, thank you!\n",
        "Thanks, I've merged toy-fixes_2025-10-17 from your tree.\n",
        "Thank you, I've applied this patch set.\n",
        "Thanks, I've applied this patch.\nIt passes my tests.\n",
        "Thank you! Applied.\n",
        "Thanks, I've applied just this patch from this patch series.  I made\nsome changes.\n",
        "All three applied for v6.1. Thanks!\n",
        "Patchset pushed, thanks.\n",
        "Looks good to me. Merged into toy/next.\n",
        "I picked it up yesterday.\n",
        "I have applied this on top, thanks Ada!\n",
        "I have applied 1/2 for now, I agree that one looks fine and should get\napplied.\n",
        "I've applied patches 1-3, thanks.\n",
        "I've applied patches 1-3 to toy.git#master for 5.9.\nReviews are still appreciated though.\n",
        "I have taken both patches, and will push them next week.\n",
        "On Thu, 4 Jun 2020, Ada Author wrote:\n> Text.\n\nApplied to toy.git, thanks!\n",
    ],
)
def test_a_mail_that_says_so_takes_the_patch(text: str) -> None:
    assert taken(text)


def test_the_facts_of_each_mail_are_its_own() -> None:
    found = look(talk((BO, "Reviewed-by: Bo Reviewer <bo@example.org>\n"), (ADA, "Thanks.\n"))).facts
    assert [(fact.number, fact.author, fact.tags, fact.posts, fact.automated) for fact in found] == [
        (0, True, False, True, False),
        (1, False, True, False, False),
        (2, True, False, False, False),
    ]
    assert [fact.rank for fact in found] == [0, 1, 2]


def test_the_tags_of_a_posted_patch_are_no_review_of_it() -> None:
    tags = "Reviewed-by: Bo Reviewer <bo@example.org>\nSigned-off-by: Ada Author <ada@example.org>\n"
    post = mail("0@example.org", subject="[PATCH v2] toy: fix it", author=ADA, body=f"Why.\n\n{tags}---\n\n{DIFF}")
    again = mail("1@example.org", subject="Re: [PATCH v2] toy: fix it", author=BO, body=tags, parent="0@example.org")
    assert [fact.tags for fact in look(thread(post, again)).facts] == [False, True]


def test_blocks_far_down_in_a_mail_are_counted_but_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BLOCKS", 2)
    found = look(talk((BO, "".join(f"> Text {number}.\n\nWhy {number}?\n\n" for number in range(4)))))
    asked = [passage for passage in found.passages if found.scene.blocks[passage.block].msgid == "1@example.org"]
    assert len(asked) == 4
    assert [bool(passage.sentences) for passage in asked] == [True, True, False, False]
    assert [passage.block for passage in asked] == list(range(asked[0].block, asked[0].block + 4))
