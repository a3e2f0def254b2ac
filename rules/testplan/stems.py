"""Words without their endings."""

_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s", "e")


def stem(word: str) -> str:
    """The word without an ending, so that "truncating" meets "truncate"."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word
