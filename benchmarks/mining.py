"""Nearest neighbors in both directions: ours against faiss' exact index, k = 4, unit vectors of 768 dimensions.

`python -m benchmarks.mining --rows 100000 --alone` measures ours alone, its peak memory, and how many of 1,000 rows of
each side have the neighbors that a full sort in float64 gives them.
"""

from __future__ import annotations

import argparse
import resource
import time
from statistics import median

import numpy as np

from xstilts.inference.mining import normalized
from xstilts.inference.neighbors import FloatMatrix, Neighbors, nearest_both_ways

_HIDDEN, _K, _CHECKED = 768, 4, 1000


def report(rounds: int, _: bool = False, rows: int = 60_000) -> None:
    """Prints a table; the short form is no shorter."""
    import faiss

    left, right = _vectors(rows)

    def peer() -> tuple[Neighbors, Neighbors]:
        found = []
        for queries, keys in ((left, right), (right, left)):
            index = faiss.IndexFlatIP(_HIDDEN)
            index.add(keys)
            found.append(Neighbors(*index.search(queries, _K)))
        return found[0], found[1]

    taken: dict[str, list[float]] = {"xstilts": [], "faiss flat": []}
    for _ in range(rounds):
        began = time.perf_counter()
        ours = nearest_both_ways(left, right, _K)
        between = time.perf_counter()
        theirs = peer()
        taken["xstilts"].append(between - began)
        taken["faiss flat"].append(time.perf_counter() - between)
    same = np.mean([(a.indices == b.indices).mean() for a, b in zip(ours, theirs, strict=True)])
    print(f"neighbors of 2 x {rows:,} vectors in both directions, seconds (median of {rounds}), and ours is faster by")
    for name, seconds in taken.items():
        print(f"  {name:20} {median(seconds):8.2f}   {median(seconds) / median(taken['xstilts']):5.2f} x")
    print(f"  the same neighbors   {same:8.2%}")


def alone(rows: int) -> None:
    left, right = _vectors(rows)
    began = time.perf_counter()
    forward, backward = nearest_both_ways(left, right, _K)
    taken = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"2 x {rows:,} vectors, both directions: {taken:.1f} s, at most {memory:.2f} GB of memory in the whole process"
    )
    chosen = np.random.default_rng(1).choice(rows, min(_CHECKED, rows), replace=False)
    for name, found, queries, keys in (("forward", forward, left, right), ("backward", backward, right, left)):
        exact = queries[chosen].astype(np.float64) @ keys.T.astype(np.float64)
        same = (np.argsort(-exact, axis=1)[:, :_K] == found.indices[chosen]).all(axis=1).mean()
        print(f"  {name:10} {same:.2%} of {len(chosen):,} rows have the neighbors of a full sort")


def _vectors(rows: int) -> tuple[FloatMatrix, FloatMatrix]:
    random = np.random.default_rng(0)
    left, right = (normalized(random.standard_normal((rows, _HIDDEN), dtype=np.float32)) for _ in range(2))
    return left, right


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mining", description=__doc__)
    parser.add_argument("--rows", type=int, default=60_000, help="vectors of each side")
    parser.add_argument("--rounds", type=int, default=5, help="alternations")
    parser.add_argument("--alone", action="store_true", help="ours alone, with memory and a check")
    options = parser.parse_args()
    if options.alone:
        alone(options.rows)
    else:
        report(options.rounds, rows=options.rows)


if __name__ == "__main__":
    main()
