"""Fetching one thread from a public-inbox server, through b4 run as a command.

The contract with b4 (0.12 to 0.16, measured): `b4 --no-stdin mbox -C -M -o DIR -n thread -- id:MSGID` in a private
directory outside any git tree, with a private cache (b4 keeps a bad answer for ten minutes), configured through
GIT_CONFIG_*. `id:` in front of the id keeps b4 from reading it as a URL, which would redirect the fetch. b4 has no
limit of time or size, so programs.run sets them. What b4 prints is used to tell failures apart and is not shown.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from reviewer import cut, programs, progress
from reviewer.config import Masks
from reviewer.errors import Failure
from threads.model import Raw

_LOCAL = "give a local mbox, Maildir or public-inbox clone (PATH#message-id) instead"
_LATER = f"try again later, or {_LOCAL}"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def thread(msgid: str, masks: Masks, limits: programs.Limits | None = None) -> tuple[Raw, ...]:
    """The raw mails of the thread that holds `msgid`, in the server's order. Raises Failure, its kind one of:

    bad-id, b4-missing, git-missing, not-found, http, unreachable, redirects, not-mail, corrupt, empty, not-in-thread,
    timeout, too-big, b4-crash.
    """
    check_id(msgid)
    b4 = _b4()
    limits = limits or programs.Limits()
    with tempfile.TemporaryDirectory(prefix="mkwrite-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        arguments: list[str | Path] = [
            b4,
            "--no-stdin",
            "mbox",
            "-C",
            "-M",
            "-o",
            directory,
            "-n",
            "thread",
            "--",
            f"id:{msgid}",
        ]
        with progress.step(f"fetching the thread from {shown_host(masks)} through b4"):
            done = programs.run(
                arguments, cwd=directory, env=_environment(masks, directory), limits=limits, directory=directory
            )
        if done.code != 0 or done.stopped:
            raise _failure(done, msgid, masks, limits)
        mails = _maildir(directory / "thread" / "new")
    if not any(cut.head(raw).msgid == msgid for raw, _ in mails):
        raise _not_in_thread(msgid, masks)
    return mails


def check_id(msgid: str) -> None:
    """Raise Failure unless `msgid` (bare) can be asked for: no white space, brackets or control characters."""
    wrong = not msgid or len(msgid.encode("utf-8", "replace")) > 1000 or not msgid.isprintable()
    if wrong or any(c in msgid for c in " <>"):
        raise Failure(
            f"not a message-id: {msgid[:100]!r}",
            "give it as the Message-ID header has it, without white space, for instance 20200604-fix@example.org",
            "bad-id",
        )


def shown_host(masks: Masks) -> str:
    """The server for messages: host and port without a user's name and password."""
    return masks.host.rpartition("@")[2]


def _b4() -> Path:
    """The b4 of our own environment, else of PATH. git is looked for too: without it b4 ends in a traceback."""
    if shutil.which("git") is None:
        raise Failure("git is not installed, and b4 needs it to fetch", f"install git, or {_LOCAL}", "git-missing")
    own = Path(sys.executable).parent / "b4"  # not resolved: in a venv the link's own directory counts
    found = shutil.which(own) or shutil.which("b4")
    if found is None:
        raise Failure("b4 is not installed", f"install b4 0.16 beside mkwrite, or {_LOCAL}", "b4-missing")
    return Path(found)


