"""The list of checkpoints: one row each, and the filters that ``list`` and the site share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from gptalt_catalog.domain.base import date_is_known
from gptalt_catalog.domain.catalog import Catalog
from gptalt_catalog.domain.family import Checkpoint, Domain, Family, Role
from gptalt_catalog.domain.license import Commercial
from gptalt_catalog.domain.memory import Precision
from gptalt_catalog.views.lineage import EffectiveUse, Lineage
from gptalt_catalog.views.memory_fit import MemoryFit
from gptalt_catalog.views.scores import Score, ScoreBook
from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class ModelRow:
    """One checkpoint as lists show it.

    ``parameters``, ``active_parameters`` and ``context`` are counts, ``None`` if not known.
    ``licenses`` are the ids for the weights, empty if not known. ``use`` is the effective
    commercial use along the bases. ``languages`` are those it was trained on or claims.
    ``released`` keeps its precision (``2023``, ``2023-03``, ``2023-03-14``), ``None`` if not
    known. ``scores`` holds the representative score under each benchmark's headline protocol.
    """

    id: str
    name: str
    family: str
    family_name: str
    domain: Domain
    roles: tuple[Role, ...]
    organizations: tuple[str, ...]
    parameters: int | None
    active_parameters: int | None
    context: int | None
    licenses: tuple[str, ...]
    use: EffectiveUse
    languages: tuple[str, ...]
    language_count: int | None
    released: str | None
    superseded_by: tuple[str, ...]
    access: str
    weights: str
    loader: str
    repository: str | None
    aliases: tuple[str, ...]
    scores: Mapping[str, Score]

    @property
    def commercial(self) -> Commercial:
        """May one earn money with it, its bases considered?"""
        return self.use.answer


class QueryError(ValueError):
    """A filter names something that the catalog does not have; the message offers what is close."""


def model_rows(
    catalog: Catalog, language: Language = "en", lineage: Lineage | None = None, book: ScoreBook | None = None
) -> tuple[ModelRow, ...]:
    """One row per checkpoint, families and checkpoints in the order of the catalog.

    Whoever has the catalog's lineage and scores already passes them.
    """
    lineage, book = lineage or Lineage(catalog), book or ScoreBook(catalog)
    return tuple(_row(catalog, checkpoint, lineage, book, language) for checkpoint in catalog.checkpoints.values())


def _row(catalog: Catalog, checkpoint: Checkpoint, lineage: Lineage, book: ScoreBook, language: Language) -> ModelRow:
    family = catalog.families[checkpoint.family]
    parameters, shape, hub, weights = checkpoint.parameters, checkpoint.shape, checkpoint.hub, checkpoint.weights
    languages = checkpoint.languages
    return ModelRow(
        id=checkpoint.id,
        name=checkpoint.name,
        family=checkpoint.family,
        family_name=family.title(language),
        domain=family.domain,
        roles=checkpoint.roles,
        organizations=family.organizations,
        parameters=_count(parameters.total if parameters else None),
        active_parameters=parameters.active if parameters else None,
        context=_count(shape.context if shape else None),
        licenses=_ids(checkpoint),
        use=lineage.use(checkpoint.id),
        languages=tuple(dict.fromkeys((*languages.trained, *languages.claimed))) if languages else (),
        language_count=languages.count if languages else None,
        released=release_date(checkpoint, family),
        superseded_by=family.superseded_by,
        access=hub.access if hub else "unknown",
        weights=weights.form if weights else "unknown",
        loader=weights.loader if weights else "unknown",
        repository=hub.repository if hub and hub.repository not in (None, "unknown", "undisclosed") else None,
        aliases=(*checkpoint.aliases, *family.aliases),
        scores=headline_scores(book, checkpoint.id),
    )


def _count(value: int | str | None) -> int | None:
    return value if isinstance(value, int) else None


def _ids(checkpoint: Checkpoint) -> tuple[str, ...]:
    licenses = checkpoint.license.weights if checkpoint.license else ()
    return () if isinstance(licenses, str) else licenses


def release_date(checkpoint: Checkpoint, family: Family) -> str | None:
    """The day a checkpoint became available, ``None`` if not known.

    A checkpoint without a release block of its own shares its family's announcement.
    """
    release = checkpoint.release if checkpoint.release is not None else family.announced
    return release.date if release is not None and date_is_known(release.date) else None


def headline_scores(book: ScoreBook, checkpoint: str) -> dict[str, Score]:
    """The representative score of a checkpoint under the headline protocol of each benchmark."""
    found = {}
    for benchmark, protocol in book.headlines.items():
        score = book.best(checkpoint, protocol)
        if score is not None:
            found[benchmark] = score
    return found


def query_checkpoints(  # noqa: PLR0913  one keyword per filter is the documented API
    catalog: Catalog,
    *,
    license: str | None = None,  # noqa: A002  the option's name is `--license`
    language: str | None = None,
    role: str | None = None,
    domain: str | None = None,
    family: str | None = None,
    min_params: int | None = None,
    max_params: int | None = None,
    min_score: Sequence[tuple[str, float]] = (),
    text: str | None = None,
    fits: int | None = None,
    precision: Precision = "q4_k_m",
    context: int = 4096,
    rows: Iterable[ModelRow] | None = None,
) -> tuple[ModelRow, ...]:
    """The checkpoints that pass all filters given, in the order of the catalog.

    Args:
        catalog: The catalog to look in.
        license: ``commercial`` keeps those that may earn money (``yes`` and ``conditional``, the
            row's ``use`` has the conditions); ``yes``, ``conditional``, ``no`` and ``unclear``
            are single answers; anything else is the id of a license of the weights.
        language: The code of a language it was trained on or claims (``zh``).
        role: One of the roles (``chat``).
        domain: ``language``, ``multimodal`` or ``scientific``.
        family: The id of a family.
        min_params: Fewest parameters (a count), inclusive; unknown counts do not pass.
        max_params: Most parameters, inclusive; unknown counts do not pass.
        min_score: Pairs of a protocol or benchmark id (its headline protocol) and the least
            percentage; checkpoints without a ranked score there do not pass.
        text: Words that must all occur in names, aliases, ids, repository or organizations.
        fits: Bytes of memory that the upper end of the estimate must not pass (see
            :mod:`.memory_fit`); checkpoints whose need is not known do not pass.
        precision: How the weights are stored, for ``fits``.
        context: Tokens of prompt and answer, for ``fits``; checkpoints that were not made for
            so many do not pass.
        rows: Rows to filter, if they are at hand; else all of the catalog.

    Raises:
        QueryError: A filter names a license, language, role, domain, family, protocol or
            benchmark that the catalog does not have.
    """
    tests = [
        *_word_tests(catalog, language, role, domain, family),
        *_size_tests(min_params, max_params),
        *(_score_tests(catalog, min_score) if min_score else ()),
    ]
    if license is not None:
        tests.append(_license_test(catalog, license))
    if text is not None:
        tests.append(_text_test(catalog, text))
    if fits is not None:
        tests.append(_fit_test(catalog, fits, precision, context))
    found = model_rows(catalog) if rows is None else rows
    return tuple(row for row in found if all(test(row) for test in tests))


Test = Callable[[ModelRow], bool]


def _word_tests(
    catalog: Catalog, language: str | None, role: str | None, domain: str | None, family: str | None
) -> Iterator[Test]:
    if language is not None:
        code = _known("language", language, catalog.languages)
        yield lambda row: code in row.languages
    if role is not None:
        wanted = _known("role", role, get_args(Role))
        yield lambda row: wanted in row.roles
    if domain is not None:
        kind = _known("domain", domain, get_args(Domain))
        yield lambda row: row.domain == kind
    if family is not None:
        line = _known("family", family, catalog.families)
        yield lambda row: row.family == line


def _size_tests(least: int | None, most: int | None) -> Iterator[Test]:
    if least is not None:
        yield lambda row: row.parameters is not None and row.parameters >= least
    if most is not None:
        yield lambda row: row.parameters is not None and row.parameters <= most


def _known(what: str, value: str, choices: Iterable[str]) -> str:
    names = list(choices)
    if value in names:
        return value
    close = get_close_matches(value, names, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; choose from {', '.join(sorted(names)[:12])}"
    raise QueryError(f"there is no {what} {value!r}{hint}")


def _license_test(catalog: Catalog, license_: str) -> Test:
    if license_ == "commercial":
        return lambda row: row.commercial in ("yes", "conditional")
    if license_ in get_args(Commercial):
        return lambda row: row.commercial == license_
    _known("license", license_, ("commercial", *get_args(Commercial), *catalog.licenses))
    return lambda row: license_ in row.licenses


def _score_tests(catalog: Catalog, least: Sequence[tuple[str, float]]) -> list[Test]:
    book = ScoreBook(catalog)
    return [_score_test(book, name, value) for name, value in least]


def _score_test(book: ScoreBook, name: str, value: float) -> Test:
    _known("protocol or benchmark", name, (*book.catalog.protocols, *book.catalog.benchmarks))
    protocol = name if name in book.catalog.protocols else book.headlines.get(name)
    if protocol is None:
        raise QueryError(f"no score of {name} can be ranked, so it cannot be a filter")

    def test(row: ModelRow) -> bool:
        score = book.best(row.id, protocol)
        return score is not None and score.percent >= value

    return test


def _fit_test(catalog: Catalog, memory: int, precision: Precision, context: int) -> Test:
    fitting = MemoryFit(catalog)

    def test(row: ModelRow) -> bool:
        if row.context is not None and row.context < context:
            return False
        fit = fitting.fit(row.id, precision, context)
        return fit is not None and fit.verdict(memory) == "fits"

    return test


def _text_test(catalog: Catalog, text: str) -> Test:
    words = text.casefold().split()

    def test(row: ModelRow) -> bool:
        family = catalog.families[row.family]
        names = [catalog.organizations[key].name for key in row.organizations if key in catalog.organizations]
        parts = (row.id, row.name, family.name, *family.names.values(), *row.aliases, row.repository or "", *names)
        hay = " ".join(parts).casefold()
        return all(word in hay for word in words)

    return test
