"""Which arguments of a call are kept, and which work item a call names."""

import pytest

from rules.extract import extract
from rules.extract.facts import Body, Call, body_of

CODE = b"""
static int plain(struct file *file)
{
	helper(file, &local_lock_a, count);
	return 0;
}

static int reader(struct file *file, const struct toy_ops *ops)
{
	const struct toy_ops *mine_ops = &first_toy_ops;
	const struct toy_ops *other_ops;

	if (file->late)
		mine_ops = &second_toy_ops;
	walk(file, &first_toy_ops, NULL, 0);
	walk(file, mine_ops, &done_ops, TOY_SYNC);
	walk(file, ops, NULL, 0);
	walk(file, other_ops, NULL, 0);
	walk(file, (file->late && !file->cow) ? &first_toy_ops : &second_toy_ops, NULL);
	nothing(file, NULL, 0);
	return 0;
}

static void setter(struct holder *ip, struct bio *bio, end_fn end_io, int len)
{
	struct ctx ctx = { .ops = &first_toy_ops, .len = len };

	INIT_WORK(&ip->done_work, finish_later);
	queue_work(ip->mount->queue, &ip->done_work);
	queue_work(ip->mount->queue, anywhere);
	bio->bi_end_io = end_io;
	bio->len = len;
}
"""


def body(name: str) -> Body:
    (found,) = [function for function in extract(CODE).functions if function.name == name]
    return body_of(found)


def calls(name: str, called: str) -> list[Call]:
    return [call for call in body(name).calls if call.name == called]


def test_an_address_that_is_no_table_is_not_kept() -> None:
    assert [call.arguments for call in calls("plain", "helper")] == [()]


def test_null_alone_is_not_kept() -> None:
    assert [call.arguments for call in calls("reader", "nothing")] == [()]


def test_tables_are_kept_with_what_they_can_be() -> None:
    assert [call.arguments for call in calls("reader", "walk")] == [
        ("", "&first_toy_ops", "NULL"),
        ("", "&first_toy_ops|&second_toy_ops", "&done_ops", "TOY_SYNC"),
        ("", "ops", "NULL"),
        ("", "other_ops", "NULL"),
        ("", "&first_toy_ops|&second_toy_ops", "NULL"),
    ]


@pytest.mark.parametrize(
    ("called", "items"),
    [("INIT_WORK", [("ip->done_work", "holder")]), ("queue_work", [("ip->done_work", "holder"), ("", "")])],
)
def test_work_items_are_named_with_the_type_of_what_holds_them(called: str, items: list[tuple[str, str]]) -> None:
    assert [(call.through, call.type) for call in calls("setter", called)] == items


def test_what_is_put_into_a_field_is_kept_when_it_is_a_table_or_a_callback() -> None:
    found = [(item.field, item.value, item.address) for item in body("setter").assignments]
    assert found == [("ops", "first_toy_ops", True), ("bi_end_io", "end_io", False)]
