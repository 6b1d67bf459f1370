"""Writes docs/verify-tasks.md: ``python -m tests.verify.tasks.listing``. A test keeps it current."""

from __future__ import annotations

from pathlib import Path

from gptalt_catalog.verify.pipeline.protocols import read_protocols
from gptalt_catalog.verify.pipeline.tasks import TaskDefinition, TaskLibrary
from tests.catalogs import CHECKOUT
from tests.verify.tasks.compared import MADE_UP, REAL, WHOLE_GROUPS, some_subjects

PAGE = CHECKOUT / "docs" / "verify-tasks.md"

HEAD = """# What verify runs, and what was compared

This page is generated (`python -m tests.verify.tasks.listing`); a test fails when it is stale.

`evalhooks/tasks` holds {tasks} tasks. Plan, score and grade, going through their files, are compared with a
direct run of lm-eval 0.4.13: the hash and every result of every item, and every score. Where lm-eval has the
task, its own definition makes the direct run; groups of subjects are compared setting by setting, subject by
subject, and then run. It is done twice:

- **made-up rows**: rows of the published form, with a Llama of random weights (no BOS, no padding token);
- **real items**: a few items of the data set itself, where they lie beside the checkout, with the 260,032 real
  weights of stories260K (BOS, context of 512 tokens, so that long prompts are cut). Where a split was not at hand,
  rows of another one take its place.

All {tasks} tasks are equal on made-up rows, and {real} of them on real items. Of the {sets} data
sets {pinned} are pinned to a revision (`gptalt-catalog verify pin` does it where a hub is in reach).

| task | shots | definition | data | made-up rows | real items |
| --- | --: | --- | --- | --- | --- |
"""

OLDER = """
## Older versions of lm-eval

Most published claims come from older versions. Their own task files were run on the items named here, and made
the same requests as our tasks do today. A hash of all of them stands in `evalhooks/protocols.yaml`: a test makes
ours again, and `python -m tests.verify.tasks.older CLONE` theirs, from a clone of lm-eval. Examples are drawn as
lm-eval drew them then, and texts are encoded as they were then: separately and without special tokens until
2023-05-31, jointly and without special tokens from 2023-06-01.

| comparison | run | items | documents |
| --- | --- | --- | --: |
"""

NOT_HERE = """
## What could not be compared

- On a GPU: no test needs one, and none was at hand when this was written. The code for CUDA is the same but for
  the device; memory that runs out is simulated.
- On real items, which were not at hand (NLPEC is on no hub that is known here):
{missing}- With larger models, and data types other than float32 and bfloat16. All causal architectures of the survey's
  models are compared with random weights ([verify-architectures.md](verify-architectures.md)).
- Models behind remote code, delta weights, encoder-decoder models (T5), chat templates, and tasks with pictures:
  the scorer does not load them.
- Averages over subjects: items are drawn from all subjects alike, which speaks about the mean over items. The
  grader also gives `acc_by_subject`, which needs all items.
"""


def origin(definition: TaskDefinition) -> str:
    """Where a definition comes from."""
    if definition.lm_eval_task is None:
        return f"own, version {definition.version}"
    return f"lm-eval `{definition.lm_eval_task}`, version {definition.version}"


def extent(name: str) -> str:
    """How many subjects of a group are run."""
    subjects = some_subjects(name)
    return f"equal ({len(subjects)} subjects)" if subjects else "equal"


def page() -> str:
    """The whole page."""
    library, table = TaskLibrary(), read_protocols()
    revisions = {definition.repository: definition.revision for definition in library.definitions.values()}
    pinned = sum(revision != "pending" for revision in revisions.values())
    text = HEAD.format(tasks=len(MADE_UP), real=len(REAL), sets=len(revisions), pinned=pinned)
    for name in MADE_UP:
        definition = library.definition(name)
        configs = f" ({len(definition.configs)} subjects)" if len(definition.configs) > 1 else ""
        made_up = "equal" if name in WHOLE_GROUPS else extent(name)
        real = extent(name) if name in REAL else "not at hand"
        cells = (
            f"`{name}`",
            str(definition.shots),
            origin(definition),
            f"{definition.repository}{configs}",
            made_up,
            real,
        )
        text += f"| {' | '.join(cells)} |\n"
    text += OLDER
    for key, comparison in table.comparisons.items():
        text += f"| {key} | `{comparison.run}` | {comparison.items} | {comparison.documents:,} |\n"
    missing = "".join(f"  - `{name}`\n" for name in MADE_UP if name not in REAL)
    return text + NOT_HERE.format(missing=missing)


def main(place: Path = PAGE) -> None:
    """Write the page."""
    place.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
