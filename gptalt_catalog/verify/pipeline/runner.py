"""Plan, score and grade in one process: what an audit asks for item results.

It fits :class:`gptalt_catalog.verify.audit.Runner`. Answers go through a response file, so that the same
audit can be graded again without the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gptalt_catalog.domain.verification import Comparability
from gptalt_catalog.verify.pipeline.grader import grade
from gptalt_catalog.verify.pipeline.planner import Plan
from gptalt_catalog.verify.pipeline.protocols import Reading
from gptalt_catalog.verify.pipeline.requests import RequestFile, ResponseFile
from gptalt_catalog.verify.pipeline.scorer import Scorer
from gptalt_catalog.verify.pipeline.tokens import Encoder, same_tokens


class PipelineRunner:
    """Gives the results of documents, scoring what is not answered yet."""

    def __init__(
        self, plans: Sequence[Plan], requests: RequestFile, responses: ResponseFile, scorer: Scorer | None
    ) -> None:
        """Without a ``scorer`` only what is answered already can be graded."""
        self.plans = {one.id: one for one in plans}
        self.requests = requests
        self.responses = responses
        self.scorer = scorer

    def documents(self, task: str) -> Sequence[str]:
        """The hashes of all documents of a task, in the order of the audit."""
        return [document.doc_hash for document in self.plans[task].documents]

    def results(self, task: str, start: int, stop: int) -> Sequence[Mapping[str, float]]:
        """The results of the documents ``start`` to ``stop`` of that order."""
        batch = self.plans[task].documents[start:stop]
        self.requests.extend(batch)
        new = [document for document in batch if document.place not in self.responses.places]
        if new and self.scorer is not None:
            self.responses.keep(self.scorer.answer(new, self.responses.answers))
        return [one.results for one in grade(self.plans[task], batch, self.responses.answers)]


def comparability(reading: Reading, one: Plan, encoder: Encoder) -> Comparability:
    """How comparable a run is to a claim, for this tokenizer.

    Where the versions that a claim may come from make tokens in two ways, a reading holds for a tokenizer
    to which both are the same.
    """
    other = reading.if_tokens_agree
    if other is None or reading.grade not in ("identical", "equivalent"):
        return reading.grade
    requests = [request for document in one.documents for request in document.requests]
    return reading.grade if same_tokens(requests, encoder, reading.run.era.encoding, other) else "unknown"
