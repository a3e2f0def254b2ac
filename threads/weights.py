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
MIDDLE = 128  # the byte that adds nothing
REACH = 127  # bytes to either side of it
FILE = Path(__file__).with_name("weights") / "ledger.msgpack.gz"


class WeightsError(ValueError):
    """The weights file is missing or does not have the models that this version asks for."""


class Model(Value, frozen=True, kw_only=True):
    """One linear model. With one class it is a yes-or-no question, else the classes share a softmax.

    `rows` maps a feature to one byte per class; a weight is what the byte is above MIDDLE, times `scale`. `words` does
    so, times `step`, for words by the company that they keep in reviews; what the words of a sentence add is their
    mean. The models of a file share one table of words, in which `span` is a model's part of the bytes.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    rows: dict[str, bytes]
    words: dict[str, bytes] = msgspec.field(default_factory=dict)
    step: float = 0.0
    span: tuple[int, int] | None = None

    def sums(self, features: Iterable[str], said: Iterable[str] = ()) -> list[float]:
        totals = self._totals(list(filter(None, map(self.rows.get, features))), self.scale)
        heard = list(filter(None, map(self.words.get, said))) if self.words else []
        if heard:
            begin, end = self.span or (0, len(self.bias))
            means = self._totals([row[begin:end] for row in heard], self.step / max(FEW, len(heard)))
            totals = [total + mean for total, mean in zip(totals, means, strict=True)]
        return [bias + total for bias, total in zip(self.bias, totals, strict=True)]

    def _totals(self, rows: list[bytes], scale: float) -> list[float]:
        none = len(rows) * MIDDLE
        return (
            [scale * (total - none) for total in map(sum, zip(*rows, strict=True))] if rows else [0.0] * len(self.bias)
        )

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
                rest = (sum(row) - row[place]) / (len(row) - 1) if len(row) > 1 else MIDDLE
                found.append((feature, self.scale * (row[place] - rest)))
        found.sort(key=lambda item: (-item[1], item[0]))
        return [item for item in found[:count] if item[1] > 0]


class Weights(Value, frozen=True, kw_only=True):
    """The models of the ledger by their names, and the chances from which on each decides."""

    version: int
    thresholds: dict[str, float]
    models: dict[str, Model]
    # What cross-validation on the training threads reached.
    figures: dict[str, float] = msgspec.field(default_factory=dict)
    words: dict[str, bytes] = msgspec.field(default_factory=dict)  # in the file, the table that its models share


def encode(weights: Weights) -> bytes:
    """The file's bytes; the same weights always give the same bytes."""
    import gzip  # only who makes the file needs it

    table: dict[str, bytes] = {}
    models: dict[str, Model] = {}
    for name, model in sorted(weights.models.items()):
        if not model.words:
            models[name] = model
            continue
        if table and model.words.keys() != table.keys():
            raise ValueError(f"the model {name!r} knows other words than the models before it")
        begin, end = model.span or (0, len(model.classes))
        place = len(next(iter(table.values()), b""))
        table = {word: table.get(word, b"") + row[begin:end] for word, row in model.words.items()}
        models[name] = msgspec.structs.replace(model, words={}, span=(place, place + end - begin))
    whole = msgspec.structs.replace(weights, models=models, words=table)
    return gzip.compress(msgspec.msgpack.encode(whole, order="sorted"), mtime=0)


def decode(data: bytes) -> Weights:
    """What `encode` wrote. Raises WeightsError for anything else."""
    try:
        found = msgspec.msgpack.decode(zlib.decompress(data, 16 + zlib.MAX_WBITS, 1 << 19), type=Weights)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise WeightsError(f"the ledger's weights cannot be read: {error}") from error
    models = {
        name: msgspec.structs.replace(model, words=found.words) if model.span else model
        for name, model in found.models.items()
    }
    return msgspec.structs.replace(found, models=models, words={})


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights of this version. Raises WeightsError when the file is missing or damaged."""
    try:
        data = FILE.read_bytes()
    except OSError as error:
        raise WeightsError(f"{FILE} is missing; reinstall the package") from error
    return decode(data)
