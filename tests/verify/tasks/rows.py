"""Rows of the published form for every data set that our tasks read, and folders of them as a hub would serve.

The rows are made up here; where real items lie beside the checkout, a few of them can be taken instead.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.verify.hub.shared_data import BENCHMARKS

Row = dict[str, Any]
Maker = Callable[[int], Row]

LETTERS = "ABCDE"
NOUNS = ("river", "Häuser", "cat", "engine", "月亮", "teacher", "garden", "violin")


def noun(i: int) -> str:
    return NOUNS[i % len(NOUNS)]


def boolq(i: int) -> Row:
    passage = f"{noun(i)} -- The {noun(i)} number {i} stands near a {noun(i + 3)}."
    return {"question": f"is the {noun(i)} near a {noun(i + 2)}", "passage": passage, "idx": i, "label": i % 2}


def hellaswag(i: int) -> Row:
    return {
        "ind": i,
        "activity_label": ("Cutting the grass", "Home and Garden")[i % 2],
        "ctx_a": f"A man walks to the {noun(i)} [title] and looks.",
        "ctx_b": ("he", "")[i % 3 == 0],
        "ctx": "",
        "endings": [f"takes the {noun(i + k)} [substeps]  away." for k in range(4)],
        "source_id": "",
        "split": "val",
        "split_type": "",
        "label": str(i % 4),
    }


def winogrande(i: int) -> Row:
    sentence = f"The {noun(i)} beat the {noun(i + 1)} because _ was number {i}."
    return {"sentence": sentence, "option1": noun(i), "option2": noun(i + 1), "answer": str(1 + i % 2)}


def piqa(i: int) -> Row:
    return {"goal": f"How to clean a {noun(i)}?", "sol1": f"Wash it {i} times.", "sol2": "Burn it.", "label": i % 2}


def arc(i: int) -> Row:
    labels = list("1234" if i % 5 == 4 else LETTERS[: 3 + i % 3])
    texts = [f"{noun(i + k)} of kind {k}" for k in range(len(labels))]
    question = f"Which {noun(i)} is the {i}th?"
    return {
        "id": f"q{i}",
        "question": question,
        "choices": {"text": texts, "label": labels},
        "answerKey": labels[i % len(labels)],
    }


def openbookqa(i: int) -> Row:
    row = arc(3 * i)
    labels = list("ABCD")
    choices = {"text": [f"{noun(i + k)} {k}" for k in range(4)], "label": labels}
    return {"id": row["id"], "question_stem": f"A {noun(i)} needs", "choices": choices, "answerKey": labels[i % 4]}


def race_passage(i: int) -> Row:
    problems = [
        {
            "question": ("Why did it rain?", f"The {noun(i)} wants to   _  .", "What is the best title?")[(i + k) % 3],
            "answer": LETTERS[(i + k) % 4],
            "options": [f"{noun(i + k + j)} {j}." for j in range(4)],
        }
        for k in range(1 + i % 3)
    ]
    return {"article": f"Once the {noun(i)} met the {noun(i + 1)}. It was day {i}.", "problems": str(problems)}


def race_question(i: int) -> Row:
    return {
        "example_id": f"high{i}.txt",
        "article": f"Once the {noun(i)} met the {noun(i + 1)}.",
        "answer": LETTERS[i % 4],
        "question": f"Whom did the {noun(i)} meet?",
        "options": [f"the {noun(i + k)}" for k in range(4)],
    }


def drop(i: int) -> Row:
    empty = {"day": "", "month": "", "year": ""}
    kinds: tuple[Row, ...] = (
        {"number": str(i), "date": empty, "spans": []},
        {"number": "", "date": {"day": "3", "month": "May", "year": "1905"}, "spans": []},
        {"number": "", "date": empty, "spans": [noun(i), noun(i + 1)]},
    )
    also = kinds[(i + 1) % 3]
    return {
        "section_id": "s",
        "query_id": f"q{i}",
        "passage": f"The {noun(i)} won {i} games on 3 May 1905.",
        "question": "How many games were won?",
        "answer": {**kinds[i % 3], "worker_id": "", "hit_id": ""},
        "validated_answers": {
            "number": [also["number"]],
            "date": [also["date"]],
            "spans": [also["spans"]],
            "worker_id": [""],
            "hit_id": [""],
        },
    }


def gsm8k(i: int) -> Row:
    total = 3 * i + 1000 * (i % 2)
    answer = f"There are {i} and {i}.\nSo <<3*{i}={total}>>{total:,} in all.\n#### {total:,}"
    return {"question": f"A {noun(i)} costs {i} dollars. What do three cost?", "answer": answer}


def triviaqa(i: int) -> Row:
    aliases = [noun(i), f"{noun(i)} of old", f"The {noun(i)}", str(i)]
    answer = {"aliases": aliases, "normalized_aliases": [a.lower() for a in aliases], "value": noun(i), "type": "x"}
    return {"question": f"Which {noun(i)} is number {i}?", "question_id": f"t{i}", "answer": answer}


def sciq(i: int) -> Row:
    support = ("", f" The {noun(i)} is warm.", f"Water {i} boils.")[i % 3]
    return {
        "question": f"What is {i}?",
        "distractor3": noun(i),
        "distractor1": noun(i + 1),
        "distractor2": noun(i + 2),
        "correct_answer": f"{noun(i + 3)} {i}",
        "support": support,
    }


def lambada(i: int) -> Row:
    return {"text": f"“Where is it?” he asked. They looked for the {noun(i)}, day {i}, and found the {noun(i + 1)}"}


def truthfulqa(i: int) -> Row:
    n = 3 + i % 4
    mc1 = {"choices": [f"It is {2 * i + k}." for k in range(n)], "labels": [1] + [0] * (n - 1)}
    mc2 = {"choices": [f"It is {2 * i + k}." for k in range(n + 1)], "labels": [1] * (1 + i % 2) + [0] * (n - i % 2)}
    return {"question": f"What is {i} plus {i}?", "mc1_targets": mc1, "mc2_targets": mc2}


def medqa_us_4(i: int) -> Row:
    endings = {f"ending{k}": f"give {noun(i + k)}" for k in range(4)}
    return {
        "id": f"m{i}",
        "sent1": f"A {20 + i}-year-old has a {noun(i)}. What next?",
        "sent2": "",
        **endings,
        "label": i % 4,
    }


def medqa_us_5(i: int) -> Row:
    choices = [f"give {noun(i + k)}" for k in range(5)]
    question = f"A {20 + i}-year-old has a {noun(i)}. What next?"
    return {
        "question": question,
        "choices": choices,
        "answer_idx": i % 5,
        "answer": choices[i % 5],
        "meta_info": "step1",
    }


def medqa_source(options: int) -> Maker:
    def make(i: int) -> Row:
        listed = [{"key": LETTERS[k], "value": f"选项{i + k}"} for k in range(options)]
        return {
            "meta_info": "卫生法规",
            "question": f"患者{20 + i}岁，首选的处理是",
            "answer_idx": LETTERS[i % options],
            "answer": listed[i % options]["value"],
            "options": listed,
        }

    return make


def medmcqa(i: int) -> Row:
    options = {f"op{letter}": f"{noun(i + k)} {k}" for k, letter in enumerate("abcd")}
    return {"id": f"x{i}", "question": f"Which {noun(i)} is due?", **options, "cop": i % 4, "choice_type": "single"}


def pubmedqa(i: int) -> Row:
    decision = ("yes", "no", "maybe")[i % 3]
    return {
        "QUESTION": f"Does {noun(i)} help?",
        "CONTEXTS": [f"We gave {noun(i)}.", f"{i} were well."],
        "final_decision": decision,
    }


def nlpec(language: str) -> Maker:
    def make(i: int) -> Row:
        question = f"关于药物{i}的说法正确的是" if language == "zh" else f"Which is right about drug {i}?"
        options = {letter: f"{noun(i + k)} {k}" for k, letter in enumerate(LETTERS)}
        return {"question": question, **options, "answer": LETTERS[i % 5]}

    return make


def scienceqa(i: int) -> Row:
    return {
        "image": "1.png" if i % 4 == 3 else None,
        "question": f"Which {noun(i)} is heavier?",
        "choices": [f"{noun(i + k)}" for k in range(2 + i % 3)],
        "answer": i % 2,
        "hint": "" if i % 2 else f"A {noun(i)} has mass.",
    }


def mmlu(i: int) -> Row:
    question = f"{' ' * (i % 2)}What does a {noun(i)} do?{' ' * (i % 3)}"
    return {"question": question, "subject": "s", "choices": [f"{noun(i + k)} {k}" for k in range(4)], "answer": i % 4}


def ceval(i: int) -> Row:
    options = {letter: f"{i + k}个" for k, letter in enumerate("ABCD")}
    return {"id": i, "question": f"第{i}题____ ", **options, "answer": "ABCD"[i % 4], "explanation": ""}


def cmmlu(i: int) -> Row:
    options = {letter: f"{i + k}个" for k, letter in enumerate("ABCD")}
    return {"Question": f"第{i}题是什么？", **options, "Answer": "ABCD"[i % 4]}


@dataclass(frozen=True)
class Source:
    """One config of a data set: the splits it has, a maker of rows, and its folder of real items, if any."""

    repository: str
    config: str | None
    splits: tuple[str, ...]
    make: Maker
    real: str | None = None
    convert: Callable[[Any], Any] | None = None


def questions_of(passages: Any) -> Any:
    """Real questions in the form of one row a question, from rows of passages (tables of pyarrow)."""
    from pyarrow import Table  # it ships no types

    rows = [
        {"example_id": "", "article": row["article"], **problem}
        for row in passages.to_pylist()
        for problem in ast.literal_eval(row["problems"])
    ]
    return Table.from_pylist(rows[: ROWS["test"]])


SOURCES = (
    Source("aps/super_glue", "boolq", ("validation",), boolq, "boolq"),
    Source("Rowan/hellaswag", None, ("train", "validation"), hellaswag, "hellaswag"),
    Source("allenai/winogrande", "winogrande_xl", ("train", "validation"), winogrande, "winogrande"),
    Source("baber/piqa", None, ("train", "validation"), piqa, "piqa"),
    Source("allenai/ai2_arc", "ARC-Easy", ("train", "validation", "test"), arc, "arc_easy"),
    Source("allenai/ai2_arc", "ARC-Challenge", ("train", "validation", "test"), arc, "arc_challenge"),
    Source("allenai/openbookqa", "main", ("validation", "test"), openbookqa, "openbookqa"),
    Source("EleutherAI/race", "high", ("test",), race_passage, "race"),
    Source("ehovy/race", "middle", ("test",), race_question),
    Source("ehovy/race", "high", ("test",), race_question, "race/high", questions_of),
    Source("EleutherAI/drop", None, ("train", "validation"), drop, "drop"),
    Source("openai/gsm8k", "main", ("train", "test"), gsm8k, "gsm8k"),
    Source("mandarjoshi/trivia_qa", "rc.nocontext", ("train", "validation"), triviaqa, "triviaqa"),
    Source("mandarjoshi/trivia_qa", "unfiltered.nocontext", ("validation",), triviaqa, "triviaqa/rc.nocontext"),
    Source("allenai/sciq", None, ("train", "validation", "test"), sciq, "sciq"),
    Source("EleutherAI/lambada_openai", "default", ("test",), lambada, "lambada_openai"),
    Source("cimec/lambada", None, ("validation", "test"), lambada, "lambada_standard"),
    Source("truthfulqa/truthful_qa", "multiple_choice", ("validation",), truthfulqa),
    Source("GBaker/MedQA-USMLE-4-options-hf", None, ("train", "test"), medqa_us_4, "medqa_us_4options"),
    Source("davidheineman/medqa-en", None, ("train", "test"), medqa_us_5, "medqa_us_5options"),
    Source("bigbio/med_qa", "med_qa_zh_source", ("train", "test"), medqa_source(5)),
    Source("bigbio/med_qa", "med_qa_tw_source", ("train", "test"), medqa_source(4)),
    Source("openlifescienceai/medmcqa", None, ("train", "validation"), medmcqa, "medmcqa"),
    Source("bigbio/pubmed_qa", "pubmed_qa_labeled_fold0_source", ("test",), pubmedqa, "pubmedqa"),
    Source("local/nlpec", "en", ("test",), nlpec("en")),
    Source("local/nlpec", "zh", ("test",), nlpec("zh")),
    Source("derek-thomas/ScienceQA", None, ("train", "test"), scienceqa),
)
ROWS = {"train": 30, "dev": 5, "test": 5, "validation": 5, "val": 5}
"""Rows a split: enough to draw 25 examples from ``train``, few enough to be quick."""

SUBJECT_ROWS = 1
"""Rows of the test split of each subject of MMLU, C-Eval and CMMLU."""


@dataclass(frozen=True)
class Subjects:
    """A data set with one config a subject."""

    repository: str
    test: str
    make: Maker
    real: str | None = None


SUBJECTS = (
    Subjects("cais/mmlu", "test", mmlu, "mmlu"),
    Subjects("ceval/ceval-exam", "val", ceval, "ceval"),
    Subjects("haonan-li/cmmlu", "test", cmmlu),
)


def write_config(folder: Path, config: str | None, tables: Mapping[str, Any]) -> Sequence[str]:
    """Parquet files of one config, as a hub repository holds them; ``tables`` are pyarrow's. Returns the splits."""
    from pyarrow import parquet

    place = folder / (config or "data")
    place.mkdir(parents=True, exist_ok=True)
    for split, table in tables.items():
        parquet.write_table(table, place / f"{split}-00000-of-00001.parquet")
    return tuple(tables)


