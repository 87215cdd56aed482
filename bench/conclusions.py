"""From figures to what holds."""

from collections.abc import Sequence

from bench.ratios import Figure, Verdict, faster, fit, flat, linear, small
from bench.report import Line


def verdicts(figures: Sequence[Figure], sizes: Sequence[Figure]) -> list[Verdict]:
    """Every promise: speed, memory, and how both grow."""
    named = {one.name: one for one in (*figures, *sizes)}
    ours = [one for name, one in named.items() if name.startswith(("engine", "stdlib"))]
    grown = [
        verdict
        for name in ("engine-1", "engine-2")
        for verdict in (
            flat(named[f"{name}-hundredth"], named[f"{name}-tenfold"]),
            linear(named[name], named[f"{name}-tenfold"]),
        )
    ]
    return [*faster(named), small(ours), *grown]


def lines(figures: Sequence[Figure], sizes: Sequence[Figure]) -> list[Line]:
    """Start and speed of the engine, from all sizes."""
    everything = [*figures, *sizes]
    of = {name: [one for one in everything if one.name.startswith(name)] for name in ("engine-1", "engine-2")}
    return [Line(some[0].title, *fit(some)) for some in of.values()]
