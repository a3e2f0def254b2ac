"""Which tests to run for a change: catalogue, behaviour bridge, history, ranking, and the plan made of them."""
