"""The learned weights: small linear models over named features, shipped as one compressed MessagePack file.

`tests/benchmarks/train_ledger.py` makes the file. Inference is a sum per class; nothing but the standard library and
msgspec is needed, and the same features always give the same answer.
"""

import math
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

from threads.model import Value

FEW = 4  # a sentence of fewer words says no more than one of so many
MIDDLE = 79  # the letter that adds nothing; 46 letters to either side of it can be printed
FILE = Path(__file__).with_name("weights") / "ledger.msgpack.gz"


class WeightsError(ValueError):
    """The weights file is missing or does not have the models that this version asks for."""


class Model(Value, frozen=True, kw_only=True):
    """One linear model. With one class it is a yes-or-no question, else the classes share a softmax.

    `rows` maps a feature to one integer per class; a weight is that integer times `scale`. `words` does so for words by
    the company that they keep in reviews, as one letter per class, `step` from one letter to the next; what the words
    of a sentence add is their mean.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    rows: dict[str, tuple[int, ...]]
    words: dict[str, str] = msgspec.field(default_factory=dict)
    step: float = 0.0

    def sums(self, features: Iterable[str], said: Iterable[str] = ()) -> list[float]:
        found = [row for row in map(self.rows.get, features) if row]
        totals = list(map(sum, zip(*found, strict=True))) if found else [0.0] * len(self.bias)
        heard = [row for row in map(self.words.get, said) if row] if self.words else []
        if heard:
            share = self.step / self.scale / max(FEW, len(heard))
            none = len(heard) * MIDDLE
            means = (share * (sum(map(ord, part)) - none) for part in zip(*heard, strict=True))
            totals = [total + mean for total, mean in zip(totals, means, strict=True)]
        return [bias + self.scale * total for bias, total in zip(self.bias, totals, strict=True)]

    def chance(self, features: Iterable[str], said: Iterable[str] = ()) -> float:
        """Probability of the only class."""
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, self.sums(features, said)[0]))))

    def chances(self, features: Iterable[str], said: Iterable[str] = ()) -> dict[str, float]:
        sums = self.sums(features, said)
        top = max(sums)
        parts = [math.exp(value - top) for value in sums]
        whole = sum(parts)
        return {name: part / whole for name, part in zip(self.classes, parts, strict=True)}

    def reasons(
        self, features: Iterable[str], name: str, count: int = 4, said: Iterable[str] = ()
    ) -> list[tuple[str, float]]:
        """The features that spoke most for a class against the mean of the others, and what the words add."""
        place = self.classes.index(name)
        found = []
        heard = [total - bias for total, bias in zip(self.sums((), said), self.bias, strict=True)]
        rest = (sum(heard) - heard[place]) / (len(heard) - 1) if len(heard) > 1 else 0.0
        found.append(("words", heard[place] - rest))
        for feature in features:
            row = self.rows.get(feature)
            if row:
                rest = (sum(row) - row[place]) / (len(row) - 1) if len(row) > 1 else 0.0
                found.append((feature, self.scale * (row[place] - rest)))
        found.sort(key=lambda item: (-item[1], item[0]))
        return [item for item in found[:count] if item[1] > 0]


class Weights(Value, frozen=True, kw_only=True):
    version: int
    thresholds: dict[str, float]
    models: dict[str, Model]
    figures: dict[str, float] = msgspec.field(
        default_factory=dict
    )  # what cross-validation on the training threads reached


def encode(weights: Weights) -> bytes:
    """The file's bytes; the same weights always give the same bytes."""
    import gzip  # only who makes the file needs it

    return gzip.compress(msgspec.msgpack.encode(weights, order="sorted"), mtime=0)


def decode(data: bytes) -> Weights:
    try:
        return msgspec.msgpack.decode(zlib.decompress(data, 16 + zlib.MAX_WBITS, 1 << 19), type=Weights)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise WeightsError(f"the ledger's weights cannot be read: {error}") from error


@lru_cache(maxsize=1)
def shipped() -> Weights:
    try:
        data = FILE.read_bytes()
    except OSError as error:
        raise WeightsError(f"{FILE} is missing; reinstall the package") from error
    return decode(data)
