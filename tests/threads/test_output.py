"""Lines that no person says; and sentences, lists and drawn call paths, which people do say."""

import pytest

from tests import growth
from threads import output

PRINTED = [
    "[  189.771453]  #0: ffffffff834c97c0 (toy_reclaim){+.+.}-{0:0}, at: toy_pgdat+0xbe/0xb00",
    "ffffffff8fc5f860 (toy_reclaim){+.+.}, at: toy_acquire+0x5/0x30",
    " ? toy_rele+0x4f/0x450",
    "RIP: 0033:0x7f159a774fd7",
    "Code: 19 fb ff 4c 89 e0 5b 5d 41 5c c3",
    "Call Trace:",
    "RAX: 0000000000000000 RBX: ffff88810168b000",
    "CPU: 5 PID: 1552 Comm: touch Not tainted 6.0.0 #101",
    "BUG: KASAN: use-after-free in toy_dir_add",
    " ffff88810168b080: ff ff ff ff ff ff ff ff",
    "TOY-fs (loop0): mounted filesystem without journal.",
    "TOYFS info (device nvme1n1): dev_replace started",
    "==================================================================",
    "CONFIG_TOY_FS=y",
    "# CONFIG_TOY_DEBUG is not set",
    "fs/toy/inode.c:1331:10: note: uninitialized use occurs here",
    "fs/toy/inode.c:1331 toy_read() warn: unsigned 'x' is never less than zero.",
    "fs/toy/inode.c: In function 'toy_read':",
    "In file included from fs/toy/toy.h:7:",
    "make[4]: *** [../include/buildrules:81: toy.o] Error 1",
    "   29 |         { TOY_TREE_OBJECTID, },",
    "      |           ^~~~~~~~~~~",
    "WARNING: line length of 104 exceeds 100 columns",
    "#12: FILE: fs/toy/inode.c:12:",
    "* 1234567890ab toy: read it once",
    "| * 1234567890ab toy: read it twice",
    "@@ -1,3 +1,4 @@",
    "+\ttoy_mark(t);",
    "+        toy_mark(t);",
    "-toy_mark(t);",
    "$ toytool /mnt",
    "root@host:~# toytool /mnt",
    "| kernel | before | after |",
    "#define TOY_MAX 12",
    "struct toy_inode {",
    "\tunsigned long\tflags;\t/* 0 8 */",
    "\tTOY_ONE = 0x1,",
    "\t * Note that the file can't move while we hold a",
    "+ * sequential dirty pages in the page cache.",
    "\t/* Nothing to submit */",
]


@pytest.mark.parametrize("line", PRINTED)
def test_what_a_program_printed_and_copied_code_are_known(line: str) -> None:
    assert output.is_output(line)


SAID = [
    "* toy_read() is only called with the lock held.",
    "  * toy_read() does not take the lock.",
    "- toy_read() does not take the lock.",
    "- toy_read() does not take the lock;",
    "nobody waits;",
    "toy_read() -> toy_lock() -> toy_wait()",
    "  -> toy_lock()",
    "  |-> toy_lock()",
    "toy_read()",
    "    toy_lock()",
    "|  toy_lock()",
    "OTOH, when CONFIG_TOY_V4=n, toy_has_attr() is always true because of",
    "CONFIG_TOY_V4=n, toy_has_attr() is always true because of",
    'commit 1234567890ab ("toy: read it once")',
    "   1234567890ab (toy: read it twice)",
    "The error is from inode.c, in toy_read().",
    "BUG: it is never freed, if I read toy_free() right.",
    "Code that calls toy_read() holds the lock.",
    "return value of toy_read() is never checked;",
    "struct toy_inode is only used by toy_read()",
]


@pytest.mark.parametrize("line", SAID)
def test_what_people_say_is_no_output(line: str) -> None:
    assert not output.is_output(line)


def test_a_sentence_is_no_claim_where_most_of_its_lines_are_printed() -> None:
    assert output.is_no_claim(["Call Trace:", " <TASK>", " toy_read+0x69/0x160"], " toy_read+0x69/0x160")
    assert output.is_no_claim(["We got this:", PRINTED[10]], PRINTED[10])
    told = ["The crash in toy_read+0x69/0x160 happens because toy_free() does not", "take the lock."]
    assert not output.is_no_claim(told, told[0])
    told = ["The first two are broken by", '1234567890ab ("toy: read it once"), which does not', "take the lock."]
    assert not output.is_no_claim(told, told[1])


def test_a_shortlog_is_no_claim() -> None:
    lines = ["Ada Author (2):", "  toy: do not take the lock", "  toy: call toy_read() only once"]
    assert output.is_no_claim(lines, lines[2])


def test_a_comment_of_c_is_no_claim_and_a_list_is_one() -> None:
    comment = [" * Reading is done without the lock, since nothing", " * else can see the page."]
    assert output.is_no_claim(comment, comment[0])
    listed = [" * toy_read() is called without the lock.", " * toy_free() never sleeps."]
    assert not output.is_no_claim(listed, listed[0])


@pytest.mark.parametrize("piece", ["a.", "[ ", "a b ", "* ", "| ", "+ ", "a/", "[<a", "struct "])
def test_hostile_lines_take_time_in_proportion_to_their_length(piece: str) -> None:
    assert growth.ratio(lambda count: piece * count, output.is_output, 50_000) < 3
