"""Names of senders whose own mail gives only an address. Pure."""

from collections.abc import Sequence

from msgspec import structs

from threads.model import Identity, Message


def complete(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The mails; an author without a name gets the one that another mail has for the address.

    What people call themselves counts before what others call them in To and Cc.
    """
    if all(message.author.name for message in messages):
        return tuple(messages)
    names: dict[str, str] = {}
    for message in messages:
        _add(names, message.author)
    for message in messages:
        for person in (*message.to, *message.cc):
            _add(names, person)
    return tuple(_named(message, names) for message in messages)


def _add(names: dict[str, str], person: Identity) -> None:
    if person.name and person.address and person.name != person.address:
        names.setdefault(person.address, person.name)


def _named(message: Message, names: dict[str, str]) -> Message:
    author = message.author
    if author.name or author.address not in names:
        return message
    return structs.replace(message, author=structs.replace(author, name=names[author.address]))