def write_card(folder: Path, configs: Mapping[str | None, Sequence[str]]) -> None:
    """The front matter that tells datasets which file is which."""
    entries = [
        {
            "config_name": config or "default",
            "data_files": [{"split": s, "path": f"{config or 'data'}/{s}-00000-of-00001.parquet"} for s in splits],
        }
        for config, splits in configs.items()
    ]
    (folder / "README.md").write_text(f"---\n{json.dumps({'configs': entries})}\n---\n", encoding="utf-8")


def made_up(root: Path, subjects: Callable[[str], Sequence[str]], only: Collection[str] = ()) -> dict[str, Path]:
    """Folders of made-up rows for all tasks, or ``only`` some repositories. ``subjects`` names a repository's."""
    from pyarrow import Table

    folders: dict[str, Path] = {}
    cards: dict[Path, dict[str | None, Sequence[str]]] = {}
    for source in SOURCES:
        if only and source.repository not in only:
            continue
        folder = folders[source.repository] = root / source.repository.replace("/", "--")
        tables = {
            split: Table.from_pylist([source.make(i + 100 * k) for i in range(ROWS[split])])
            for k, split in enumerate(source.splits)
        }
        cards.setdefault(folder, {})[source.config] = write_config(folder, source.config, tables)
    for several in SUBJECTS:
        if only and several.repository not in only:
            continue
        folder = folders[several.repository] = root / several.repository.replace("/", "--")
        for number, subject in enumerate(subjects(several.repository)):
            tables = {
                split: Table.from_pylist([several.make(start + number + i) for i in range(count)])
                for split, start, count in (("dev", 0, 5), (several.test, 50, SUBJECT_ROWS), ("validation", 80, 6))
            }
            cards.setdefault(folder, {})[subject] = write_config(folder, subject, tables)
    for folder, configs in cards.items():
        write_card(folder, configs)
    return folders


