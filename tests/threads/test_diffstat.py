import pytest

from tests.threads.mails import DIFF
from threads import diff, diffstat


@pytest.mark.parametrize(
    "total",
    [
        "",
        " 1 file changed, 2 insertions(+), 1 deletion(-)\n",
        " 1 files changed, 2 insertions(+), 1 deletions(-)\n",
        "> 9 files changed, 9 insertions(+)\n",
        "9 files changed\n",
    ],
)
def test_a_diffstat_that_agrees_or_is_none_is_no_finding(total: str) -> None:
    text = "---\n fs/toy/file.c | 3 ++-\n" + total + "\n" + DIFF + " 7 files changed\n"
    assert diffstat.disagreement(text.split("\n"), diff.files(text, 0)[0]) == ""


def test_a_diffstat_that_disagrees_is_a_finding() -> None:
    text = "---\n README | 1 +\n 1 file changed, 1 insertion(+)\n\n" + DIFF
    assert diffstat.disagreement(text.split("\n"), diff.files(text, 0)[0]) == (
        "the diffstat says 1 files, +1 -0, the diff has 1 files, +2 -1"
    )
