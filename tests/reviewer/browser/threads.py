"""Whole threads of invented people, read as the command reads them, for the report in a browser."""

from reviewer import pipeline
from reviewer.options import Options
from reviewer.review import Review
from reviewer.sources import Mails
from tests.threads.mails import DIFF, mail, patch

ADA, BO = "Ada Author <ada@example.org>", "Bo Reviewer <bo@example.org>"
OBJECTION = "This is wrong, because the folio can be truncated before you lock it. You must check it again.\n"
BINARY = """\
diff --git a/fs/toy/logo.bin b/fs/toy/logo.bin
new file mode 100644
index 0000000..1234567
GIT binary patch
literal 8
PcmZQzWMT#Y01f~L2mk;8

literal 0
HcmV?d00001

"""


def reviewed(*raws: bytes) -> Review:
    mails = Mails(raws=tuple((raw, f"mail {number}") for number, raw in enumerate(raws, 1)), description="a test")
    return pipeline.review(mails, Options())


def quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.rstrip("\n").split("\n"))


def reply(number: int, parent: str, body: str, author: str = BO, subject: str = "Re: [PATCH] toy: fix it") -> bytes:
    day = f"{5 + number // 24} Jun 2020 {number % 24:02d}:00:00 +0000"
    return mail(f"r{number}@example.org", parent=parent, subject=subject, author=author, body=body, date=day)


def no_patch() -> Review:
    question = mail("q@example.org", subject="why does toy warn?", body="It warns on every write. Why?\n")
    return reviewed(question, reply(1, "q@example.org", "> Why?\n\n" + OBJECTION, subject="Re: why does toy warn?"))


def long_thread() -> Review:
    """120 mails, each of which answers the one before and objects."""
    raws = [patch("0@example.org", "[PATCH] toy: fix it")]
    for number in range(119):
        parent = f"r{number - 1}@example.org" if number else "0@example.org"
        raws.append(reply(number, parent, quoted(DIFF) + "\n" + OBJECTION, author=ADA if number % 2 else BO))
    return reviewed(*raws)


def series_of_twelve() -> Review:
    cover = mail("c@example.org", subject="[PATCH 00/12] toy: fix all", body="Fixes all of it.\n\nAda\n")
    raws = [cover]
    for number in range(1, 13):
        subject = f"[PATCH {number:02}/12] toy: fix part {number}"
        raws.append(patch(f"p{number}@example.org", subject, parent="c@example.org"))
        raws.append(reply(number, f"p{number}@example.org", quoted(DIFF) + "\n" + OBJECTION, subject=f"Re: {subject}"))
    return reviewed(*raws)


def binary() -> Review:
    body = "Adds the logo.\n\nSigned-off-by: Ada Author <ada@example.org>\n---\n fs/toy/logo.bin | Bin 0 -> 8 bytes\n\n"
    raw = mail("b@example.org", subject="[PATCH] toy: add a logo", body=body + BINARY + "-- \n2.40.0\n")
    return reviewed(raw, reply(1, "b@example.org", "> Adds the logo.\n\nPlease do not add files that are no text.\n"))


def hostile() -> Review:
    """Markup, scripts, terminal codes and hidden characters wherever a mail can have them."""
    evil = "</blockquote></style><script>document.title = 'owned'</script><img src=x onerror=alert(1)>\x1b[2J\u202e"
    path = 'fs/toy/"><script>document.title=1</script>.c'
    diff = DIFF.replace("ret = -EIO;", evil).replace("fs/toy/file.c", path)
    body = f"{evil}\n\nSigned-off-by: {evil} <ada@example.org>\n---\n\n{diff}-- \n2.40.0\n"
    raws = [
        mail("0@example.org", subject=f"[PATCH] toy: {evil}", author=f'"{evil[:60]}" <ada@example.org>', body=body),
        reply(1, "0@example.org", quoted(diff) + f"\n{OBJECTION}{evil}\n", author=f'"{evil[:60]}" <bo@example.org>'),
        reply(2, "r1@example.org", quoted(OBJECTION) + f"\nNo, that is wrong. {evil}\n", author=ADA),
    ]
    return reviewed(*raws)


ALL = {
    "no-patch": no_patch,
    "long": long_thread,
    "twelve": series_of_twelve,
    "binary": binary,
    "hostile": hostile,
}
