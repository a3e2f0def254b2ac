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

MIDDLE = 128  # the byte that adds nothing
REACH = 127  # bytes to either side of it
FILE = Path(__file__).with_name("weights") / "ledger.msgpack.gz"


class WeightsError(ValueError):
    """The weights file is missing or does not have the models that this version asks for."""


class Model(Value, frozen=True, kw_only=True):
    """One linear model. With one class it is a yes-or-no question, else the classes share a softmax.

    `rows` maps a feature to one byte per class; a weight is what the byte is above MIDDLE, times `scale`.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    rows: dict[str, bytes]

    def sums(self, features: Iterable[str]) -> list[float]:
        rows = list(filter(None, map(self.rows.get, features)))
        if not rows:
            return list(self.bias)
        none = len(rows) * MIDDLE
        totals = map(sum, zip(*rows, strict=True))
        return [bias + self.scale * (total - none) for bias, total in zip(self.bias, totals, strict=True)]

    def chance(self, features: Iterable[str]) -> float:
        """Probability of the only class."""
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, self.sums(features)[0]))))

    def chances(self, features: Iterable[str]) -> dict[str, float]:
        sums = self.sums(features)
        top = max(sums)
        parts = [math.exp(value - top) for value in sums]
        whole = sum(parts)
        return {name: part / whole for name, part in zip(self.classes, parts, strict=True)}

    def reasons(self, features: Iterable[str], name: str, count: int = 6) -> list[tuple[str, float]]:
        """The features that spoke most for a class against the mean of the others."""
        place = self.classes.index(name)
        found = []
        for feature in features:
            row = self.rows.get(feature)
            if row:
                rest = (sum(row) - row[place]) / (len(row) - 1) if len(row) > 1 else MIDDLE
                found.append((feature, self.scale * (row[place] - rest)))
        found.sort(key=lambda item: (-item[1], item[0]))
        return [item for item in found[:count] if item[1] > 0]

    def why(self, features: Iterable[str], name: str, count: int) -> str:
        """The same in one line: "agrees +0.52, first +0.12"."""
        return ", ".join(f"{feature} {weight:+.2f}" for feature, weight in self.reasons(features, name, count))


class Weights(Value, frozen=True, kw_only=True):
    """The models of the ledger by their names, and the chances from which on each decides."""

    version: int
    thresholds: dict[str, float]
    models: dict[str, Model]
    # What cross-validation on the training threads reached.
    figures: dict[str, float] = msgspec.field(default_factory=dict)


def encode(weights: Weights) -> bytes:
    """The file's bytes; the same weights always give the same bytes."""
    import gzip  # only who makes the file needs it

    return gzip.compress(msgspec.msgpack.encode(weights, order="sorted"), mtime=0)


def decode(data: bytes) -> Weights:
    """What `encode` wrote. Raises WeightsError for anything else."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(data, 16 + zlib.MAX_WBITS, 1 << 19), type=Weights)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise WeightsError(f"the ledger's weights cannot be read: {error}") from error


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights of this version. Raises WeightsError when the file is missing or damaged."""
    try:
        data = FILE.read_bytes()
    except OSError as error:
        raise WeightsError(f"{FILE} is missing; reinstall the package") from error
    return decode(data)
