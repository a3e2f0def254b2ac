"""A fix that is not explained."""

import pytest

from rules.objections.fix_unexplained import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

SIGNED = "Signed-off-by: Ada <ada@example.org>"
CODE = "+    lock();\n+    foo();\n+    unlock();"
SILENT = {
    "a message with words": ("toyfs: fix a lost wakeup", f"The flag is read too early.\n\n{SIGNED}", CODE),
    "a fix of no bug": ("toyfs: do not use assignment in if", SIGNED, CODE),
    "a small thing": ("toyfs: fix a typo", SIGNED, CODE),
    "a mechanical step": ("toyfs: rename toy_f() to toy_g()", SIGNED, CODE),
    "something new": ("toyfs: add support for compression", SIGNED, CODE),
    "no message at all": ("toyfs: fix a lost wakeup", "", CODE),
    "one line of code": ("toyfs: fix a lost wakeup", SIGNED, "+    foo();"),
    "a backport": ("toyfs: fix a lost wakeup", f"[ Upstream commit 0123456789abcdef ]\n\n{SIGNED}", CODE),
}


@pytest.mark.parametrize(("subject", "message", "text"), SILENT.values(), ids=SILENT)
def test_silent_on(subject: str, message: str, text: str) -> None:
    assert ask(RULE, patch(text, "toy_f", subject=subject, message=message)) == ()


def test_fires_on_trailers_alone() -> None:
    message = f'Fixes: 0123456789ab ("toyfs: x")\n{SIGNED}'
    (finding,) = ask(RULE, patch(CODE, "toy_f", subject="toyfs: fix a lost wakeup", message=message))
    assert "nothing but the subject" in finding.text
