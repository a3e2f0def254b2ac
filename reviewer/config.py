"""The user's configuration: where threads are fetched from and how mails are linked.

Only what `git config` says of the user's own files counts. b4 would also read `.b4-config` of the tree it runs in, so
that a kernel tree could redirect a fetch; mkwrite does not.
"""

from urllib.parse import SplitResult, urlsplit

from reviewer import programs
from reviewer.errors import Failure
from reviewer.options import DEFAULT_LINK_MASK
from reviewer.review import Value

DEFAULT_MIDMASK = "https://lore.kernel.org/all/%s"  # b4's own
# Hosts that only redirect to lore; Link: trailers of commits name them.
_LORE_NAMES = frozenset({"patch.msgid.link", "msgid.link", "lkml.kernel.org", "www.lore.kernel.org"})


class Masks(Value, frozen=True, kw_only=True):
    """URL patterns in which %s stands for the message-id."""

    midmask: str  # the archive that is asked
    linkmask: str  # what a report links to; never opened

    @property
    def host(self) -> str:
        return urlsplit(self.midmask).netloc.lower()

    def names(self, host: str) -> bool:
        """Whether a URL on `host` means a mail of this archive."""
        host = host.lower()
        links = urlsplit(self.linkmask).netloc.lower()
        return host in (self.host, links) or (self.host == "lore.kernel.org" and host in _LORE_NAMES)


def url_parts(url: str) -> SplitResult | None:
    """The parts of a URL, None for what is none ("https://[")."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def masks(midmask: str | None = None) -> Masks:
    """The masks in force: the option, else `git config b4.midmask`, else b4's default. Raises Failure for a bad one."""
    set_by_user = _git_config()
    mid = midmask or set_by_user.get("b4.midmask") or DEFAULT_MIDMASK
    where = "--midmask" if midmask else "git config b4.midmask"
    return Masks(midmask=_checked(mid, where), linkmask=_linkmask(set_by_user))


def _linkmask(set_by_user: dict[str, str]) -> str:
    link = set_by_user.get("b4.linkmask") or DEFAULT_LINK_MASK
    if "%s" not in link or not link.startswith(("http://", "https://")) or url_parts(link) is None:
        return DEFAULT_LINK_MASK  # as b4 does: links are not worth an error
    return link


def _git_config() -> dict[str, str]:
    """b4.midmask and b4.linkmask as git knows them; empty without git or when nothing is set."""
    try:
        told = programs.answer(["git", "config", "--null", "--get-regexp", r"^b4\.(midmask|linkmask)$"])
    except OSError:
        return {}
    found = {}
    for entry in told.decode("utf-8", "replace").split("\0"):
        name, _, value = entry.partition("\n")
        found[name] = value.strip()
    return found


def _checked(mask: str, where: str) -> str:
    """The mask with /%s at its end, as b4 reads it."""
    parts = url_parts(mask)
    if (
        parts is None
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or not mask.isprintable()
        or " " in mask
    ):
        raise Failure(
            f"{where} is not the URL of a public-inbox: {mask}",
            f"set it to something like {DEFAULT_MIDMASK}",
            "bad-mask",
        )
    return mask if "%s" in mask else mask.rstrip("/") + "/%s"
