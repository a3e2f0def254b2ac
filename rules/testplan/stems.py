"""Words without their endings."""

from functools import lru_cache

_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s", "e")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The word without an ending, so that "truncating" meets "truncate"."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word
