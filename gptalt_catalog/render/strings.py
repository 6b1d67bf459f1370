"""Sentences and labels of the pages in the languages of the site.

One dataclass with one instance per language, so that a missing translation is a type error.
``{name}`` places are filled with :func:`.escape.fill`. Words of the catalog itself (fields,
values, kinds) are in ``views.words``.
"""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class Strings:
    """All texts of the site's own in one language."""

    language: str
    list_separator: str
    home: str
    tagline: str
    home_lede: str
    home_date: str
    use_find: str
    use_find_text: str
    use_trust: str
    use_trust_text: str
    use_learn: str
    use_learn_text: str
    questions: str
    numbers: str
    evidence_share: str
    models: str
    models_lede: str
    model: str
    role: str
    size: str
    context: str
    commercial: str
    license_: str
    languages: str
    released: str
    score: str
    score_of: str
    no_score_column: str
    domain: str
    search_models: str
    filters: str
    clear: str
    any_: str
    sort_by: str
    descending: str
    ascending: str
    shown_of: str
    show_all: str
    nothing_found: str
    ignored_state: str
    loading_failed: str
    no_script: str
    families: str
    commercial_any: str
    download: str
    superseded: str
    superseded_by: str
    made_by: str
    also_called: str
    links: str
    json: str
    edit: str
    on_this_page: str
    may_i_sell: str
    own_license: str
    through_base: str
    conditions: str
    which: str
    why: str
    answer: str
    license_says: str
    license_unknown: str
    license_undisclosed: str
    base_unknown: str
    base_missing: str
    data_license: str
    use_note: str
    made_of: str
    bases: str
    builds_on: str
    amount: str
    all_of_them: str
    from_scratch: str
    training_data: str
    components: str
    tokens_seen: str
    samples: str
    built_on_it: str
    nothing_built: str
    family_tree: str
    checkpoints: str
    checkpoint: str
    parameters: str
    shared_facts: str
    own_facts: str
    roles: str
    weights_at: str
    note: str
    scores: str
    scores_lede: str
    no_scores: str
    protocol: str
    value: str
    interval: str
    source: str
    sources: str
    not_ranked: str
    not_comparable: str
    not_comparable_note: str
    reason_defect: str
    reason_flag: str
    reason_part: str
    reason_unstated: str
    version_unstated: str
    version: str
    shots: str
    shots_unknown: str
    why_differ: str
    why_differ_text: str
    disagreements: str
    disagreements_lede: str
    open_conflict: str
    explained: str
    points_apart: str
    cause: str
    cause_unknown: str
    cause_defect: str
    cause_flag: str
    cause_revision: str
    defects: str
    corrections: str
    corrections_lede: str
    corrections_count: str
    column: str
    printed: str
    correct_is: str
    printed_row: str
    printed_row_note: str
    no_corrections: str
    measured: str
    measured_lede: str
    metric: str
    engine: str
    precision: str
    hardware: str
    statements: str
    evidence: str
    evidence_lede: str
    from_memory: str
    survey_only: str
    seen_on: str
    facts: str
    benchmarks: str
    benchmarks_lede: str
    task: str
    items: str
    chance: str
    example: str
    part_of: str
    parts: str
    ranking: str
    ranking_lede: str
    headline: str
    rank: str
    tied: str
    others_say: str
    ranking_empty: str
    protocols: str
    other_protocols: str
    apart: str
    apart_lede: str
    harness: str
    datasets: str
    datasets_lede: str
    kind: str
    trained_on_it: str
    nobody_trained: str
    derived_from_it: str
    quality: str
    tools: str
    tools_lede: str
    techniques: str
    techniques_lede: str
    applications: str
    applications_lede: str
    category: str
    status: str
    licenses: str
    licenses_lede: str
    modify: str
    redistribute: str
    under_it: str
    also_under_it: str
    inherits: str
    quotation: str
    sources_lede: str
    cited_by: str
    scores_from: str
    published: str
    commit: str
    untranslated: str
    about: str
    about_lede: str
    coverage_counts: str
    coverage_facts: str
    coverage_languages: str
    coverage_texts: str
    total: str
    confirmed: str
    without_evidence: str
    share: str
    count: str
    texts_translated: str
    all_translated: str
    missing_texts: str
    tools_group: str
    trust_group: str
    scroll_cue: str
    claims_of: str
    none_yet: str
    summary: str
    more: str
    open_page: str
    skip_list: str


