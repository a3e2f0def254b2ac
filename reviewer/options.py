"""What a user may choose about a review."""

from reviewer.review import Value

DEFAULT_LINK_MASK = "https://lore.kernel.org/r/%s"


class Options(Value, frozen=True, kw_only=True):
    """Options of `review`, `diff` and `plan`, as given."""

    kernel: str | None = None  # version of a shipped model
    tree: str | None = None  # directory of a kernel tree, indexed on demand
    rev: str | None = None  # commit of that tree
    pedantic: bool = False  # also the rules that are often wrong
    link_mask: str = DEFAULT_LINK_MASK  # in which %s stands for the message-id; git config b4.linkmask