def _environment(masks: Masks, directory: Path) -> dict[str, str]:
    """The user's environment with our two settings added to whatever GIT_CONFIG_* holds already."""
    set_by_user = {name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG")}
    env = programs.clean_environment(
        **set_by_user, XDG_CACHE_HOME=str(directory / "cache"), XDG_DATA_HOME=str(directory / "data")
    )
    count = env.get("GIT_CONFIG_COUNT", "")
    first = int(count) if re.fullmatch(r"[0-9]{1,4}", count) else 0
    ours = {"b4.midmask": masks.midmask, "b4.attestation-policy": "off"}
    for number, (key, value) in enumerate(ours.items(), first):
        env[f"GIT_CONFIG_KEY_{number}"], env[f"GIT_CONFIG_VALUE_{number}"] = key, value
    env["GIT_CONFIG_COUNT"] = str(first + len(ours))
    host = urlsplit(masks.midmask).hostname or ""
    if host in _LOOPBACK:  # a proxy has another loopback
        for name in ("NO_PROXY", "no_proxy"):
            env[name] = ",".join(filter(None, (env.get(name), host)))
    return env


def _maildir(directory: Path) -> tuple[Raw, ...]:
    """The mails b4 wrote, in its order: the figures of a Maildir name are time, process and a counter."""

    def written(path: Path) -> list[int]:
        return [int(figure[:18]) for figure in re.findall(r"[0-9]+", path.name)]

    try:
        paths = sorted(directory.iterdir(), key=written)
    except FileNotFoundError:
        return ()
    return tuple((path.read_bytes(), f"mail {number}") for number, path in enumerate(paths, 1))


def _failure(done: programs.Finished, msgid: str, masks: Masks, limits: programs.Limits) -> Failure:
    """One line for what went wrong, told from the way b4 ended and from its messages."""
    host = shown_host(masks)
    if done.stopped == "timeout":
        return Failure(f"{host} did not deliver the thread within {limits.seconds:.0f} s", _LATER, "timeout")
    said = done.stderr.decode("utf-8", "replace")
    if done.stopped == "too-big" or "MemoryError" in said or "File too large" in said:
        return Failure(
            f"the thread on {host} is larger than {limits.output // programs.MIB} MiB, or unpacks to more than the"
            " memory limit", _LOCAL, "too-big",
        )  # fmt: skip
    return _server_failure(said, msgid, host) or _answer_failure(said, host) or _other_failure(said, msgid, masks)


def _server_failure(said: str, msgid: str, host: str) -> Failure | None:
    """No answer, or one with an error code."""
    code = re.search(r"Server returned an error: ?([0-9]{3})\b", said) or re.search(
        r"returned ([0-9]{3}), trying", said
    )
    if code and code[1] == "404":
        what = f"{host} knows no mail with the id {msgid}"
        return Failure(what, f"check the id, ask another archive with --midmask, or {_LOCAL}", "not-found")
    if code:
        return Failure(f"{host} answered with HTTP error {code[1]}", _LATER, "http")
    if "TooManyRedirects" in said:
        return Failure(
            f"{host} redirects in a circle", f"check --midmask or git config b4.midmask, or {_LOCAL}", "redirects"
        )
    if "All hosts failed" in said and not _broken_off(said):
        return Failure(f"cannot reach {host}", f"check the network and b4.midmask, or {_LOCAL}", "unreachable")
    return None


def _answer_failure(said: str, host: str) -> Failure | None:
    """An answer that is no gzipped mbox."""
    not_gzip = re.search(r"Not a gzipped file \(b'(.{0,8})'\)", said)
    if not_gzip and not_gzip[1].lstrip().startswith("<"):
        what = f"{host} sent a web page instead of mail, probably a check for robots"
        return Failure(what, f"open the archive in a browser and save the thread as mbox, or {_LOCAL}", "not-mail")
    if not_gzip and "\\x" not in not_gzip[1] and "Fr" in not_gzip[1]:
        return Failure(f"{host} sent mail that is not compressed, which b4 cannot read", _LOCAL, "not-mail")
    if not_gzip or _broken_off(said) or "zlib.error" in said or "CRC check failed" in said:
        return Failure(f"the thread from {host} arrived corrupt or cut short", _LATER, "corrupt")
    if "No messages found" in said:
        return Failure(f"{host} sent an empty thread", f"check the id, or {_LOCAL}", "empty")
    return None


def _broken_off(said: str) -> bool:
    return any(word in said for word in ("EOFError", "ChunkedEncodingError", "IncompleteRead", "BadGzipFile"))


def _other_failure(said: str, msgid: str, masks: Masks) -> Failure:
    crash = re.findall(r"^([A-Za-z_][A-Za-z0-9_.]{0,80})(?::|$)", said[-8000:], re.MULTILINE)
    if "Traceback" not in said:  # b4 says nothing when the thread lacks the id
        return _not_in_thread(msgid, masks)
    name = crash[-1] if crash else "no reason given"
    return Failure(f"b4 stopped with an error ({name})", f"run `b4 mbox {msgid}` to see it, or {_LOCAL}", "b4-crash")


def _not_in_thread(msgid: str, masks: Masks) -> Failure:
    what = f"the answer of {shown_host(masks)} does not hold the mail {msgid}"
    return Failure(what, f"check the id, or {_LOCAL}", "not-in-thread")
