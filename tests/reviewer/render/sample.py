# ruff: noqa: E501, E101, W293 -- a table of values and a diff
"""Reviews made by hand: invented people, invented code of an invented filesystem, every kind of anchor and status.

`typical()` is a thread with two versions and a bit of everything. `empty()` is a thread without a patch.
`tainted(review, payload)` puts a payload into every text of a review.
"""

from datetime import datetime, timedelta, timezone
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from reviewer import review as r
from rules.change import Change, ChangedFile, ChangedHunk, ChangedLine
from threads import model as t

ZONE = timezone(timedelta(hours=1))
NILS = t.Identity(name="Nils Arden", address="nils@example.org")
MARA = t.Identity(name="Mara Okafor", address="mara@example.org")
HANA = t.Identity(name="佐藤 Hana", address="hana@example.org")
PIET = t.Identity(name="Piet de Vries", address="piet@example.org")
ROBOT = t.Identity(name="brine test robot", address="robot@example.org")

COVER, PATCH, V1 = "v2-0-brine@example.org", "v2-1-brine@example.org", "v1-brine@example.org"
FILE = "fs/brinefs/file.c"

DIFF = """\
@@ -118,9 +118,12 @@ static vm_fault_t brine_page_mkwrite(struct vm_fault *vmf)
 	struct folio *folio = page_folio(vmf->page);
 
 	sb_start_pagefault(inode->i_sb);
 	folio_lock(folio);
-	if (WARN_ON_ONCE(!folio_test_uptodate(folio)))
-		goto out;
+	if (!folio_test_uptodate(folio)) {
+		/* 読み込みに失敗した folio: the read failed, the old data may still be mapped */
+		ret = brine_fault_error(folio, -EIO);
+		goto out;
+	}
 	if (folio->mapping != inode->i_mapping)
 		goto out;
 	folio_mark_dirty(folio);
@@ -201,3 +204,8 @@ static int brine_release(struct inode *inode, struct file *file)
 	return 0;
 }
 
+static vm_fault_t brine_fault_error(struct folio *folio, int err)
+{
+	folio_unlock(folio);
+	return vmf_error(err);
+}
"""
HEADER_DIFF = """\
@@ -40,3 +40,4 @@ struct brine_super {
 int brine_writepages(struct address_space *mapping, struct writeback_control *wbc);
 int brine_read_folio(struct file *file, struct folio *folio);
+vm_fault_t brine_fault_error(struct folio *folio, int err);
 
"""
MESSAGE = """\
A read that failed leaves a folio in the page cache that is mapped and not
uptodate. A write fault on it ends in a warning, although nothing is wrong
with the kernel.

Fail the fault with SIGBUS instead. Only brinefs clears uptodate after a
failed read, so no other filesystem needs this.

Signed-off-by: Nils Arden <nils@example.org>
---
 fs/brinefs/brine.h |  1 +
 fs/brinefs/file.c  | 12 ++++++++++--
"""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def hunks(text: str, mail_line: int) -> tuple[t.Hunk, ...]:
    """Hunks of a diff written above; counts are taken from its own headers."""
    found: list[t.Hunk] = []
    lines = text.split("\n")[:-1]
    starts = [number for number, line in enumerate(lines) if line.startswith("@@")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        ranges, header = lines[start][3:].split(" @@", 1)
        (old, old_count), (new, new_count) = (map(int, part[1:].split(",")) for part in ranges.split())
        at_old, at_new = old, new
        body = []
        for number in range(start + 1, end):
            sign: Any = lines[number][:1] or " "
            body.append(
                t.DiffLine(
                    sign=sign,
                    text=lines[number][1:],
                    old=None if sign == "+" else at_old,
                    new=None if sign == "-" else at_new,
                    mail_line=mail_line + number,
                )
            )
            at_old += sign != "+"
            at_new += sign != "-"
        found.append(
            t.Hunk(
                old_start=old, old_count=old_count, new_start=new, new_count=new_count, header=header.strip(),
                lines=tuple(body), mail_line=mail_line + start,
            )
        )  # fmt: skip
    return tuple(found)


def diff_text() -> str:
    return (
        f"{MESSAGE}\ndiff --git a/fs/brinefs/brine.h b/fs/brinefs/brine.h\nindex 1f00aa11bb22..2f00aa11bb22 100644\n"
        f"--- a/fs/brinefs/brine.h\n+++ b/fs/brinefs/brine.h\n{HEADER_DIFF}"
        f"diff --git a/{FILE} b/{FILE}\nindex 3f00aa11bb22..4f00aa11bb22 100644\n--- a/{FILE}\n+++ b/{FILE}\n{DIFF}"
    )


def line_of(start: str) -> int:
    return next(number for number, line in enumerate(diff_text().split("\n")) if line.startswith(start))


FILES = (
    t.FileDiff(
        path="fs/brinefs/brine.h", old_path="fs/brinefs/brine.h", status="modified", old_blob="1f00aa11bb22",
        new_blob="2f00aa11bb22", hunks=hunks(HEADER_DIFF, line_of("@@ -40")),
    ),
    t.FileDiff(
        path=FILE, old_path=FILE, status="modified", old_blob="3f00aa11bb22", new_blob="4f00aa11bb22",
        hunks=hunks(DIFF, line_of("@@ -118")),
    ),
    t.FileDiff(
        path="Documentation/brinefs.rst", old_path="Documentation/brine.txt", status="renamed", old_blob="",
        new_blob="", hunks=(),
    ),
)  # fmt: skip


def mail(msgid: str, author: t.Identity, date: datetime | None, body: str, parent: str = "", **more: Any) -> t.Message:
    subject = "[PATCH v2 1/2] brinefs: fail the write fault of a folio whose read failed"
    return t.Message(
        msgid=msgid, author=author, date=date, body=body, in_reply_to=parent,
        subject=more.pop("subject", ("Re: " if parent else "") + subject), **more,
    )  # fmt: skip


MAILS = (
    mail(V1, NILS, at(9, 9), MESSAGE, subject="[PATCH] brinefs: do not warn in page_mkwrite"),
    mail("m1@example.org", MARA, at(9, 11), "Why here?\n", V1, subject="Re: [PATCH] brinefs: do not warn in page_mkwrite"),
    mail(COVER, NILS, at(11, 9), "Second try.\n", subject="[PATCH v2 0/2] brinefs: failed reads"),
    mail(PATCH, NILS, at(11, 9, 1), diff_text(), COVER, subject="[PATCH v2 1/2] brinefs: fail the write fault of a folio whose read failed"),
    mail("robot-1@example.org", ROBOT, at(11, 10), "All good.\n", PATCH, automated="Auto-Submitted: auto-generated"),
    mail("m2@example.org", MARA, at(11, 14, 2), "Why does the fault get here?\n", PATCH),
    mail("n1@example.org", NILS, at(11, 15, 45), "Because the PTE is there already.\n", "m2@example.org"),
    mail("m3@example.org", MARA, at(12, 8, 20), "That is no answer.\n", "n1@example.org"),
    mail("h1@example.org", HANA, at(12, 9), "Please name the errno.\n", PATCH, top_posted=True),
    mail("n2@example.org", NILS, at(12, 10), "Will do.\n", "h1@example.org"),
    mail("p1@example.org", PIET, None, "Reviewed-by: Piet de Vries <piet@example.org>\n", PATCH, date_note="no Date header"),
)  # fmt: skip
PARENTS = (-1, 0, -1, 2, 3, 3, 5, 6, 3, 8, 3)


def event(msgid: str, author: t.Identity, date: datetime, kind: t.EventType, quote: str) -> t.Event:
    role: t.Role = "author" if author is NILS else "reviewer"
    return t.Event(msgid=msgid, author=author, role=role, date=date, type=kind, quote=quote, line=0, why="own words")


def point(
    number: int, msgid: str, author: t.Identity, quote: str, kind: t.Kind, weight: t.Weight, **more: Any
) -> t.Point:
    values: dict[str, Any] = {
        "role": "bot" if author is ROBOT else "reviewer", "date": next(m.date for m in MAILS if m.msgid == msgid),
        "line": 0, "text": quote, "anchor": None, "symbols": (), "raisers": (author,), "events": (),
        "status": "open", "status_why": "nobody took it up", "waiting_for": "the author", "cleared": False,
        "automated": author is ROBOT, "why": ("a question about the patch",),
    }  # fmt: skip
    return t.Point(
        id=f"P{number}", msgid=msgid, author=author, quote=quote, kind=kind, weight=weight, **(values | more)
    )


def diff_anchor(file: int, hunk: int, line: int, **more: Any) -> t.Anchor:
    where = FILES[file].hunks[hunk].lines[line]
    return t.Anchor(
        kind="diff", msgid=PATCH, line=where.mail_line, file=FILES[file].path, sign=where.sign, text=where.text,
        old=where.old, new=where.new, **more,
    )  # fmt: skip


def points() -> tuple[t.Point, ...]:
    answered = event("n1@example.org", NILS, at(11, 15, 45), "answered", "Because the PTE is there already.")
    disputed = event(
        "m3@example.org", MARA, at(12, 8, 20), "disputed", "That is no answer: who looked at the flag before?"
    )
    accepted = event("n2@example.org", NILS, at(12, 10), "accepted", "Will do.")
    settled = {"status": "accepted", "status_why": "the author promised it", "waiting_for": "", "events": (accepted,)}
    withdrawn = event("m3@example.org", MARA, at(12, 8, 20), "withdrawn", "Never mind, I misread the lock.")
    return (
        point(1, "m1@example.org", MARA, "Why here and not in every ->page_mkwrite?", "placement", "should",
              anchor=t.Anchor(kind="mail", msgid=V1, line=0), status="answered", waiting_for="", events=(answered,)),
        point(2, "m2@example.org", MARA, "Why does the fault path hand a folio that is not uptodate to ->page_mkwrite "
              "in the first place? Somebody found it in the page cache, and that somebody could have looked at the flag.",
              "placement", "blocking", symbols=("do_page_mkwrite", "brine_page_mkwrite"), status="disputed",
              status_why="the reviewer rejected the answer", events=(answered, disputed),
              anchor=t.Anchor(kind="message", msgid=PATCH, line=1, text="uptodate. A write fault on it ends in a warning, although nothing is wrong")),
        point(3, "h1@example.org", HANA, "-EIO hides -ENOMEM of the read, please pass what brine_read_folio() got",
              "correctness", "should", anchor=diff_anchor(1, 0, 8), symbols=("brine_read_folio",), raisers=(HANA, PIET)),
        point(4, "h1@example.org", HANA, "a comment in one language is enough", "readability", "nit",
              anchor=diff_anchor(1, 0, 7), **settled),
        point(5, "m3@example.org", MARA, "who unlocks the folio when the helper is called twice?", "concurrency",
              "question", anchor=t.Anchor(kind="symbol", msgid=PATCH, line=None, text="brine_fault_error"),
              symbols=("brine_fault_error",), status="withdrawn", waiting_for="", events=(withdrawn,), cleared=True),
        point(6, "m2@example.org", MARA, "how often does this fire?", "evidence", "question",
              anchor=t.Anchor(kind="cover", msgid=COVER, line=0, text="Second try.")),
        point(7, "robot-1@example.org", ROBOT, "brine_fault_error is not declared before its use", "correctness",
              "should", anchor=diff_anchor(1, 1, 3, exact=False), waiting_for="the author"),
    )  # fmt: skip


def claims() -> tuple[r.CheckedClaim, ...]:
    path = t.Claim(id="C1", msgid="n1@example.org", author=NILS, quote="do_wp_page -> wp_page_shared -> do_page_mkwrite",
                   line=3, type="call_path", symbols=("do_wp_page", "wp_page_shared", "do_page_mkwrite"),
                   text="do_wp_page()\n  -> wp_page_shared()\n    -> do_page_mkwrite()")  # fmt: skip
    only = t.Claim(id="C2", msgid=PATCH, author=NILS, quote="Only brinefs clears uptodate after a failed read",
                   line=4, type="exclusivity", symbols=("brinefs", "uptodate"), text="Only brinefs clears uptodate after a failed read")  # fmt: skip
    other = t.Claim(id="C3", msgid="m3@example.org", author=MARA, quote="the disk retries three times", line=1,
                    type="other", symbols=(), text="the disk retries three times")  # fmt: skip
    return (
        r.CheckedClaim(claim=path, verdict="confirmed", text="each function calls the next",
                       places=(r.Place(file="mm/memory.c", line=3310, function="do_wp_page"), r.Place(file="mm/memory.c", line=3105))),
        r.CheckedClaim(claim=only, verdict="contradicted", text="two more filesystems clear the flag",
                       places=(r.Place(file="fs/saltfs/read.c", line=88), r.Place(file="fs/krillfs/io.c", line=412))),
        r.CheckedClaim(claim=other, verdict="unknown", text="nothing in the source tells"),
    )  # fmt: skip


def step(function: str, file: str, line: int, edge: Any = "call", **more: Any) -> r.Step:
    call = None if edge == "entry" else r.Place(file=file, line=line + 20)
    return r.Step(function=function, place=r.Place(file=file, line=line), call=call, edge=edge, **more)


def chain(middle: tuple[str, ...]) -> r.Chain:
    return r.Chain(
        path="fault",
        steps=(
            step("handle_mm_fault", "mm/memory.c", 5800, "entry"),
            step("__handle_mm_fault", "mm/memory.c", 5600),
            step("handle_pte_fault", "mm/memory.c", 5500),
            *(step(name, "mm/memory.c", 3300 + 10 * number) for number, name in enumerate(middle)),
            step("do_page_mkwrite", "mm/memory.c", 2900, condition="vma->vm_ops->page_mkwrite"),
            step("brine_page_mkwrite", FILE, 110, "operation", operation="vm_operations_struct.page_mkwrite", changed=True),
        ),
        met=(
            r.Met(subject="pte", op="lock", place=r.Place(file="mm/memory.c", line=3302), stale=True, why="dropped at mm/memory.c:3320"),
            r.Met(subject="folio", op="get", place=r.Place(file="mm/memory.c", line=3318)),
        ),
    )  # fmt: skip


def hunk_places() -> tuple[r.HunkPlace, ...]:
    return (
        r.HunkPlace(function="brine_page_mkwrite", file=FILE, known=True, on_paths=("fault",),
                    stage="page_mkwrite operation", chains=(chain(("do_wp_page", "wp_page_shared")), chain(("do_fault", "do_shared_fault"))),
                    chains_total=2, infeasible=3, filesystems=("brinefs",)),
        r.HunkPlace(function="brine_fault_error", file=FILE, known=False, on_paths=(), stage="", chains=(), chains_total=0,
                    infeasible=0, filesystems=(), note="added by the patch"),
    )  # fmt: skip


def placement() -> r.Placement:
    def layer(name: str, line: int, covers: str, checks: str, changed: bool = False) -> r.Layer:
        file = FILE if changed else "mm/memory.c"
        return r.Layer(layer=name, place=r.Place(file=file, line=line), covers=r.Cell(text=covers),
                       holds=r.Cell(text="folio reference, no lock" if not changed else "folio lock, freeze protection",
                                    places=(r.Place(file=file, line=line + 4),)),
                       checks=r.Cell(text=checks), changed=changed)  # fmt: skip

    return r.Placement(
        function="brine_page_mkwrite", condition="uptodate",
        layers=(
            layer("dispatch: do_page_mkwrite", 2900, "all 14 implementers", "none"),
            layer("implementer: brine_page_mkwrite", 110, "brinefs", "uptodate asserted", True),
        ),
        produced=(r.Cell(text="brine_end_read clears uptodate", places=(r.Place(file="fs/brinefs/read.c", line=61),)),),
        paragraph="A check in brine_page_mkwrite() covers brinefs. One in do_page_mkwrite() covers all 14 implementers, "
        "but there no lock is held, so that the flag can be cleared after the check.",
    )  # fmt: skip


def filesystems() -> tuple[r.FilesystemRow, ...]:
    def row(name: str, verdict: Any, own: str, why: str, reached: bool = False) -> r.FilesystemRow:
        return r.FilesystemRow(
            filesystem=name, implementer=f"{name[:-2]}_page_mkwrite", place=r.Place(file=f"fs/{name}/file.c", line=110),
            operation="vm_operations_struct.page_mkwrite", helper="", reached=reached, own_check=r.Cell(text=own),
            produces=r.Cell(text="clears uptodate"), verdict=verdict, why=why,
        )  # fmt: skip

    return (
        row("brinefs", "affected", "asserts", "changed by this patch", True),
        row("saltfs", "affected", "none", "clears uptodate and does not look"),
        row("krillfs", "protected", "tests", "fails the fault itself"),
        row("kelpfs", "not concerned", "none", "never clears uptodate"),
        row("algaefs", "unknown", "none", "no body in the model"),
    )


def objections() -> tuple[r.Objection, ...]:
    return (
        r.Objection(rule="wrong-layer", title="One implementer is fixed, the caller serves fourteen", severity="high",
                    confidence="medium", text="saltfs reaches the same state by the same path and has no check.",
                    places=(r.Place(file="mm/memory.c", line=2900),), file=FILE, line=122, raised_by=("P2",),
                    link="both name do_page_mkwrite"),
        r.Objection(rule="errno-lost", title="The errno of the read is dropped", severity="medium", confidence="high",
                    text="brine_read_folio() returns -ENOMEM too; the fault tells -EIO.", file=FILE, line=124,
                    places=(r.Place(file="fs/brinefs/read.c", line=40, function="brine_read_folio"),)),
    )  # fmt: skip


def plan() -> r.Plan:
    return r.Plan(
        suggestions=(
            r.Suggestion(test="generic/019", suite="xfstests", tier="targeted", score=4.5, said_by=("m2@example.org",),
                         reasons=("fails I/O under a mapped write", "named in the thread"), needs=("CONFIG_FAIL_MAKE_REQUEST",)),
            r.Suggestion(test="generic/080", suite="xfstests", tier="regression", score=3, reasons=("calls page_mkwrite",)),
            r.Suggestion(test="mm:userfaultfd", suite="kselftest", tier="group", score=1, reasons=("write faults",)),
        ),
        runs=(
            r.PlanRun(filesystem="brinefs", options="", reason="changed"),
            r.PlanRun(filesystem="brinefs", options="-O blocksize=1k", reason="sub-page blocks"),
        ),
        config=("CONFIG_FAIL_MAKE_REQUEST=y", "CONFIG_DEBUG_VM=y"),
        commands=(
            r.PlanCommand(line="./check generic/019 generic/080", where="xfstests"),
            r.PlanCommand(line="make -C tools/testing/selftests TARGETS=mm run_tests", where="the kernel tree"),
        ),
        notes=("generic/019 needs fault injection in the block layer",),
        catalogue="xfstests v2026.11",
    )  # fmt: skip


def change() -> Change:
    def lines(hunk: t.Hunk) -> tuple[ChangedLine, ...]:
        return tuple(ChangedLine(sign=line.sign, text=line.text, old=line.old, new=line.new) for line in hunk.lines)

    names = {0: (), 1: ("brine_page_mkwrite",), 2: ("brine_fault_error",)}
    files = []
    for number, file in enumerate(FILES):
        made = tuple(
            ChangedHunk(file=file.path, header=hunk.header, lines=lines(hunk), found_by="text",
                        functions=names[number + index] if number else ())
            for index, hunk in enumerate(file.hunks)
        )  # fmt: skip
        files.append(ChangedFile(path=file.path, old_path=file.old_path, status=file.status, old_blob=file.old_blob,
                                 new_blob=file.new_blob, hunks=made))  # fmt: skip
    return Change(subject="brinefs: fail the write fault of a folio whose read failed", date="2026-11-11",
                  files=tuple(files), message=MESSAGE, fixes=("1234567890ab (\"brinefs: read folios\")",), stable=True)  # fmt: skip


def series() -> tuple[t.Series, ...]:
    tag = t.Trailer(name="Reviewed-by", value="Piet de Vries <piet@example.org>", msgid="p1@example.org", credited=True,
                    condition="with the errno fixed")  # fmt: skip

    def patch(msgid: str, version: int, number: int, files: tuple[t.FileDiff, ...], lines: tuple[int, int]) -> t.Patch:
        return t.Patch(msgid=msgid, subject="brinefs: fail the write fault of a folio whose read failed",
                       prefix=("PATCH", f"v{version}", f"{number}/2"), version=version, number=number, total=2,
                       author=NILS, message_lines=lines, trailers=(), files=files)  # fmt: skip

    first = t.Series(version=1, resend=False, subject="brinefs: do not warn in page_mkwrite", author=NILS, cover=None,
                     patches=(patch(V1, 1, 1, (), (0, 7)),), expected=1)  # fmt: skip
    second = t.Series(version=2, resend=False, subject="brinefs: failed reads", author=NILS,
                      cover=patch(COVER, 2, 0, (), (0, 1)), patches=(patch(PATCH, 2, 1, FILES, (0, 8)),), expected=2,
                      base_commit="0123456789abcdef0123", change_id="20261111-brine-1", credited=(tag,))  # fmt: skip
    return first, second


def typical() -> r.Review:
    found = points()
    return r.Review(
        source="sample", link_mask="https://lore.example.org/r/%s",
        thread=t.Thread(messages=MAILS, parents=PARENTS, missing=("gone@example.org",)),
        series=series(), reviewed=PATCH,
        participants=(
            r.Participant(name="Nils Arden", address="nils@example.org", role="author", mails=5, points=0),
            r.Participant(name="Mara Okafor", address="mara@example.org", role="reviewer", mails=3, points=4),
            r.Participant(name="佐藤 Hana", address="hana@example.org", role="maintainer", mails=1, points=2),
            r.Participant(name="Piet de Vries", address="piet@example.org", role="reviewer", mails=1, points=1),
            r.Participant(name="brine test robot", address="robot@example.org", role="bot", mails=1, points=1),
        ),
        points=found, claims=claims(),
        accounting=tuple(t.Accounting(msgid=m.msgid, uses=("point", "blank")) for m in MAILS),
        outcome="new-version-needed", outcome_why="the author promised a change",
        verdict="3 open, 1 disputed (1 blocking), 3 settled; waiting for the author; a new version is needed (the author promised a change)", change=change(),
        model=r.ModelFit(version="6.12.107", fit="by-name", why="3 of 4 functions are in it", tree="linux-6.12.107"),
        hunks=hunk_places(), placements=(placement(),), filesystems=filesystems(), objections=objections(),
        answers=(r.Answer(point="P2", text="nobody on this path tests uptodate",
                          places=(r.Place(file="mm/memory.c", line=2900, function="do_page_mkwrite"),)),),
        plan=plan(), not_looked_at=("patch 2/2 is not in this thread", "attachments that are no text"),
        defects=(t.Defect(where="mail 11", what="no Date header"),),
    )  # fmt: skip


def empty() -> r.Review:
    talk = mail("talk@example.org", PIET, at(3, 12), "Hello?\n", subject="a question")
    return r.Review(
        source="-", link_mask="https://lore.example.org/r/%s", thread=t.Thread(messages=(talk,), parents=(-1,)),
        series=(), reviewed="", participants=(r.Participant(name="Piet de Vries", address="piet@example.org", role="reviewer", mails=1, points=0),),
        points=(), claims=(), accounting=(), outcome="undecided", outcome_why="", verdict="no review point found",
        change=None, model=r.ModelFit(version="", fit="none", why="no patch", tree=""), hunks=(), placements=(),
        filesystems=(), objections=(), answers=(), plan=None, not_looked_at=(), defects=(),
    )  # fmt: skip


def settled() -> r.Review:
    """Everything was answered, and rules, claims, plan and models have nothing to say."""
    whole = typical()
    return msgspec.structs.replace(
        whole, points=tuple(one for one in whole.points if one.status not in ("open", "disputed")), claims=(),
        objections=(), placements=(), filesystems=(), plan=None, answers=(), defects=(), not_looked_at=(),
        verdict="3 settled; looks accepted: Piet de Vries says that it is in a tree", outcome="merged-looking", outcome_why="Piet de Vries says that it is in a tree", thread=msgspec.structs.replace(whole.thread, missing=()),
        model=r.ModelFit(version="", fit="none", why="no shipped model has these files", tree=""),
        hunks=tuple(msgspec.structs.replace(one, known=False, on_paths=(), chains=(), stage="", note="not in any model")
                    for one in whole.hunks),
    )  # fmt: skip


def tainted(value: Any, payload: str, kind: Any = None) -> Any:
    """The value with `payload` behind every text in it, but for texts of which only certain ones are legal."""
    if isinstance(value, str):
        return value if get_origin(kind) is Literal else value + payload
    if isinstance(value, tuple):
        kinds = get_args(kind)
        return tuple(tainted(one, payload, kinds[0] if kinds else None) for one in value)
    if isinstance(value, msgspec.Struct):
        hints = get_type_hints(type(value))
        return msgspec.structs.replace(
            value, **{name: tainted(getattr(value, name), payload, hints[name]) for name in value.__struct_fields__}
        )
    return value
