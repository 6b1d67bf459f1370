"""Model families: lineage, dates, and parameter counts that fit their shapes."""

from __future__ import annotations

from collections.abc import Iterator

from gptalt_catalog.domain.base import surely_before
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import REQUIRED_BLOCKS, Checkpoint
from gptalt_catalog.domain.parameter_count import parameters_of
from gptalt_catalog.domain.problem import Finding

Place = tuple[str | int, ...]
_SCALE = {"M": 10**6, "B": 10**9, "T": 10**12}


def _file(checkpoint: Checkpoint) -> str:
    return f"models/{checkpoint.family}.yaml"


def _place(checkpoint: Checkpoint, *steps: str | int) -> Place:
    """The place of a block's field: under the checkpoint, or under ``defaults`` if inherited."""
    if steps and steps[0] in checkpoint.inherited:
        return ("defaults", *steps)
    return ("checkpoints", checkpoint.id, *steps)


def _bases(checkpoint: Checkpoint) -> tuple[str, ...]:
    lineage = checkpoint.lineage
    if lineage is None or isinstance(lineage.bases, str):
        return ()
    return tuple(base.checkpoint for base in lineage.bases)


def lineage_cycles(catalog: Catalog) -> Iterator[Finding]:
    """A checkpoint that is an ancestor of itself. Each cycle is reported once, at its first member."""
    state: dict[str, str] = {}
    for start in catalog.checkpoints:
        trail = [start] if start not in state else []
        while trail:
            current = trail[-1]
            state.setdefault(current, "open")
            step = next(
                (
                    b
                    for b in _bases(catalog.checkpoints[current])
                    if state.get(b) != "done" and b in catalog.checkpoints
                ),
                None,
            )
            if step is None:
                state[trail.pop()] = "done"
            elif state.get(step) == "open":
                cycle = trail[trail.index(step) :]
                yield _cycle(catalog, cycle)
                for member in trail:
                    state[member] = "done"
                trail = []
            else:
                trail.append(step)


def _cycle(catalog: Catalog, cycle: list[str]) -> Finding:
    first = min(cycle)
    around = cycle[cycle.index(first) :] + cycle[: cycle.index(first)]
    checkpoint = catalog.checkpoints[first]
    message = f"`{first}` is its own base: {' -> '.join([*around, first])}"
    return Finding(
        _file(checkpoint), _place(checkpoint, "lineage", "bases"), "lineage-cycle", message, "remove the wrong base"
    )


def release_before_base(catalog: Catalog) -> Iterator[Finding]:
    """Nothing is released before what it was made from."""
    for checkpoint in catalog.checkpoints.values():
        for name in _bases(checkpoint):
            base = catalog.checkpoints.get(name)
            if base is None or base.release is None or checkpoint.release is None:
                continue
            if surely_before(checkpoint.release.date, base.release.date):
                dates = f"({checkpoint.release.date}) is older than its base `{name}` ({base.release.date})"
                message = f"`{checkpoint.id}` {dates}"
                place = _place(checkpoint, "release", "date")
                yield Finding(
                    _file(checkpoint), place, "release-before-base", message, "correct one of the dates, or the base"
                )


def parameters_off_shape(catalog: Catalog) -> Iterator[Finding]:
    """The count and the shape must agree within 1 %."""
    for checkpoint in catalog.checkpoints.values():
        expected = _expected(checkpoint)
        if expected is None or _agrees(checkpoint, expected) or checkpoint.parameters is None:
            continue
        message = (
            f"{checkpoint.parameters.total:,} parameters, but the shape of `{checkpoint.id}` gives about {expected:,}"
        )
        place = _place(checkpoint, "parameters", "total")
        yield Finding(_file(checkpoint), place, "parameters-shape", message, "correct the count or the shape")


def _expected(checkpoint: Checkpoint) -> int | None:
    """The count that the shape gives, where the two can be compared."""
    parameters, shape, weights = checkpoint.parameters, checkpoint.shape, checkpoint.weights
    if parameters is None or shape is None or not isinstance(parameters.total, int):
        return None
    if weights is not None and weights.form in ("adapter", "component"):
        return None  # the count is of the adapter, the shape of the whole
    return parameters_of(shape)


def _agrees(checkpoint: Checkpoint, expected: int) -> bool:
    parameters = checkpoint.parameters
    counted = int(parameters.total) - (parameters.vision or 0) if parameters is not None else 0
    return abs(counted - expected) <= 0.01 * expected


def name_and_parameters(catalog: Catalog) -> Iterator[Finding]:
    """A label that says 7B for something else is a slip, or the makers' own loose name.

    It is theirs, and no warning is given, if the label stands in the name and the shape confirms the count.
    """
    for checkpoint in catalog.checkpoints.values():
        parameters = checkpoint.parameters
        if parameters is None or parameters.label is None or not isinstance(parameters.total, int):
            continue
        said = float(parameters.label[:-1]) * _SCALE[parameters.label[-1]]
        if abs(parameters.total - said) <= 0.05 * said:
            continue
        expected = _expected(checkpoint)
        repository = checkpoint.hub.repository if checkpoint.hub is not None else None
        names = f"{checkpoint.id} {checkpoint.name} {repository}".casefold()
        if expected is not None and _agrees(checkpoint, expected) and parameters.label.casefold() in names:
            continue
        off = 100 * (parameters.total - said) / said
        has = f"has {parameters.total:,} parameters ({off:+.0f} %)"
        message = f"`{checkpoint.id}` is called {parameters.label} and {has}"
        place = _place(checkpoint, "parameters", "label")
        fix = "correct the label or the count; give the shape, which can confirm the count"
        yield Finding(_file(checkpoint), place, "name-parameters", message, fix)


def missing_blocks(catalog: Catalog) -> Iterator[Finding]:
    """Every checkpoint has its fact blocks, or takes them from the family's defaults."""
    for checkpoint in catalog.checkpoints.values():
        lacking = [name for name in REQUIRED_BLOCKS if getattr(checkpoint, name) is None]
        if lacking:
            message = f"`{checkpoint.id}` has no {', '.join(lacking)}"
            fix = "add it here or under `defaults:`; `unknown` is a legal value"
            yield Finding(_file(checkpoint), ("checkpoints", checkpoint.id), "missing-block", message, fix, at_key=True)