def real(root: Path, subjects: Callable[[str], Sequence[str]]) -> dict[str, Path]:
    """Folders of a few real items each, for the data sets that lie beside the checkout.

    Where a split is not at hand, later rows of another one take its place.
    """
    folders: dict[str, Path] = {}
    for source in SOURCES:
        if source.real is not None:
            folder = folders[f"{source.repository}:{source.config}"] = root / f"{source.real}-{source.config}"
            tables = {split: _real_rows(source.real, source.config, split, ROWS[split]) for split in source.splits}
            if source.convert is not None:
                tables = {split: source.convert(table) for split, table in tables.items()}
            write_card(folder, {source.config: write_config(folder, source.config, tables)})
    for several in SUBJECTS:
        if several.real is not None:
            folder = folders[several.repository] = root / several.real
            cards: dict[str | None, Sequence[str]] = {}
            for subject in subjects(several.repository):
                wanted = {"dev": 5, several.test: SUBJECT_ROWS} | ({"validation": 6} if several.real == "mmlu" else {})
                tables = {split: _real_rows(several.real, subject, split, count) for split, count in wanted.items()}
                cards[subject] = write_config(folder, subject, tables)
            write_card(folder, cards)
    return folders


def _real_rows(folder: str, config: str | None, split: str, count: int) -> Any:
    """The first rows of a split, as a table of pyarrow; filled up with later rows of another split."""
    from pyarrow import concat_tables, parquet

    places = (BENCHMARKS / folder / (config or ""), BENCHMARKS / folder)
    files = [file for place in places for file in sorted(place.glob(f"{split}-*.parquet"))]
    others = [file for place in places for file in sorted(place.glob("*.parquet")) if file not in files]
    found = [parquet.read_table(files[0]).slice(0, count)] if files else []
    missing = count - sum(table.num_rows for table in found)
    if missing and others:
        found.append(parquet.read_table(others[-1]).slice(200, missing))
    return concat_tables(found, promote_options="permissive")
