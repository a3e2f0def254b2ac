"""Names of senders whose own mail gives only an address. Pure."""

import re
from collections.abc import Sequence

from msgspec import structs

from threads.model import Identity, Message

_LETTERS, _WORDS = 4, 6  # letters that an address needs at least to tell a name, and words of a name that are read
_LINES, _LINE = 5, 300  # lines of a mail where the author of a patch may be named, and characters of each
_FROM = re.compile(r"From: *\"?([^<>\"]{3,100}?)\"? *<([^<>@\s]{1,100})@[^<>@\s]{1,200}>\s*$")


def complete(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The mails; an author without a name gets the one that another mail has for the address.

    What people call themselves counts before what others call them in To and Cc, and last the author whom a patch
    names, when the address is made of that name: people pass on the patches of others.
    """
    if all(message.author.name for message in messages):
        return tuple(messages)
    names: dict[str, str] = {}
    for message in messages:
        _add(names, message.author)
    for message in messages:
        for person in (*message.to, *message.cc):
            _add(names, person)
    for message in messages:
        if not message.author.name and message.author.address not in names:
            _add(names, structs.replace(message.author, name=_in_body(message)))
    return tuple(_named(message, names) for message in messages)


def _add(names: dict[str, str], person: Identity) -> None:
    if person.name and person.address and person.name != person.address:
        names.setdefault(person.address, person.name)


def _in_body(message: Message) -> str:
    """The name in a From: line above the text, when it can be the sender's."""
    user = message.author.address.partition("@")[0].lower()
    for line in message.lines[:_LINES]:
        if found := _FROM.match(line[:_LINE]):
            return found[1].strip() if found[2].lower() == user or _made_of(user, found[1]) else ""
    return ""


def _made_of(user: str, name: str) -> bool:
    """ "adaau", "a.author" and "author" are made of "Ada B. Author": a word, or how the first and last begin."""
    left = re.sub(r"[^a-z]", "", user)
    words = [word for word in (re.sub(r"[^a-z]", "", part) for part in name.lower().split()[:_WORDS]) if word]
    if len(left) < _LETTERS or left in words:
        return len(left) >= _LETTERS
    reached = {0}
    for place, word in enumerate(words):
        further = {at + size for at in reached for size in range(1, len(word) + 1) if left[at:].startswith(word[:size])}
        reached = further | (reached if 0 < place < len(words) - 1 else set())
    return len(words) > 1 and len(left) in reached


def _named(message: Message, names: dict[str, str]) -> Message:
    author = message.author
    if author.name or author.address not in names:
        return message
    return structs.replace(message, author=structs.replace(author, name=names[author.address]))
