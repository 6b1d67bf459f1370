"""Request and response files: keys, hashes, torn lines, tampering."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gptalt_catalog.verify.pipeline.requests import (
    DamagedFileError,
    Document,
    DocumentAnswers,
    Header,
    PlannedTask,
    Request,
    RequestFile,
    ResponseFile,
    canonical,
    open_requests,
    sha256,
)

TASK = PlannedTask("1.0", 0, "joint", "seed-1234", 3, "f" * 64, {"owner/data": "pending"})
HEADER = Header("compact", "abc", ("quiz.acc.0-shot.lm-eval",), {"quiz": TASK}, "0.4.13")
SCORER = {"scorer": "stock-1", "dtype": "float32"}


def document(number: int) -> Document:
    context = f"问题 {number}\nAnswer:"
    requests = (
        Request("loglikelihood", (context, " yes")),
        Request("loglikelihood", (context, " no")),
        Request("loglikelihood_rolling", (f"text {number}",)),
        Request("generate_until", (context, {"until": ["\n"], "temperature": 0.0})),
    )
    return Document("quiz", "quiz", number, f"{number:064x}", requests)


def answers(number: int) -> DocumentAnswers:
    keys = [request.key for request in document(number).requests]
    values = ((-1.25, True), (-0.1 - number, False), -1e-300, "“so”\n")
    return DocumentAnswers(document(number).place, dict(zip(keys, values, strict=True)), tokens=7, truncated=number % 2)


@pytest.fixture
def plan(tmp_path: Path) -> RequestFile:
    file = open_requests(tmp_path / "requests.jsonl", HEADER)
    file.extend([document(number) for number in range(3)])
    return file


@pytest.fixture
def responses(plan: RequestFile) -> ResponseFile:
    file = ResponseFile(plan.file.path.with_name("responses.jsonl"), plan.identity, SCORER)
    file.keep([answers(0), answers(1)])
    file.keep([answers(2)])
    return file


def test_a_key_is_the_hash_of_kind_and_arguments() -> None:
    request = Request("loglikelihood", ("a", " b"))
    assert request.key == sha256('["loglikelihood","a"," b"]')
    assert Request("loglikelihood", ("a", " b"), "separate-plain").key == sha256(
        '["loglikelihood","a"," b",{"encoding":"separate-plain"}]'
    )


def test_the_order_of_settings_does_not_change_a_key() -> None:
    one, other = {"until": ["\n"], "do_sample": False}, {"do_sample": False, "until": ["\n"]}
    assert Request("generate_until", ("a", one)).key == Request("generate_until", ("a", other)).key


def test_a_plan_comes_back_as_it_was_written(plan: RequestFile) -> None:
    read = open_requests(plan.file.path)
    assert read.header == HEADER
    assert read.documents == [document(number) for number in range(3)]
    assert (read.sha256, read.identity) == (plan.sha256, plan.identity)


def test_answers_come_back_to_the_last_bit(responses: ResponseFile) -> None:
    read = ResponseFile(responses.file.path)
    assert read.answers == {k: v for number in range(3) for k, v in answers(number).answers.items()}
    assert (read.tokens, read.truncated, read.sha256) == (21, 1, responses.sha256)
    assert read.scorer == SCORER


def test_a_context_that_several_requests_share_is_written_once(plan: RequestFile) -> None:
    assert plan.file.path.read_text(encoding="utf-8").count("问题 1\\nAnswer:") == 1


def test_documents_that_are_there_already_are_not_written_again(plan: RequestFile) -> None:
    before = plan.file.path.read_bytes()
    plan.extend([document(1), document(2)])
    assert plan.file.path.read_bytes() == before


@pytest.mark.parametrize("cut", [1, 2, 30, 200])
def test_a_torn_last_line_is_dropped_and_made_again(responses: ResponseFile, cut: int) -> None:
    path = responses.file.path
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    again = ResponseFile(path, responses.requests, SCORER)
    assert document(2).place not in again.places
    assert document(1).place in again.places
    again.keep([answers(2)])
    assert path.read_bytes() == whole


def test_a_file_torn_in_its_first_line_is_begun_again(plan: RequestFile) -> None:
    path = plan.file.path
    path.write_bytes(path.read_bytes()[:20])
    assert open_requests(path, HEADER).documents == []


def test_a_torn_first_line_without_a_header_to_write_is_an_error(plan: RequestFile) -> None:
    path = plan.file.path
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(DamagedFileError, match="make it again"):
        open_requests(path)


def spoilt(path: Path, line: int, change: Any) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[line] = change(lines[line])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def better_answer(line: str) -> str:
    entry = json.loads(line)
    entry["answers"][1][1][0] = 0.0
    return canonical(entry)


@pytest.mark.parametrize(
    "change",
    [
        better_answer,
        lambda line: line.replace('"tokens":7', '"tokens":8'),
        lambda _line: "{}",
        lambda _line: "nonsense",
    ],
)
def test_a_changed_line_is_found(responses: ResponseFile, change: Any) -> None:
    spoilt(responses.file.path, 2, change)
    with pytest.raises(DamagedFileError, match=r"responses\.jsonl, line 3, was changed after it was written"):
        ResponseFile(responses.file.path)


def test_a_missing_line_is_found(responses: ResponseFile) -> None:
    path = responses.file.path
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    with pytest.raises(DamagedFileError, match="line 3"):
        ResponseFile(path)


def test_lines_in_another_order_are_found(plan: RequestFile) -> None:
    path = plan.file.path
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[2], lines[1], lines[3]]))
    with pytest.raises(DamagedFileError, match="line 2"):
        open_requests(path)


def test_a_changed_prompt_is_found(plan: RequestFile) -> None:
    spoilt(plan.file.path, 1, lambda line: line.replace("Answer", "answer", 1))
    with pytest.raises(DamagedFileError, match=r"requests\.jsonl, line 2"):
        open_requests(plan.file.path)


def test_another_version_is_refused(plan: RequestFile) -> None:
    spoilt(
        plan.file.path,
        0,
        lambda line: line.replace('"version":1,', '"version":2,', 1).replace('"version":1}', '"version":2}'),
    )
    with pytest.raises(DamagedFileError, match="version 2"):
        open_requests(plan.file.path)


def test_a_request_file_is_no_response_file(plan: RequestFile) -> None:
    with pytest.raises(DamagedFileError, match="gptalt-requests"):
        ResponseFile(plan.file.path)


def test_answers_of_another_scorer_are_not_mixed_in(responses: ResponseFile) -> None:
    with pytest.raises(DamagedFileError, match=r"belongs to something else \(scorer: .*bfloat16"):
        ResponseFile(responses.file.path, responses.requests, {**SCORER, "dtype": "bfloat16"})


def test_answers_to_another_plan_are_not_mixed_in(responses: ResponseFile) -> None:
    with pytest.raises(DamagedFileError, match=r"belongs to something else \(requests"):
        ResponseFile(responses.file.path, "0" * 64, SCORER)


def test_a_plan_of_something_else_is_not_continued(plan: RequestFile) -> None:
    other = Header("compact", "def", HEADER.protocols, HEADER.tasks, HEADER.lm_eval)
    with pytest.raises(DamagedFileError, match=r"revision: abc there, def here"):
        open_requests(plan.file.path, other)


def test_a_hand_made_line_with_a_right_hash_but_wrong_fields_is_refused(plan: RequestFile) -> None:
    plan.file.append([{"document": ["quiz", "quiz", 9]}])
    with pytest.raises(DamagedFileError, match="lacks something"):
        open_requests(plan.file.path)


def test_nan_cannot_be_written(responses: ResponseFile) -> None:
    before = responses.file.path.read_bytes()
    with pytest.raises(ValueError, match="not JSON compliant"):
        responses.keep([DocumentAnswers(("quiz", "quiz", 5), {"k": float("nan")})])
    assert responses.file.path.read_bytes() == before
