"""Every prompt of a task, built by lm-eval without weights, in the order in which an audit draws items.

lm-eval draws the examples of few-shot prompts from one generator, item after item: the prompt of an item
depends on all items before it, and a run over some items asks something else than a run over all. So a
plan always builds the prompts of the whole task in the order of the data, and picks and orders afterwards:
an item's prompt is the one that a full run gives it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, cast

from gptalt_catalog.verify.pipeline.framing import STANDARD, Framing
from gptalt_catalog.verify.pipeline.requests import (
    Document,
    Encoding,
    Header,
    Kind,
    PipelineError,
    PlannedTask,
    Request,
    canonical,
    sha256,
)
from gptalt_catalog.verify.pipeline.tasks import LoadedTask, quiet

SEED_OF_0_4 = 1234
SEED_OF_0_3 = 42

Place = tuple[str, str, int]


@dataclass(frozen=True)
class Plan:
    """A task with all its prompts. ``documents`` are in the order of the audit, ``instances`` are lm-eval's."""

    loaded: LoadedTask
    documents: tuple[Document, ...]
    instances: Mapping[Place, Sequence[Any]]
    planned: PlannedTask

    @property
    def id(self) -> str:
        """The run's id: what claims and records call the task."""
        return self.loaded.run.id


class FixedDraws:
    """Stands in for lm-eval's sampler: hands out examples that were drawn beforehand, item after item."""

    def __init__(self, draws: Sequence[Sequence[Any]]) -> None:
        self._left = iter(draws)

    def sample(self, n: int, eval_doc: Any = None, df: Any = None, **_options: Any) -> Sequence[Any]:
        """The examples of the next item."""
        del eval_doc, df
        drawn = next(self._left)
        if len(drawn) != n:
            raise PipelineError(f"{len(drawn)} examples were drawn where {n} are asked for")
        return drawn


def plan(loaded: LoadedTask, suite: str, revision: str, framing: Framing = STANDARD) -> Plan:
    """All prompts of a task, in the order that ``suite`` and the ``revision`` of the weights fix.

    A system instruction (``framing``) stands in front of every prompt, as lm-eval puts it there: with nothing
    between, unless the task has a line of its own at the top, so it should end as it is meant to end.
    """
    run, encoding = loaded.run, loaded.run.era.encoding
    documents: list[Document] = []
    instances: dict[Place, Sequence[Any]] = {}
    with quiet():
        for leaf, task in loaded.leaves.items():
            for doc_id, asked in _asked(task, loaded, framing).items():
                document = Document(
                    run.id, leaf, doc_id, doc_hash(asked[0].doc), tuple(_request(i, encoding) for i in asked)
                )
                documents.append(document)
                instances[document.place] = asked
    planned = PlannedTask(
        version=loaded.definition.version,
        shots=loaded.definition.shots,
        encoding=encoding,
        draws=run.era.draws,
        items=len(documents),
        manifest=manifest(documents),
        data=dict(loaded.data),
    )
    return Plan(loaded, tuple(sorted(documents, key=_Order(suite, revision))), instances, planned)


@dataclass(frozen=True)
class _Order:
    """Sorts documents: pseudo-random, the same for everybody, and nobody's choice."""

    suite: str
    revision: str

    def __call__(self, document: Document) -> tuple[str, str, int]:
        return order_key(self.suite, document.task, self.revision, document.doc_hash), document.leaf, document.doc_id


def order_key(suite: str, task: str, revision: str, document: str) -> str:
    """Where a document stands in the audit's order: ascending by this hash."""
    return sha256(canonical([suite, task, revision, document]))


def manifest(documents: Sequence[Document]) -> str:
    """One hash for the content of all documents, in the order of the data."""
    return sha256("\n".join(f"{d.leaf} {d.doc_id} {d.doc_hash}" for d in documents))


def prompts_hash(documents: Iterable[Document]) -> str:
    """One hash for all that is asked about some documents, in the order of the data.

    The order of the requests of one document and generation settings other than stop strings do not count,
    so that the requests of older programs can be hashed in the same way.
    """

    def asked(request: Request) -> str:
        if request.kind == "generate_until":
            return canonical([request.kind, request.args[0], list(request.args[1].get("until", []))])
        return canonical([request.kind, *request.args])

    ordered = sorted(documents, key=lambda d: (d.leaf, d.doc_id))
    return sha256(canonical([sorted({asked(request) for request in document.requests}) for document in ordered]))


def doc_hash(document: Any) -> str:
    """lm-eval's hash of a document, as its samples print it."""
    from lm_eval.utils import handle_non_serializable, hash_string

    text = json.dumps(document, indent=2, default=handle_non_serializable, ensure_ascii=False)
    return str(hash_string(text))


def _asked(task: Any, loaded: LoadedTask, framing: Framing) -> dict[int, list[Any]]:
    """lm-eval's requests for every document of a leaf task, by document id."""
    if task.config.num_fewshot != loaded.definition.shots:
        raise PipelineError(f"{loaded.run.id} has {task.config.num_fewshot} examples, not {loaded.definition.shots}")
    task.set_fewshot_seed(seed=SEED_OF_0_4)
    if loaded.run.era.draws == "shuffle-42" and loaded.definition.shots and not _takes_the_first(task):
        task.sampler = FixedDraws(list(draws_of_0_3(task, loaded.definition.shots)))
    task.build_all_requests(**framing.options)
    found: dict[int, list[Any]] = {}
    for instance in task.instances:
        found.setdefault(instance.doc_id, []).append(instance)
    return {doc_id: sorted(asked, key=lambda i: i.idx) for doc_id, asked in found.items()}


def _takes_the_first(task: Any) -> bool:
    return bool(task.fewshot_cfg.sampler == "first_n")


def draws_of_0_3(task: Any, shots: int) -> Iterator[Sequence[Any]]:
    """The examples that lm-eval 0.3 gave each document, in the order of the data.

    It shuffled the documents with seed 42 and let the same generator draw the examples, document after
    document. A task without training documents drew one more from the documents themselves, so that the
    document in question could be left out.
    """
    documents, pool = list(task.eval_docs), list(task.fewshot_docs())
    from_itself = not task.has_training_docs() and task.fewshot_cfg.split is None
    shuffled = list(range(len(documents)))
    generator = Random(SEED_OF_0_3)  # noqa: S311  # it repeats what another program drew
    generator.shuffle(shuffled)
    drawn: dict[int, Sequence[Any]] = {}
    for number in shuffled:
        some = generator.sample(pool, shots + 1 if from_itself else shots)
        drawn[number] = [one for one in some if not from_itself or one != documents[number]][:shots]
    return (drawn[number] for number in range(len(documents)))


def _request(instance: Any, encoding: Encoding) -> Request:
    return Request(cast("Kind", instance.request_type), tuple(instance.args), encoding)


def header(
    plans: Sequence[Plan], suite: str, revision: str, protocols: Sequence[str], framing: Framing = STANDARD
) -> Header:
    """The first line of the request file that these plans share."""
    import lm_eval

    return Header(
        suite=suite,
        revision=revision,
        protocols=tuple(sorted(protocols)),
        tasks={one.id: one.planned for one in plans},
        lm_eval=str(lm_eval.__version__),
        system_instruction=framing.told,
    )
