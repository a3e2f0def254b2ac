"""Which tests to run for a change: catalogue, behaviour bridge, history, ranking, and the plan made of them."""

from pathlib import Path

DATA = Path(__file__).parent / "data"  # the tables that ship