EN = Strings(
    language="English",
    list_separator=", ",
    home="Home",
    tagline="Open alternatives to GPT, with the evidence for every fact",
    home_lede=(
        "A catalog of open large language models, their data, benchmarks and licenses. Each fact names where it "
        "was read; scores stand side by side and are ranked only where they may be compared; what the survey "
        "behind it printed wrong is corrected in the open."
    ),
    home_date="Catalog of {date}",
    use_find="Find a model you may use",
    use_find_text="Filter {count} checkpoints by role, size, language and by what the license allows, bases included.",
    use_trust="Find out which number is right",
    use_trust_text="{count} published scores by protocol, with counts and intervals, and the reason where two sources disagree.",
    use_learn="Learn what a model is made of",
    use_learn_text="Base models, training data and licenses of {count} families, with the source of each fact.",
    questions="Questions that it answers",
    numbers="What is in it",
    evidence_share="of {total} facts have confirmed evidence",
    models="Models",
    models_lede="Every checkpoint with what its license allows once the licenses of its bases are counted in.",
    model="Model",
    role="Role",
    size="Size",
    context="Context",
    commercial="Commercial use",
    license_="License",
    languages="Languages",
    released="Released",
    score="Score",
    score_of="Score shown",
    no_score_column="no score",
    domain="Domain",
    search_models="Search names, makers, repositories",
    filters="Filters",
    clear="Clear all",
    any_="any",
    sort_by="Sort by",
    descending="high to low",
    ascending="low to high",
    shown_of="{shown} of {total} checkpoints",
    show_all="Show all {count}",
    nothing_found="No checkpoint passes all filters. Take one away.",
    ignored_state="The address asks for something that does not exist here; ignored: {what}",
    loading_failed="The list could not be loaded.",
    no_script="Sorting and filtering need JavaScript. Below is a part of the list; every family has a page of its own.",
    families="Families",
    commercial_any="yes or under conditions",
    download="Download",
    superseded="has a successor",
    superseded_by="Succeeded by",
    made_by="Made by",
    also_called="Also called",
    links="Links",
    json="JSON",
    edit="Edit this entry",
    on_this_page="On this page",
    may_i_sell="May I sell a service on it?",
    own_license="its own license",
    through_base="inherited from {base}",
    conditions="Conditions",
    which="Checkpoints",
    why="Why",
    answer="Commercial use",
    license_says="The license says",
    license_unknown="the license of the weights is not known",
    license_undisclosed="no license of the weights was published",
    base_unknown="what it was made from is not known",
    base_missing="its base is not in the catalog",
    data_license="License of the data",
    use_note="A license stays with what is made from the weights: the answer is the strictest along the chain of bases. This is a reading of the licenses, not legal advice.",
    made_of="What it is made of",
    bases="Base",
    builds_on="What it builds on",
    amount="Amount seen",
    all_of_them="all {count}",
    from_scratch="trained from scratch",
    training_data="Training data",
    components="Components",
    tokens_seen="Tokens seen",
    samples="Samples",
    built_on_it="What was built on it",
    nothing_built="Nothing in the catalog was built on it.",
    family_tree="Family tree",
    checkpoints="Checkpoints",
    checkpoint="Checkpoint",
    parameters="Parameters",
    shared_facts="The same for all {count} checkpoints",
    own_facts="Facts of {name}",
    roles="Roles",
    weights_at="Weights",
    note="Note",
    scores="Published scores",
    scores_lede="One column per source. Scores of one table follow the same protocol and may be compared; struck values are kept as evidence but are not ranked, for the reason given.",
    no_scores="No published score of it is in the catalog.",
    protocol="Protocol",
    value="Value",
    interval="95 % interval",
    source="Source",
    sources="Sources",
    not_ranked="Not ranked",
    not_comparable="Cannot be compared",
    not_comparable_note="Part of the protocol is not known: {parts}.",
    reason_defect="known defect: {name}",
    reason_flag="{flag}",
    reason_part="{part} of the protocol is not known",
    reason_unstated="the source does not say which checkpoint",
    version_unstated="version of the harness not stated",
    version="harness version {version}",
    shots="{count}-shot",
    shots_unknown="number of examples not known",
    why_differ="Why do these numbers differ?",
    why_differ_text="{name} has {low} and {high} on {benchmark}. These were run in different ways and may not be compared: {parts}.",
    disagreements="Where sources disagree",
    disagreements_lede="Values for the same checkpoint under the same protocol that differ by more than two standard errors of their difference.",
    open_conflict="open",
    explained="explained",
    points_apart="{points} points apart ({errors} standard errors)",
    cause="Cause",
    cause_unknown="No cause is known.",
    cause_defect="{source} is affected by a known defect: {name}.",
    cause_flag="{source}: {flag}.",
    cause_revision="{source} speaks of other weights (revision {revision}).",
    defects="Known defects",
    corrections="Corrections to the survey",
    corrections_lede="What the survey printed and what is right, with the evidence. The printed text stays as it was.",
    corrections_count="{count} corrections",
    column="Column",
    printed="Printed",
    correct_is="What is right",
    printed_row="The survey's row",
    printed_row_note="Verbatim from {place}.",
    no_corrections="The catalog knows of no error in what the survey printed about it.",
    measured="Memory and speed, as published",
    measured_lede="Figures from their sources; nothing here was measured by the catalog.",
    metric="What",
    engine="Engine",
    precision="Precision",
    hardware="Hardware",
    statements="What sources say",
    evidence="Evidence",
    evidence_lede="Where the facts on this page were read. The small numbers lead here.",
    from_memory="from memory",
    survey_only="survey only",
    seen_on="seen {date}",
    facts="Facts",
    benchmarks="Benchmarks",
    benchmarks_lede="What each tests, how large it is, what guessing scores, and the published scores by protocol.",
    task="Task",
    items="Items",
    chance="Chance",
    example="An item of this kind, in our own words",
    part_of="Part of",
    parts="Its parts",
    ranking="Ranking",
    ranking_lede="Checkpoints under one protocol. A range of ranks means that the difference to the neighbors is within two standard errors.",
    headline="headline protocol",
    rank="Rank",
    tied="tied",
    others_say="also {values}",
    ranking_empty="No score under this protocol can be ranked.",
    protocols="Protocols",
    other_protocols="Other protocols",
    apart="Not ranked here, and why",
    apart_lede="These scores are published but may not stand in a ranking.",
    harness="Harness",
    datasets="Datasets",
    datasets_lede="What models were trained on: corpora, instruction, alignment and domain sets.",
    kind="Kind",
    trained_on_it="Trained on it",
    nobody_trained="No checkpoint of the catalog names it.",
    derived_from_it="Derived from it",
    quality="Quality",
    tools="Tools",
    tools_lede="Software to train, serve, speed up and evaluate models.",
    techniques="Techniques",
    techniques_lede="Methods: quantization, parameter-efficient tuning, data and alignment.",
    applications="Applications",
    applications_lede="Products built on large language models.",
    category="Category",
    status="Status",
    licenses="Licenses",
    licenses_lede="What each license allows, with the words that the answer rests on.",
    modify="Modify",
    redistribute="Pass on",
    under_it="Checkpoints under it",
    also_under_it="Data and tools under it",
    inherits="Bound by it through their bases",
    quotation="In its own words",
    sources_lede="Everything that facts and scores were read from.",
    cited_by="Cited by",
    scores_from="Scores from it",
    published="Published",
    commit="Commit",
    untranslated="English only",
    about="About the data",
    about_lede="How the catalog is made, how much of it is backed by evidence, and how to get it.",
    coverage_counts="What it holds",
    coverage_facts="Facts and their evidence",
    coverage_languages="Checkpoints by language",
    coverage_texts="Translation",
    total="Total",
    confirmed="Confirmed",
    without_evidence="Without",
    share="Share confirmed",
    count="Number",
    texts_translated="{share} % of {total} texts are in Chinese.",
    all_translated="Every text is in both languages.",
    missing_texts="Texts without Chinese",
    tools_group="Tools and methods",
    trust_group="Data and trust",
    scroll_cue="The table is wider than the screen: scroll it sideways.",
    claims_of="{count} scores",
    none_yet="None in the catalog yet.",
    summary="Summary",
    more="more",
    open_page="Open the page",
    skip_list="to the list",
)

