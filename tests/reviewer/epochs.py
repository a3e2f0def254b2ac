"""Makes public-inbox v2 epochs: bare git repositories whose commits hold one mail each in the file `m`."""

import subprocess
from collections.abc import Sequence
from pathlib import Path


def mail(msgid: str, subject: str, answers: str = "", body: str = "Text.\n", sender: str = "ada@example.org") -> bytes:
    ref = f"In-Reply-To: <{answers}>\nReferences: <{answers}>\n" if answers else ""
    head = f"From: Ada Example <{sender}>\nSubject: {subject}\nDate: Wed, 1 May 2024 10:00:00 +0000\n"
    return f"{head}Message-ID: <{msgid}>\n{ref}\n{body}".encode()


def add(epoch: Path, mails: Sequence[bytes], name: str = "m") -> None:
    """Add a commit for each mail, oldest first; `name` is "d" for mails that are removed."""
    if not epoch.exists():
        subprocess.run(["git", "init", "-q", "--bare", "-b", "master", str(epoch)], check=True)
        count = 0
    else:
        git = ["git", f"--git-dir={epoch}", "rev-list", "--count", "master"]
        count = int(subprocess.run(git, check=True, capture_output=True).stdout)
    stream = b"".join(
        _commit(raw, name, continued=bool(count or number), number=number) for number, raw in enumerate(mails)
    )
    subprocess.run(["git", f"--git-dir={epoch}", "fast-import", "--quiet", "--force"], input=stream, check=True)


def _commit(raw: bytes, name: str, *, continued: bool, number: int) -> bytes:
    parent = b"from refs/heads/master^0\n" if continued and number == 0 else b""
    who = b"Ada Example <ada@example.org> 1714557600 +0000"
    return b"".join(
        (
            b"commit refs/heads/master\nauthor " + who + b"\ncommitter " + who + b"\ndata 4\nmail\n" + parent,
            b"deleteall\nM 100644 inline " + name.encode() + b"\ndata %d\n" % len(raw) + raw + b"\n",
        )
    )
