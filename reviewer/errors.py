"""What can go wrong, in the words a user sees, and the exit codes."""

OK = 0
BAD_INPUT = 1
USAGE = 2
OUR_BUG = 3
FAIL_ON = 10
INTERRUPTED = 130
PIPE_CLOSED = 141  # 128 + SIGPIPE, what a shell reports for git in the same case
TERMINATED = 143  # 128 + SIGTERM


class Failure(Exception):  # noqa: N818 -- it names the user's case, not a bug of ours
    """Bad input or a failed fetch: one line for the user, that ends with what to do next.

    `kind` is a short stable word for callers that must tell cases apart ("not-found", "timeout").
    """

    def __init__(self, what: str, next_step: str, kind: str = "") -> None:
        super().__init__(f"{what}; {next_step}")
        self.what = what
        self.next_step = next_step
        self.kind = kind


def unreadable(path: object, error: OSError) -> Failure:
    """The Failure for a file that the system would not let us read."""
    return Failure(f"cannot read {path}: {reason(error)}", "check the name and its permissions", "unreadable")


def unwritable(path: object, error: OSError) -> Failure:
    """The Failure for a file that the system would not let us write."""
    return Failure(f"cannot write {path}: {reason(error)}", "name another file with -o", "unwritable")


def reason(error: OSError) -> str:
    """The system's own words, without the number and the file name that `str` puts there."""
    return (error.strerror or type(error).__name__).lower()
