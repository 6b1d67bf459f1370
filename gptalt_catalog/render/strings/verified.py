"""Texts of verdicts, and of the pages on verification records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gptalt_catalog.domain.verification import Comparability, Verdict
from gptalt_catalog.views.verified import Trust
from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class VerifiedStrings:
    """All texts of these pages in one language; ``verdicts`` and ``trusts`` are (word, what it means)."""

    title: str
    lede: str
    none: str
    share: str
    claims: str
    can: str
    records: str
    record: str
    how: str
    how_install: str
    how_plan: str
    how_run: str
    how_check: str
    how_send: str
    how_see: str
    meaning: str
    verdict: str
    comparability: str
    trust: str
    stale: str
    stale_lede: str
    current: str
    state: str
    record_title: str
    record_lede: str
    claims_title: str
    published: str
    rerun: str
    items_of: str
    allowed: str
    points: str
    risk_of: str
    hardware: str
    run: str
    date: str
    suite: str
    revision: str
    cost: str
    cost_items: str
    seconds: str
    tokens: str
    memory: str
    truncated: str
    software: str
    self_check: str
    self_checks: Mapping[str, str]
    data: str
    data_revision: str
    hashes: str
    again: str
    again_recheck: str
    again_repeat: str
    again_files: str
    verified_here: str
    verified_lede: str
    only_verified: str
    mark: str
    mark_undrawn: str
    mark_stale: str
    compared_with: str
    quantized: str
    precision_title: str
    precision_lede: str
    metric: str
    change: str
    change_points: str
    weights_size: str
    smaller: str
    parents: str
    roles: Mapping[str, str]
    isolation: str
    changes: Mapping[str, str]
    suites: str
    suites_lede: str
    protocols: str
    pinned: str
    export: str
    each_verdict: str
    verdicts: Mapping[Verdict, tuple[str, str]]
    comparabilities: Mapping[Comparability, tuple[str, str]]
    trusts: Mapping[Trust, tuple[str, str]]


EN = VerifiedStrings(
    title="Verifications",
    lede=(
        "Published scores that somebody ran again, item by item in a random order, with a verdict and the risk that it "
        "is wrong."
    ),
    none=(
        "There is no record yet. The makers of the catalog had no access to the published weights, so not one score on "
        "this site has been run again: each is the word of its source. The first record can be yours."
    ),
    share="{current} of {total} published scores that can be run have a current verdict ({share} %).",
    claims=(
        "{claims} published scores are shares of right answers of one named checkpoint; for {total} of them there is a "
        "task that runs their protocol. The others wait for one."
    ),
    can="Which checkpoints can be verified, and what stands in the way of the others: {link}.",
    records="Records",
    record="Record",
    how="Verify a score yourself",
    how_install="Install the command with what it needs to run models (Python 3.11 or newer):",
    how_plan="See what it would do: which scores, which items, download, memory.",
    how_run="Run it. On a common graphics card a small model takes minutes; Ctrl+C loses nothing, --resume goes on.",
    how_check=(
        "It writes two files into catalog/verifications/, without names, paths and tokens. Derive every verdict again "
        "from them, and check the catalog:"
    ),
    how_send="Commit both files and open a pull request at {repository}; say what you think if a score does not hold.",
    how_see="Without a graphics card and a network: a small model with one true and one false score, in a minute.",
    meaning="What the words mean",
    verdict="Verdict",
    comparability="Comparability",
    trust="Trust",
    stale="stale",
    stale_lede=(
        "A record is stale once the weights, the suite, its software or its data are no longer those that it ran. It "
        "stays, marked, until somebody runs it again."
    ),
    current="current",
    state="State",
    record_title="{name}, run again on {date}",
    record_lede="Published scores of {name} against a run of the same weights: verdicts, costs, versions, commands.",
    claims_title="Verdicts",
    published="Published",
    rerun="Run again",
    items_of="{used} of {all} items",
    allowed="Tolerance, risk",
    points="± {points} points",
    risk_of="risk {risk} %",
    hardware="Hardware",
    run="The run",
    date="Date",
    suite="Suite",
    revision="Weights",
    cost="What it cost",
    cost_items="items, {share} % of the benchmarks",
    seconds="seconds",
    tokens="tokens",
    memory="GB of memory at most",
    truncated="prompts were longer than the model's context and cut",
    software="Software and hardware",
    self_check="Self-check",
    self_checks={"passed": "passed", "fallback": "passed after falling back", "not-run": "not run"},
    data="Data",
    data_revision="Revision",
    hashes="Hashes",
    again="Check it",
    again_recheck="Derive every verdict again from the recorded items, without weights and network:",
    again_repeat="Run it again on your own hardware:",
    again_files="The files: {files}",
    verified_here="Run again",
    verified_lede="Published scores that were verified: what was published, and what came out. {link}",
    only_verified="Only scores that were run again",
    mark=(
        "{verdict}: run again {estimate} ({low}–{high}), tolerance {points} points, risk {risk} %, {hardware}, {date}, "
        "{trust}"
    ),
    mark_undrawn="{verdict}: no item had to be run, {date}, {trust}",
    mark_stale="stale: {changes}",
    compared_with="compared item by item with {link}",
    quantized=(
        "Run in {dtype}: this record says what quantization changes, not whether the published scores of the full "
        "weights hold."
    ),
    precision_title="What quantization changes",
    precision_lede="The quantized run against a record in full precision, on the same items; negative: quality lost.",
    metric="Metric",
    change="Change",
    change_points="{difference} points ({low} to {high})",
    weights_size="Size of the weights",
    smaller="{small} instead of {full} GB",
    parents="Put together from",
    roles={"base": "base", "delta": "difference", "adapter": "adapter"},
    isolation="Shut off by",
    changes={
        "revision": "the entry now names the weights {now}, the record ran {ran}",
        "suite": "the suite {name} is now version {now}, the record ran version {ran}",
        "software": "the suite is now for {name} {now}, the record ran {ran}",
        "data": "the suite now pins {name} at {now}, the record ran {ran}",
    },
    suites="Suites",
    suites_lede="Which protocols the command runs. Data that are pinned cannot change unnoticed.",
    protocols="Protocols",
    pinned="Data pinned",
    export="All verdicts as {csv} and {json}.",
    each_verdict="one row a verdict on a score that was run again",
    verdicts={
        "reproduced": (
            "reproduced",
            "The model's score on the whole benchmark lies within the tolerance of the claim.",
        ),
        "not-reproduced": (
            "not reproduced",
            (
                "It does not. That speaks about two runs: another prompt, version or set of weights is a likelier "
                "cause than a wrong number."
            ),
        ),
        "consistent": ("consistent", "Within the tolerance, but the claim does not say enough about its protocol."),
        "inconsistent": ("inconsistent", "Outside the tolerance; the claim does not say enough about its protocol."),
        "claim-inconsistent": ("impossible value", "No whole number of right answers gives the printed value."),
        "undecided": ("undecided", "The items that were allowed were not enough."),
        "not-comparable": ("not comparable", "The claim's protocol is known to differ: only an estimate is given."),
        "not-auditable": ("cannot be audited", "Nothing can be decided from what is there."),
    },
    comparabilities={
        "identical": ("identical", "The same task of the same program."),
        "equivalent": ("equivalent", "A documented mapping: what was compared is on record."),
        "unknown": ("unknown", "Nothing is known against it, and not enough for it."),
        "different": ("different", "Known to differ."),
    },
    trusts={
        "self-reported": ("self-reported", "As it was sent in."),
        "rechecked": ("rechecked", "The project derived every verdict again from the recorded items."),
        "independently-repeated": (
            "independently repeated",
            "Somebody else ran it on other hardware, with the same verdicts.",
        ),
    },
)

ZH = VerifiedStrings(
    title="复核记录",
    lede="有人按随机顺序逐题重新运行过的公开成绩，附结论及其出错的风险。",
    none=(
        "目前还没有记录。目录的编者无法获得已公布的权重，因此本站没有任何成绩被重新运行过：每个数值都只是其来源的说法。"
        "第一条记录可以由你来完成。"
    ),
    share="可运行的 {total} 条公开成绩中，{current} 条有现行结论（{share} %）。",
    claims=(
        "{claims} 条公开成绩属于某个明确的检查点，且为答对题目的比例；"
        "其中 {total} 条的评测协议有任务可以运行，其余尚待补充。"
    ),
    can="哪些检查点可以验证，其余的障碍何在：{link}。",
    records="记录",
    record="记录",
    how="自己核对一条成绩",
    how_install="安装命令及运行模型所需的软件（Python 3.11 或更新版本）：",
    how_plan="先看它会做什么：哪些成绩、哪些题目、下载量与内存。",
    how_run="运行。在普通显卡上，小模型只需几分钟；Ctrl+C 不会丢失任何结果，用 --resume 继续。",
    how_check=(
        "它会在 catalog/verifications/ 下写入两个文件，其中没有姓名、路径和令牌。请据此重新推导每个结论，并检查目录："
    ),
    how_send="提交这两个文件，并在 {repository} 发起合并请求；若某条成绩未能复现，请说明你认为的原因。",
    how_see="没有显卡也没有网络时：用一个小模型演示一条真实成绩和一条虚假成绩，约一分钟。",
    meaning="用词含义",
    verdict="结论",
    comparability="可比性",
    trust="可信程度",
    stale="已过时",
    stale_lede="若权重、评测套件、所用软件或数据与记录运行时不再相同，该记录即为过时；它会带标记保留，直到有人重新运行。",
    current="现行",
    state="状态",
    record_title="{name}，{date} 重新运行",
    record_lede="{name} 的公开成绩与同一权重的重新运行相比：结论、成本、版本与命令。",
    claims_title="结论",
    published="公布值",
    rerun="重新运行",
    items_of="{used} / {all} 题",
    allowed="容差与风险",
    points="± {points} 个百分点",
    risk_of="风险 {risk} %",
    hardware="硬件",
    run="运行情况",
    date="日期",
    suite="评测套件",
    revision="权重",
    cost="成本",
    cost_items="题，占全部题目的 {share} %",
    seconds="秒",
    tokens="词元",
    memory="GB 内存峰值",
    truncated="条提示超出模型上下文而被截断",
    software="软件与硬件",
    self_check="自检",
    self_checks={"passed": "通过", "fallback": "退回后通过", "not-run": "未运行"},
    data="数据",
    data_revision="版本",
    hashes="哈希",
    again="核查",
    again_recheck="由逐题记录重新推导每个结论，不需要权重和网络：",
    again_repeat="在自己的硬件上重新运行：",
    again_files="文件：{files}",
    verified_here="重新运行的成绩",
    verified_lede="经过复核的公开成绩：公布值与重新运行的结果。{link}",
    only_verified="只看重新运行过的成绩",
    mark=(
        "{verdict}：重新运行 {estimate}（{low}–{high}），容差 {points} 个百分点，风险 {risk} %，"
        "{hardware}，{date}，{trust}"
    ),
    mark_undrawn="{verdict}：无需运行题目，{date}，{trust}",
    mark_stale="已过时：{changes}",
    compared_with="与 {link} 逐题比较",
    quantized="以 {dtype} 运行：此记录说明量化带来的变化，而非完整权重的公开成绩是否成立。",
    precision_title="量化带来的变化",
    precision_lede="量化运行与全精度记录在相同题目上的差值；负值表示质量下降。",
    metric="指标",
    change="变化",
    change_points="{difference} 个百分点（{low} 至 {high}）",
    weights_size="权重大小",
    smaller="{small} GB，原为 {full} GB",
    parents="由以下部分合成",
    roles={"base": "基座", "delta": "差值", "adapter": "适配器"},
    isolation="隔离方式",
    changes={
        "revision": "条目现在的权重为 {now}，记录运行的是 {ran}",
        "suite": "评测套件 {name} 现为第 {now} 版，记录运行的是第 {ran} 版",
        "software": "套件现在对应 {name} {now}，记录运行的是 {ran}",
        "data": "套件现在把 {name} 固定于 {now}，记录运行的是 {ran}",
    },
    suites="评测套件",
    suites_lede="命令所运行的评测协议。数据一经固定，任何改动都会被发现。",
    protocols="评测协议",
    pinned="数据已固定",
    export="全部结论：{csv} 与 {json}。",
    each_verdict="每行一条重新运行的成绩的结论",
    verdicts={
        "reproduced": ("已复现", "模型在整个基准上的成绩落在公布值的容差之内。"),
        "not-reproduced": ("未能复现", "不在容差之内。这只说明两次运行不同：提示、版本或权重不同比数值有误更为可能。"),
        "consistent": ("相符", "在容差之内，但公布者对评测协议说明不足。"),
        "inconsistent": ("不相符", "在容差之外，且公布者对评测协议说明不足。"),
        "claim-inconsistent": ("数值不可能", "任何整数的答对题数都得不出所印数值。"),
        "undecided": ("未定", "允许的题数不够。"),
        "not-comparable": ("不可比", "已知评测协议不同，只给出估计。"),
        "not-auditable": ("无法核对", "现有材料不足以判断。"),
    },
    comparabilities={
        "identical": ("相同", "同一程序的同一任务。"),
        "equivalent": ("等价", "有成文的对应关系，比较内容记录在案。"),
        "unknown": ("未知", "没有已知的差异，但也没有足够依据。"),
        "different": ("不同", "已知不同。"),
    },
    trusts={
        "self-reported": ("自行报告", "按提交者所述。"),
        "rechecked": ("已再次检查", "项目由逐题记录重新推导了每个结论。"),
        "independently-repeated": ("经独立重复", "他人在其他硬件上运行，结论相同。"),
    },
)


def verified_strings(language: Language) -> VerifiedStrings:
    """The texts in ``language``."""
    return ZH if language == "zh" else EN
