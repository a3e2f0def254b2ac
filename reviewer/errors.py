"""What can go wrong, in the words a user sees, and the exit codes."""

OK = 0
BAD_INPUT = 1
USAGE = 2
OUR_BUG = 3
FAIL_ON = 10
INTERRUPTED = 130


class Failure(Exception):  # noqa: N818 -- it names the user's case, not a bug of ours
    """Bad input or a failed fetch: one line for the user, that ends with what to do next."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what}; {next_step}")
        self.what = what
        self.next_step = next_step
