"""Mails of invented people for the tests of this package."""

from threads import messages, tree
from threads.model import Message, Thread

DIFF = """\
diff --git a/fs/toy/file.c b/fs/toy/file.c
index 1111111..2222222 100644
--- a/fs/toy/file.c
+++ b/fs/toy/file.c
@@ -10,4 +10,5 @@ static int toy_write(struct toy *t)
 \tint ret;
\x20
-\tret = 0;
+\tret = -EIO;
+\ttoy_mark(t);
 \treturn ret;
"""


def mail(
    msgid: str = "1@example.org",
    *,
    subject: str = "[PATCH] toy: fix it",
    author: str = "Ada Author <ada@example.org>",
    date: str = "Thu, 4 Jun 2020 13:23:40 -0700",
    parent: str = "",
    body: str = "Text.\n",
    more: str = "",
) -> bytes:
    """Raw bytes of a plain mail; an empty value leaves its header out; `more` is further header lines."""
    fields = {
        "Message-ID": f"<{msgid}>" if msgid else "",
        "From": author,
        "Subject": subject,
        "Date": date,
        "In-Reply-To": f"<{parent}>" if parent else "",
    }
    head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value) + more
    return (head + "\n" + body).encode("utf-8", "surrogateescape")


def patch(msgid: str, subject: str, **more: str) -> bytes:
    """A patch mail as git send-email sends it."""
    body = "Because it is wrong.\n\nSigned-off-by: Ada Author <ada@example.org>\n---\n fs/toy/file.c | 3 ++-\n\n" + DIFF
    return mail(msgid, subject=subject, body=body + "-- \n2.40.0\n\n", **more)


def message(*args: str, **more: str) -> Message:
    return messages.parse_message(mail(*args, **more), "mail 1")


def thread(*raws: bytes) -> Thread:
    return tree.build([messages.parse_message(raw, f"mail {number}") for number, raw in enumerate(raws, 1)])


def depths(thread: Thread) -> tuple[int, ...]:
    """For each message the number of mails above it."""
    found: list[int] = []
    for parent in thread.parents:
        found.append(found[parent] + 1 if parent >= 0 else 0)
    return tuple(found)


def mbox(*raws: bytes, quote: bool = True) -> bytes:
    """An mboxrd as public-inbox writes it."""
    out = []
    for raw in raws:
        lines = raw.split(b"\n")
        if quote:
            lines = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
        out.append(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + b"\n".join(lines) + b"\n")
    return b"".join(out)
