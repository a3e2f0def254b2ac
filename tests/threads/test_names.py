import pytest

from tests.threads.mails import mail
from threads import messages, names


def authors(*raws: bytes) -> list[str]:
    return [str(one.author) for one in names.complete([messages.parse_message(raw, "test") for raw in raws])]


def test_nothing_is_added_to_an_address_that_nobody_names() -> None:
    assert authors(mail("1", author="bo@example.org")) == ["bo@example.org"]


def test_another_address_of_the_same_domain_is_another_person() -> None:
    assert authors(mail("1", author="bo@example.org"), mail("2", author="Cem <cem@example.org>"))[0] == "bo@example.org"


def test_a_sender_without_a_name_gets_the_one_of_their_other_mail() -> None:
    raws = mail("1", author="bo@example.org"), mail("2", author="Bo Reviewer <bo@example.org>")
    assert authors(*raws) == ["Bo Reviewer", "Bo Reviewer"]


def test_what_people_call_themselves_counts_before_what_others_call_them() -> None:
    other = mail("2", author="Ada <ada@example.org>").replace(b"\n", b"\nCc: Bobby <bo@example.org>\n", 1)
    assert authors(mail("1", author="bo@example.org"), other)[0] == "Bobby"
    assert authors(mail("1", author="bo@example.org"), other, mail("3", author="Bo R <bo@example.org>"))[0] == "Bo R"


def patch(sender: str, author: str) -> bytes:
    return mail("1", author=sender, body=f"From: {author}\n\nWhy.\n")


@pytest.mark.parametrize("sender", ["list@example.org", "bo@example.org", "aa@example.org", "adaptor@example.org"])
def test_who_passes_on_the_patch_of_another_is_not_its_author(sender: str) -> None:
    assert authors(patch(sender, "Ada Author <ada.author@example.net>")) == [sender]


@pytest.mark.parametrize("user", ["adaau", "a.author", "ada.author", "aauthor", "author", "aauth"])
def test_a_sender_without_a_name_gets_the_one_of_the_author_of_their_patch(user: str) -> None:
    assert authors(patch(f"{user}@example.org", "Ada B. Author <ada.author@example.net>")) == ["Ada B. Author"]


def test_what_people_call_themselves_counts_before_the_author_of_a_patch() -> None:
    raws = patch("author@example.org", "Ada Author <a@example.net>"), mail("2", author="Cem A <author@example.org>")
    assert authors(*raws) == ["Cem A", "Cem A"]


def test_a_name_that_is_the_address_names_nobody() -> None:
    raws = mail("1", author="bo@example.org"), mail("2", author='"bo@example.org" <bo@example.org>')
    assert authors(*raws)[0] == "bo@example.org"
