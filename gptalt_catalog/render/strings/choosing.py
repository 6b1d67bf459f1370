"""Texts of what helps to choose: the finder, the model list, fit tables, commands, comparison, citation."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class ChoosingStrings:
    """All texts of these parts in one language; ``{name}`` places are filled by templates or scripts."""

    # finder
    finder: str
    finder_lede: str
    memory: str
    memory_unit: str
    precision: str
    context: str
    context_tokens: str
    language: str
    any_language: str
    license: str
    license_any: str
    license_commercial: str
    license_yes: str
    role: str
    any_role: str
    find: str
    found: str
    found_one: str
    found_none: str
    found_some: str
    tight_more: str
    order_note: str
    as_command: str
    as_table: str
    share_note: str
    copy_link: str
    copied: str
    copy: str
    download: str
    show_all: str
    bad_state: str
    loading: str
    loading_failed: str
    static_note: str
    static_title: str
    # reasons
    fits_spare: str
    best_of: str
    best_tied: str
    rank_of: str
    rank_tied: str
    others_too: str
    compared_on: str
    never_compared: str
    use_plain: str
    use_conditions: str
    succeeded: str
    gated: str
    # precisions and fit
    precision_fp32: str
    precision_fp16: str
    precision_q8_0: str
    precision_int8: str
    precision_q4_k_m: str
    precision_gptq_4bit: str
    precision_nf4: str
    fit_title: str
    fit_lede: str
    fit_card: str
    fit_none: str
    fit_tight: str
    fit_unknown: str
    fits_on: str
    tokens: str
    # how to run
    run_title: str
    run_evidence: str
    run_in: str
    run_as_published: str
    run_pulls: str
    note_remote_code: str
    note_text_only: str
    note_prompt_unknown: str
    note_quantized: str
    not_withdrawn: str
    not_by_request: str
    not_closed: str
    not_no_repository: str
    not_delta: str
    not_adapter: str
    not_encrypted: str
    not_component: str
    not_own_code: str
    not_class_unknown: str
    must_accept: str
    # citation
    cite_title: str
    cite_lede: str
    # comparison
    compare: str
    compare_lede: str
    compare_these: str
    compare_first: str
    compare_this: str
    compare_family: str
    compare_add: str
    compare_add_hint: str
    compare_remove: str
    compare_empty: str
    compare_one: str
    compare_unknown: str
    compare_near: str
    compare_many: str
    compare_twice: str
    compare_former: str
    compare_only: str
    compare_facts: str
    compare_fit: str
    compare_scores: str
    compare_scores_lede: str
    compare_all_scores: str
    compare_no_scores: str
    compare_differs: str
    compare_best: str
    compare_tied: str
    compare_printed: str
    compare_more: str
    compare_export: str
    compare_pick: str
    compare_full: str
    compare_clear: str
    compare_noscript: str
    compare_use: str
    compare_chain: str
    not_ranked: str
    # model list
    columns: str
    organizations: str
    active: str
    access: str
    weights: str
    repository: str
    need_column: str
    verified: str
    trust_stale: str
    trust_self_reported: str
    trust_rechecked: str
    trust_independently_repeated: str


EN = ChoosingStrings(
    finder="Find a model for my machine",
    finder_lede="What runs on your memory, what its license allows, and how good it is known to be.",
    memory="Memory",
    memory_unit="GB",
    precision="Precision",
    context="Context",
    context_tokens="{count} tokens",
    language="Language",
    any_language="any language",
    license="License",
    license_any="any license",
    license_commercial="commercial use",
    license_yes="commercial, plain yes",
    role="Role",
    any_role="any role",
    find="Show the shortlist",
    found="{count} checkpoints fit",
    found_one="1 checkpoint fits",
    found_none="No checkpoint passes all of these. Take more memory, a smaller precision, or fewer wishes.",
    found_some="{count} checkpoints fit; these are the first {shown}",
    tight_more="{count} more are within the margin of the estimate: they may fit.",
    order_note=(
        "Order: first those without a successor; among them by how many comparisons they surely win less those they "
        "surely lose, each under one benchmark's headline protocol and among the checkpoints found (the printed order "
        "counts where no error is known); then the newest, of one day the largest. It is an order for reading, not a "
        "ranking."
    ),
    as_command="The same on the command line",
    as_table="The same as a table",
    share_note="The address of this page holds the question: share it to share the answer.",
    copy_link="Copy the link",
    copied="Copied",
    copy="Copy",
    download="Download",
    show_all="Show all {count}",
    bad_state="The address asks for something that does not exist here; ignored: {what}",
    loading="Loading …",
    loading_failed="The list could not be loaded; the static tables below stay.",
    static_note="Choosing freely needs JavaScript. These are the first of each list, for commercial use.",
    static_title="{memory} GB, 4 bits, {context} tokens",
    fits_spare="fits with {spare} GB to spare at {context} tokens",
    best_of="best of {of} comparable on {benchmark}",
    best_tied="best of {of} comparable on {benchmark}, tied with {names}",
    rank_of="rank {first} of {of} comparable on {benchmark}",
    rank_tied="rank {first}–{last} of {of} comparable on {benchmark}, tied with {names}",
    others_too="{names} and {count} more",
    compared_on="{text} (compared on {count} benchmarks)",
    never_compared="no published score that can be compared within this list",
    use_plain="commercial use: {answer}",
    use_conditions="commercial use: {answer}; required: {conditions}",
    succeeded="superseded by {names}",
    gated="terms must be accepted on the hub first",
    precision_fp32="32 bits (fp32)",
    precision_fp16="16 bits (fp16, bf16)",
    precision_q8_0="8 bits (GGUF Q8_0)",
    precision_int8="8 bits (bitsandbytes int8)",
    precision_q4_k_m="4 bits (GGUF Q4_K_M)",
    precision_gptq_4bit="4 bits (GPTQ, AWQ)",
    precision_nf4="4 bits (bitsandbytes nf4)",
    fit_title="Memory it needs, and the card that has it",
    fit_lede=(
        "The memory below is estimated from the shape of the network, for one sequence; nine of ten published figures "
        "lie within the interval. Cards are named by what is sold as GB. ◐ may not be enough."
    ),
    fit_card="{card} GB card",
    fit_none="over {card} GB",
    fit_tight="◐ {cards} GB",
    fit_unknown="Its shape is not known well enough, or it cannot run by itself.",
    fits_on="Fits on",
    tokens="{count} tokens",
    run_title="How to run it",
    run_evidence="{program}: its list of architectures ({source}) names this one.",
    run_in="{program}, {precision}",
    run_as_published="{program}, as published",
    run_pulls="A GGUF file is made from the original weights: the catalog names no repositories of converted files.",
    note_remote_code="This runs code from the model's repository: read it first.",
    note_text_only="For text; images need the projector file as well.",
    note_prompt_unknown="The form of the prompt is not documented in the catalog; answers may be poor without it.",
    note_quantized="The published weights are quantized already.",
    not_withdrawn="The weights have been withdrawn.",
    not_by_request="The weights are given out on request only.",
    not_closed="The weights are not published.",
    not_no_repository="The catalog knows of no repository from which programs can load the weights.",
    not_delta="Published is the difference to its base: put the weights together first, as its makers describe.",
    not_adapter="Published is an adapter: it is loaded on top of its base.",
    not_encrypted="The weights are encrypted: they are decrypted with those of the base, as its makers describe.",
    not_component="This is a part of a larger model and does not run by itself.",
    not_own_code="It runs with its makers' own code: see the links at the top of the page.",
    not_class_unknown="No program that is known to run it loads it without code of its own.",
    must_accept="Accept the terms on the hub first, then `hf auth login`.",
    cite_title="How to cite it",
    cite_lede="Organizations stand as authors; a paper's own entry names its people.",
    compare="Compare",
    compare_lede="Two to five checkpoints side by side: facts, memory and published scores, with what differs marked.",
    compare_these="Compare {count}",
    compare_first="Compare the first {count}",
    compare_this="Compare with others",
    compare_family="Compare the checkpoints",
    compare_add="Add a checkpoint",
    compare_add_hint="Name or id",
    compare_remove="Remove {name}",
    compare_empty="Nothing to compare yet. Add checkpoints here, or tick them in the list of models.",
    compare_one="One checkpoint so far; add a second one to see what differs.",
    compare_unknown="Not in the catalog: {ids}.",
    compare_near="Did you mean {name}?",
    compare_many="Five at most: left out {ids}.",
    compare_twice="Named twice: {ids}.",
    compare_former="{old} is now called {new}.",
    compare_only="Only what differs",
    compare_facts="Facts",
    compare_fit="Memory it needs",
    compare_scores="Published scores",
    compare_scores_lede=(
        "One row per protocol; only values of one row may be compared. ★ surely higher than all others of the row, "
        "◇ not to be told apart from the highest, △ the highest as printed, with no error known. Struck values are "
        "not ranked."
    ),
    compare_all_scores="Also scores that only one of them has",
    compare_no_scores="No protocol has scores of two of them.",
    compare_differs="differs",
    compare_best="surely the highest",
    compare_tied="not to be told apart from the highest",
    compare_printed="the highest as printed, with no error known",
    compare_more="{count} more published",
    compare_export="Export",
    compare_pick="Compare: select {name}",
    compare_full="Five are selected; that is the most.",
    compare_clear="Clear the selection",
    compare_noscript="The comparison is put together in the browser and needs JavaScript. Every model has a page:",
    compare_use="Commercial use, bases considered",
    compare_chain="Conditions along the bases",
    not_ranked="not ranked",
    columns="Columns",
    organizations="Makers",
    active="Active parameters",
    access="Access",
    weights="Weights",
    repository="Repository",
    need_column="Memory",
    verified="Verified",
    trust_stale="audited, but stale",
    trust_self_reported="audited, self-reported",
    trust_rechecked="audited and rechecked",
    trust_independently_repeated="audited twice, independently",
)

ZH = ChoosingStrings(
    finder="为我的机器找模型",
    finder_lede="显存能装下什么、许可证允许什么、已知水平如何。",
    memory="显存",
    memory_unit="GB",
    precision="精度",
    context="上下文",
    context_tokens="{count} 词元",
    language="语言",
    any_language="任何语言",
    license="许可证",
    license_any="任何许可证",
    license_commercial="可商用",
    license_yes="可商用，无特别条件",
    role="角色",
    any_role="任何角色",
    find="显示候选",
    found="{count} 个检查点装得下",
    found_one="1 个检查点装得下",
    found_none="没有检查点满足全部条件。请增加显存、降低精度或减少条件。",
    found_some="{count} 个检查点装得下，下面是前 {shown} 个",
    tight_more="另有 {count} 个处于估计的误差范围内，也许装得下。",
    order_note=(
        "排列：先列没有后继的；其中按“确定胜出的比较数减去确定落败的比较数”排列（每次比较只在一个评测基准的主协议下、"
        "只在找到的检查点之间进行；误差未知时以公布的数值为准）；再按发布日期从新到旧，同一天的先列规模大的。"
        "这只是阅读顺序，不是排名。"
    ),
    as_command="命令行中的同一查询",
    as_table="以表格显示",
    share_note="网址包含全部条件：分享网址即分享结果。",
    copy_link="复制链接",
    copied="已复制",
    copy="复制",
    download="下载",
    show_all="显示全部 {count} 个",
    bad_state="网址中的某些条件在此不存在，已忽略：{what}",
    loading="正在载入……",
    loading_failed="列表未能加载；下面的静态表格仍然有效。",
    static_note="自由选择需要 JavaScript。下面是可商用模型各列表的前几个。",
    static_title="{memory} GB、4 位、{context} 词元",
    fits_spare="{context} 词元时装得下，还余 {spare} GB",
    best_of="在 {benchmark} 上 {of} 个可比者中最好",
    best_tied="在 {benchmark} 上 {of} 个可比者中最好，与之不分上下的有 {names}",
    rank_of="在 {benchmark} 上 {of} 个可比者中第 {first}",
    rank_tied="在 {benchmark} 上 {of} 个可比者中第 {first}–{last}，与之不分上下的有 {names}",
    others_too="{names} 及另外 {count} 个",
    compared_on="{text}（共在 {count} 个评测基准上可比）",
    never_compared="没有可在此列表中比较的公开成绩",
    use_plain="商业使用：{answer}",
    use_conditions="商业使用：{answer}；要求：{conditions}",
    succeeded="后继：{names}",
    gated="须先在模型库上接受条款",
    precision_fp32="32 位（fp32）",
    precision_fp16="16 位（fp16、bf16）",
    precision_q8_0="8 位（GGUF Q8_0）",
    precision_int8="8 位（bitsandbytes int8）",
    precision_q4_k_m="4 位（GGUF Q4_K_M）",
    precision_gptq_4bit="4 位（GPTQ、AWQ）",
    precision_nf4="4 位（bitsandbytes nf4）",
    fit_title="需要多少显存、哪种显卡够用",
    fit_lede="显存按网络结构对单条序列估计；十个公开数据中有九个落在区间内。显卡按销售时的 GB 称呼。◐ 表示可能不够。",
    fit_card="{card} GB 显卡",
    fit_none="超过 {card} GB",
    fit_tight="◐ {cards} GB",
    fit_unknown="其结构尚不清楚，或它不能单独运行。",
    fits_on="可装入",
    tokens="{count} 词元",
    run_title="如何运行",
    run_evidence="{program}：其架构列表（{source}）包含此架构。",
    run_in="{program}，{precision}",
    run_as_published="{program}，按发布的形式",
    run_pulls="GGUF 文件由原始权重制作：目录不收录转换后的仓库。",
    note_remote_code="这会运行模型仓库中的代码：请先阅读。",
    note_text_only="用于文本；处理图像还需要投影文件。",
    note_prompt_unknown="目录中没有记录提示格式；缺少它回答可能较差。",
    note_quantized="发布的权重已经量化。",
    not_withdrawn="权重已被撤回。",
    not_by_request="权重仅应申请提供。",
    not_closed="权重未公开。",
    not_no_repository="目录不知道有哪个仓库可供程序直接加载权重。",
    not_delta="发布的是与基座之差：须先按作者的说明合成完整权重。",
    not_adapter="发布的是适配器：须加载在基座之上。",
    not_encrypted="权重已加密：须按作者的说明用基座权重解密。",
    not_component="这是更大模型的一部分，不能单独运行。",
    not_own_code="它由作者自己的代码运行：见页首的链接。",
    not_class_unknown="已知能运行它的程序都需要额外的代码。",
    must_accept="先在模型库上接受条款，再运行 `hf auth login`。",
    cite_title="如何引用",
    cite_lede="以机构为作者；论文自身的条目列有作者姓名。",
    compare="比较",
    compare_lede="并排比较两到五个检查点：事实、显存与公开成绩，不同之处加以标记。",
    compare_these="比较 {count} 个",
    compare_first="比较前 {count} 个",
    compare_this="与其他模型比较",
    compare_family="比较这些检查点",
    compare_add="添加检查点",
    compare_add_hint="名称或 id",
    compare_remove="移除 {name}",
    compare_empty="还没有可比较的内容。在此添加检查点，或在模型列表中勾选。",
    compare_one="目前只有一个检查点；再添加一个即可看出不同。",
    compare_unknown="目录中没有：{ids}。",
    compare_near="是否指 {name}？",
    compare_many="最多五个，已略去：{ids}。",
    compare_twice="重复：{ids}。",
    compare_former="{old} 现名 {new}。",
    compare_only="只看不同之处",
    compare_facts="事实",
    compare_fit="所需显存",
    compare_scores="公开成绩",
    compare_scores_lede=(
        "每行一个评测协议，只有同一行的数值可以比较。★ 确定高于本行其他各项；◇ 与最高者不分上下；"
        "△ 按公布值最高，误差未知。带删除线的数值不参与排名。"
    ),
    compare_all_scores="也列出只有其中一个才有的成绩",
    compare_no_scores="没有任何协议含有其中两个的成绩。",
    compare_differs="不同",
    compare_best="确定最高",
    compare_tied="与最高者不分上下",
    compare_printed="按公布值最高，误差未知",
    compare_more="另有 {count} 个公开值",
    compare_export="导出",
    compare_pick="比较：选择 {name}",
    compare_full="最多选择五个。",
    compare_clear="清除选择",
    compare_noscript="比较在浏览器中生成，需要 JavaScript。每个模型都有自己的页面：",
    compare_use="商业使用（含基座）",
    compare_chain="沿基座的条件",
    not_ranked="不参与排名",
    columns="列",
    organizations="机构",
    active="激活参数",
    access="获取方式",
    weights="权重",
    repository="仓库",
    need_column="显存",
    verified="复核",
    trust_stale="曾复核，已过时",
    trust_self_reported="已复核，自行报告",
    trust_rechecked="已复核并再次检查",
    trust_independently_repeated="经两次独立复核",
)


def choosing_strings(language: Language) -> ChoosingStrings:
    """The texts in ``language``."""
    return ZH if language == "zh" else EN