ZH = Strings(
    language="中文",
    list_separator="、",
    home="首页",
    tagline="开源的 GPT 替代模型，每条事实都有出处",
    home_lede=(
        "开源大模型及其数据、评测与许可证的目录。每条事实都注明出处；各来源的成绩并列展示，只有可比时才排名；"
        "原综述印错之处公开更正。"
    ),
    home_date="目录日期：{date}",
    use_find="找到可以使用的模型",
    use_find_text="按角色、规模、语言以及许可证（连同基座的许可证）筛选 {count} 个检查点。",
    use_trust="弄清哪个数字可信",
    use_trust_text="{count} 条公开成绩，按评测协议排列，给出题数与区间；来源不一致时说明原因。",
    use_learn="了解模型由什么构成",
    use_learn_text="{count} 个模型系列的基座、训练数据与许可证，每条事实都有来源。",
    questions="它能回答的问题",
    numbers="目录内容",
    evidence_share="的事实有已核实的证据（共 {total} 条）",
    models="模型",
    models_lede="全部检查点，以及把基座的许可证一并计入后许可证允许什么。",
    model="模型",
    role="角色",
    size="规模",
    context="上下文",
    commercial="商业使用",
    license_="许可证",
    languages="语言",
    released="发布日期",
    score="成绩",
    score_of="显示的成绩",
    no_score_column="不显示成绩",
    domain="领域",
    search_models="搜索名称、机构、仓库",
    filters="筛选",
    clear="全部清除",
    any_="不限",
    sort_by="排序",
    descending="从高到低",
    ascending="从低到高",
    shown_of="{shown} / {total} 个检查点",
    show_all="显示全部 {count} 个",
    nothing_found="没有检查点满足全部条件，请去掉一个。",
    ignored_state="网址中的某些条件在此不存在，已忽略：{what}",
    loading_failed="列表未能加载。",
    no_script="排序和筛选需要 JavaScript。下面是列表的一部分；每个模型系列都有自己的页面。",
    families="模型系列",
    commercial_any="可以或有条件",
    download="下载",
    superseded="已有后继",
    superseded_by="后继",
    made_by="机构",
    also_called="又名",
    links="链接",
    json="JSON",
    edit="编辑此条目",
    on_this_page="本页内容",
    may_i_sell="能用它提供收费服务吗？",
    own_license="自身许可证",
    through_base="继承自 {base}",
    conditions="条件",
    which="检查点",
    why="原因",
    answer="商业使用",
    license_says="许可证原文",
    license_unknown="权重的许可证未知",
    license_undisclosed="未公布权重的许可证",
    base_unknown="来源模型未知",
    base_missing="其基座不在目录中",
    data_license="数据的许可证",
    use_note="许可证随权重延续到由它制成的模型：答案取基座链上最严格的一个。这是对许可证的解读，不是法律意见。",
    made_of="由什么构成",
    bases="基座",
    builds_on="它所依据的模型",
    amount="训练量",
    all_of_them="全部 {count} 个",
    from_scratch="从头训练",
    training_data="训练数据",
    components="组成部件",
    tokens_seen="训练词元数",
    samples="样本数",
    built_on_it="以它为基础的模型",
    nothing_built="目录中没有以它为基础的模型。",
    family_tree="谱系",
    checkpoints="检查点",
    checkpoint="检查点",
    parameters="参数量",
    shared_facts="{count} 个检查点相同的事实",
    own_facts="{name} 的事实",
    roles="角色",
    weights_at="权重",
    note="说明",
    scores="公开成绩",
    scores_lede="每个来源一列。同一表格中的成绩遵循同一评测协议，可以比较；带删除线的数值作为证据保留，但不参与排名，原因见表下。",
    no_scores="目录中没有它的公开成绩。",
    protocol="评测协议",
    value="数值",
    interval="95% 区间",
    source="来源",
    sources="来源",
    not_ranked="不参与排名",
    not_comparable="不可比较",
    not_comparable_note="协议的一部分未知：{parts}。",
    reason_defect="已知缺陷：{name}",
    reason_flag="{flag}",
    reason_part="协议的“{part}”未知",
    reason_unstated="来源未说明是哪个检查点",
    version_unstated="未注明评测程序版本",
    version="评测程序版本 {version}",
    shots="{count} 样例",
    shots_unknown="样例数未知",
    why_differ="这些数字为何不同？",
    why_differ_text="{name} 在 {benchmark} 上既有 {low} 也有 {high}。两者的评测方式不同，不能比较：{parts}。",
    disagreements="来源不一致之处",
    disagreements_lede="同一检查点在同一评测协议下、相差超过两倍差值标准误的数值。",
    open_conflict="未解释",
    explained="已解释",
    points_apart="相差 {points} 个百分点（{errors} 倍标准误）",
    cause="原因",
    cause_unknown="原因未知。",
    cause_defect="{source} 受一个已知缺陷影响：{name}。",
    cause_flag="{source}：{flag}。",
    cause_revision="{source} 针对的是另一版权重（版本 {revision}）。",
    defects="已知缺陷",
    corrections="对综述的更正",
    corrections_lede="综述印了什么、正确的是什么，并附证据。印刷原文保持不变。",
    corrections_count="{count} 处更正",
    column="列",
    printed="印作",
    correct_is="正确内容",
    printed_row="综述中的一行",
    printed_row_note="逐字引自：{place}。",
    no_corrections="就目录所知，综述关于它的内容没有错误。",
    measured="公开的显存与速度数据",
    measured_lede="数据取自各来源；目录本身没有测量。",
    metric="项目",
    engine="引擎",
    precision="精度",
    hardware="硬件",
    statements="来源怎么说",
    evidence="证据",
    evidence_lede="本页事实的出处。正文中的小号数字指向这里。",
    from_memory="凭记忆",
    survey_only="仅见于综述",
    seen_on="查看于 {date}",
    facts="事实",
    benchmarks="评测基准",
    benchmarks_lede="各基准测什么、规模多大、随机水平是多少，以及按评测协议排列的公开成绩。",
    task="任务",
    items="题数",
    chance="随机水平",
    example="同类题目（由我们改写）",
    part_of="属于",
    parts="组成部分",
    ranking="排名",
    ranking_lede="同一评测协议下的检查点。名次为区间表示与相邻者的差距在两倍标准误以内。",
    headline="主协议",
    rank="名次",
    tied="并列",
    others_say="另有 {values}",
    ranking_empty="此协议下没有可排名的成绩。",
    protocols="评测协议",
    other_protocols="其他协议",
    apart="未排名的成绩及原因",
    apart_lede="这些成绩已公开，但不能参与排名。",
    harness="评测程序",
    datasets="数据集",
    datasets_lede="模型的训练数据：语料、指令、对齐与领域数据集。",
    kind="类型",
    trained_on_it="用它训练的模型",
    nobody_trained="目录中没有检查点注明使用它。",
    derived_from_it="由它派生",
    quality="质量",
    tools="工具",
    tools_lede="训练、部署、加速与评测模型的软件。",
    techniques="技术",
    techniques_lede="方法：量化、参数高效微调、数据与对齐。",
    applications="应用",
    applications_lede="基于大语言模型的产品。",
    category="类别",
    status="状态",
    licenses="许可证",
    licenses_lede="各许可证允许什么，以及作为依据的原文。",
    modify="修改",
    redistribute="再分发",
    under_it="采用它的检查点",
    also_under_it="采用它的数据与工具",
    inherits="因基座而受其约束",
    quotation="原文",
    sources_lede="事实与成绩的全部出处。",
    cited_by="被引用于",
    scores_from="取自它的成绩",
    published="发表日期",
    commit="提交",
    untranslated="仅有英文",
    about="关于数据",
    about_lede="目录如何制作、多少内容有证据支持、如何获取。",
    coverage_counts="内容",
    coverage_facts="事实与证据",
    coverage_languages="各语言的检查点",
    coverage_texts="翻译",
    total="合计",
    confirmed="已核实",
    without_evidence="无证据",
    share="已核实比例",
    count="数量",
    texts_translated="{total} 条文本中 {share}% 有中文。",
    all_translated="所有文本均有中英两种语言。",
    missing_texts="缺少中文的文本",
    tools_group="工具与方法",
    trust_group="数据与可信度",
    scroll_cue="表格比屏幕宽，可左右滑动。",
    claims_of="{count} 条成绩",
    none_yet="目录中暂无。",
    summary="简介",
    more="更多",
    open_page="打开页面",
    skip_list="跳到列表",
)


def strings(language: Language) -> Strings:
    """The texts of the site in ``language``."""
    return ZH if language == "zh" else EN
