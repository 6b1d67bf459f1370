"""Texts of the page that says what can be verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gptalt_catalog.views.obstacles import Code
from gptalt_catalog.views.verifiability import Answer
from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class VerifiableStrings:
    """All texts of the page in one language; ``reasons`` are (short name, what it means and what to do)."""

    title: str
    lede: str
    how: str
    reasons_title: str
    reasons_lede: str
    reason: str
    keeps: str
    warns: str
    meaning: str
    list_title: str
    model: str
    answer: str
    why: str
    scores: str
    scores_lede: str
    memory: str
    filter_label: str
    filter_any: str
    filter_found: str
    filter_none: str
    filter_card: str
    filter_more: str
    filter_unknown: str
    answers: Mapping[Answer, str]
    counted: Mapping[Answer, str]
    reasons: Mapping[Code, tuple[str, str]]


EN = VerifiableStrings(
    title="What can be verified",
    lede=(
        "For each checkpoint: can the project's verify command run it and check its published scores, and if not, why? "
        "Answered from the catalog alone; whether a repository is still there, only the attempt shows."
    ),
    how="The same table in a terminal: {command}. To verify a checkpoint: {verify}.",
    reasons_title="Reasons",
    reasons_lede="A checkpoint can have several reasons. A warning does not keep it from being verified.",
    reason="Reason",
    keeps="Prevents",
    warns="Warns",
    meaning="What it means, and the way out",
    list_title="Checkpoints",
    model="Checkpoint",
    answer="Verifiable",
    why="Why",
    scores="Scores",
    scores_lede="Scores that a task of the project can check, of all published ones.",
    memory="Memory, GB",
    filter_label="Filter by name or reason",
    filter_any="any",
    filter_found="{shown} of {total} checkpoints",
    filter_none="No checkpoint passes the filter.",
    filter_card="fits a {card} GB card",
    filter_more="needs more than {card} GB",
    filter_unknown="memory not known",
    answers={"yes": "yes", "perhaps": "perhaps", "nothing-to-check": "nothing to check", "no": "no"},
    counted={
        "yes": "can be verified now",
        "perhaps": "perhaps: something must be done first, or only the attempt can tell",
        "nothing-to-check": "could be run, but have no published score that can be checked",
        "no": "cannot be verified",
    },
    reasons={
        "no-weights": ("no weights", "There are no weights. Only published answers could be looked at."),
        "closed": ("not published", "The weights are not published: nobody outside can verify its scores."),
        "withdrawn": ("withdrawn", "The publisher withdrew the weights. Whoever has a copy verifies the folder."),
        "by-request": ("by request", "The weights are given on request. Ask for them, then verify the folder."),
        "gated": ("gated", "Accept the terms on the hub and set HF_TOKEN."),
        "not-on-hub": ("not on the hub", "The weights lie elsewhere. Download and convert them, verify the folder."),
        "no-repository": ("repository unknown", "The catalog does not know where the weights are."),
        "not-listed": ("not listed", "The catalog lists no checkpoint of this family."),
        "delta": (
            "difference",
            (
                "Published as the difference to a base. Where both are on the hub in the usual format, they are "
                "fetched and put together; else follow the makers' recipe and verify the folder."
            ),
        ),
        "adapter": (
            "adapter",
            "An adapter for a base. Where both are on the hub in the usual format, they are fetched and merged.",
        ),
        "component": ("part", "A part that works only inside another model, with its makers' code."),
        "encrypted": ("encrypted", "Encrypted with the base's weights. Decrypt as its makers say, verify the folder."),
        "quantized": (
            "quantized copy",
            "A quantized copy that needs its own kernels. Verify the model that it was made from.",
        ),
        "recurrent-files": ("RWKV's own files", "In the format of its own program. Use a converted checkpoint."),
        "own-code": ("own code", "Only its makers' program loads it. Convert it, then verify the folder."),
        "remote-code": (
            "remote code",
            (
                "Runs only with code from its repository. That is run, shut off from network and tokens, only if the "
                "entry names the commit and lists the hashes of the code, and only with --allow-remote-code."
            ),
        ),
        "pickle-only": (
            "published as pickles",
            "Pickles can run programs and are not opened. If the hub has no safetensors of it, convert it.",
        ),
        "multimodal": ("text only", "A model of images and text: only its scores on texts are checked."),
        "old-runtime": ("older transformers", "Published for an older transformers: today's may not load it."),
        "loader-unknown": ("loader unknown", "The catalog does not know what loads it."),
        "no-claims": ("no score", "The catalog has no published score of this very checkpoint. Give one by hand."),
        "no-task": ("no task", "No task of the project runs the protocols of its scores."),
        "not-comparable": ("other protocols", "Its scores were made in other ways: only an estimate is given."),
        "too-large": ("too large", "It does not fit the memory that was given."),
    },
)

ZH = VerifiableStrings(
    title="可验证性",
    lede=(
        "对每个检查点：本项目的 verify 命令能否运行它并核对其公开成绩？若不能，原因为何？"
        "仅依据目录回答；仓库是否仍在，只有尝试才知道。"
    ),
    how="在终端中得到同一张表：{command}。验证一个检查点：{verify}。",
    reasons_title="原因",
    reasons_lede="一个检查点可能有多个原因。“提醒”不妨碍验证。",
    reason="原因",
    keeps="妨碍",
    warns="提醒",
    meaning="含义与办法",
    list_title="检查点",
    model="检查点",
    answer="可验证",
    why="原因",
    scores="成绩",
    scores_lede="本项目的任务能核对的成绩数 / 全部公开成绩数。",
    memory="显存 GB",
    filter_label="按名称或原因筛选",
    filter_any="不限",
    filter_found="{shown} / {total} 个检查点",
    filter_none="没有符合条件的检查点。",
    filter_card="{card} GB 显卡可容纳",
    filter_more="需要超过 {card} GB",
    filter_unknown="所需显存未知",
    answers={"yes": "可以", "perhaps": "也许", "nothing-to-check": "无可核对", "no": "不可以"},
    counted={
        "yes": "个现在即可验证",
        "perhaps": "个也许可以：须先做些准备，或只有尝试才知道",
        "nothing-to-check": "个可以运行，但没有可核对的公开成绩",
        "no": "个不能验证",
    },
    reasons={
        "no-weights": ("没有权重", "没有权重，只能查看公开的回答。"),
        "closed": ("未公开", "权重未公开：外人无法验证其成绩。"),
        "withdrawn": ("已撤回", "发布者撤回了权重。持有副本者可验证其文件夹。"),
        "by-request": ("须申请", "权重须申请取得。取得后验证其文件夹。"),
        "gated": ("须同意条款", "在平台上同意条款，并设置 HF_TOKEN。"),
        "not-on-hub": ("不在平台上", "权重在别处。下载并转换后，验证其文件夹。"),
        "no-repository": ("仓库未知", "目录不知道权重在哪里。"),
        "not-listed": ("未列出", "目录没有列出该系列的检查点。"),
        "delta": (
            "差值",
            "以与基座之差的形式发布。若两者都以通用格式在平台上，则一并下载并合成；否则按作者的说明合成后验证文件夹。",
        ),
        "adapter": ("适配器", "基座的适配器。若两者都以通用格式在平台上，则一并下载并合并。"),
        "component": ("部件", "只能在另一模型中、用作者的代码工作的部件。"),
        "encrypted": ("加密", "用基座权重加密。按作者的说明解密后，验证其文件夹。"),
        "quantized": ("量化副本", "需要专用内核的量化副本。请验证其来源模型。"),
        "recurrent-files": ("RWKV 自有格式", "以其自有程序的格式发布。请使用转换后的检查点。"),
        "own-code": ("自有代码", "只有作者的程序能加载它。转换后验证其文件夹。"),
        "remote-code": (
            "仓库代码",
            (
                "只有用其仓库中的代码才能运行。仅当条目写明提交并列出代码的哈希值，且给出 --allow-remote-code 时，"
                "才在隔绝网络与令牌的环境中运行。"
            ),
        ),
        "pickle-only": (
            "以 pickle 发布",
            "pickle 可能执行程序，因此不打开。若平台上没有 safetensors 版本，请自行转换。",
        ),
        "multimodal": ("仅文本", "图文模型：只核对其文本成绩。"),
        "old-runtime": ("旧版 transformers", "为旧版 transformers 发布：如今的版本未必能加载。"),
        "loader-unknown": ("加载方式未知", "目录不知道用什么加载它。"),
        "no-claims": ("没有成绩", "目录没有这个检查点自身的公开成绩。可手工给出。"),
        "no-task": ("没有任务", "本项目没有任务运行其成绩的评测方式。"),
        "not-comparable": ("评测方式不同", "其成绩以其他方式得出：只给出估计。"),
        "too-large": ("过大", "超出所给的显存。"),
    },
)


def verifiable_strings(language: Language) -> VerifiableStrings:
    """The texts in ``language``."""
    return ZH if language == "zh" else EN
