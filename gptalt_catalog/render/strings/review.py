"""Texts of the pages on open problems, news, citing and the data."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class ReviewStrings:
    """All texts of these pages in one language; ``find_…`` are the sentences of findings by their id."""

    problems: str
    problems_lede: str
    what_catalog_shows: str
    what_it_cannot: str
    direction_scale: str
    direction_data: str
    direction_interpretability: str
    direction_safety: str
    direction_instructions: str
    gap_scale: str
    gap_data: str
    gap_interpretability: str
    gap_safety: str
    gap_instructions: str
    find_experts: str
    find_not_attention_alone: str
    find_light_techniques: str
    find_written_by_models: str
    find_data_techniques: str
    find_data_named: str
    find_data_open: str
    find_scores_counted: str
    find_alignment_sets: str
    find_alignment_techniques: str
    find_truthfulness: str
    find_use_restrictions: str
    find_prompt_documented: str
    find_loads_natively: str
    find_license_stated: str
    find_memory_published: str
    reach_title: str
    reach_benchmark: str
    reach_reference: str
    reach_smallest: str
    reach_share: str
    rates_title: str
    rates_year: str
    rates_median: str
    rates_count: str
    # news
    news: str
    news_lede: str
    releases: str
    readings: str
    readings_lede: str
    reading: str
    change_log: str
    change_log_lede: str
    pieces: str
    # cite
    cite: str
    cite_lede: str
    cite_catalog: str
    cite_catalog_note: str
    cite_survey: str
    cite_plain: str
    cite_family: str
    # data
    by_kind_language: str
    texts: str
    in_chinese: str
    share: str
    downloads: str
    downloads_lede: str
    whole_catalog: str
    all_checkpoints: str
    all_claims: str
    one_entry: str
    schemas: str
    schemas_lede: str
    moved: str
    moved_text: str


EN = ReviewStrings(
    problems="Open problems",
    problems_lede=(
        "In 2023 the survey named five directions for the time to come. What the catalog can count on each today, and "
        "what it cannot."
    ),
    what_catalog_shows="What the catalog shows",
    what_it_cannot="What it cannot show",
    direction_scale="Size and performance",
    direction_data="Data",
    direction_interpretability="Interpretability",
    direction_safety="Safety and privacy",
    direction_instructions="Instructions for use",
    gap_scale="How much slower or faster a design runs: published speeds are few and rarely comparable.",
    gap_data="What a token of better data is worth: no source of the catalog varies the data alone.",
    gap_interpretability=(
        "Methods that explain a model's answers: the catalog has no kind of entry for them. It can only count what "
        "such work needs, weights and data in the open."
    ),
    gap_safety="Privacy: no benchmark of the catalog tests it.",
    gap_instructions="Whether instructions are friendly: nobody has measured that.",
    find_experts=(
        "{count} of {total} checkpoints whose shape is known are mixtures of experts: part of the network rests."
    ),
    find_not_attention_alone="{count} of {total} replace attention, wholly or in most layers, by a recurrent state.",
    find_light_techniques="{count} techniques of the catalog make models lighter or their tuning cheaper: {links}",
    find_written_by_models=(
        "{count} of {total} instruction and alignment sets of known making were written by models, wholly or in part."
    ),
    find_data_techniques="{count} techniques of the catalog clean data or make it: {links}",
    find_data_named="{count} of {total} base checkpoints name the data that they were trained on.",
    find_data_open="{count} families have open weights, and all of their training sets are open to download: {links}",
    find_scores_counted=(
        "{count} of {total} published scores come with the number of right answers, so that they can be checked."
    ),
    find_alignment_sets="{count} sets of the catalog serve alignment: {links}",
    find_alignment_techniques="{count} techniques of the catalog serve alignment: {links}",
    find_truthfulness="{count} published scores test truthfulness: {links}",
    find_use_restrictions="{count} of {total} checkpoints come under a license with rules for acceptable use.",
    find_prompt_documented="{count} of {total} instruction and chat checkpoints have a documented prompt format.",
    find_loads_natively="{count} of {total} checkpoints load in standard software without code of their own.",
    find_license_stated="{count} of {total} checkpoints state a license for their weights.",
    find_memory_published="{count} of {total} checkpoints have a published figure of memory or speed.",
    reach_title="What it takes today to score like {name}, the largest LLaMA",
    reach_benchmark="Benchmark",
    reach_reference="Its score",
    reach_smallest="Smallest checkpoint that scores at least that",
    reach_share="Share of its size",
    rates_title="Training tokens per parameter, models trained from scratch",
    rates_year="Year",
    rates_median="Median",
    rates_count="Checkpoints",
    news="What is new",
    news_lede="The latest releases in the catalog, what was read last, and what changed in the project.",
    releases="Latest releases",
    readings="Read last",
    readings_lede="Days on which evidence was read in its source.",
    reading="{pieces} pieces of evidence in {entries} entries",
    change_log="Changes of the project",
    change_log_lede="From the change log, which is kept in English.",
    pieces="pieces of evidence",
    cite="Cite",
    cite_lede="How to cite the catalog and the survey that it continues.",
    cite_catalog="The catalog",
    cite_catalog_note="Name the date of the catalog: facts change. Data under {license}.",
    cite_survey="The survey",
    cite_plain="As text",
    cite_family="Each model family's page has a BibTeX entry of its own.",
    by_kind_language="Coverage by kind and language",
    texts="Texts",
    in_chinese="In Chinese",
    share="Share",
    downloads="Downloads",
    downloads_lede="Everything on this site comes from these files. They may be used under {license}.",
    whole_catalog="the whole catalog, every entry as its file has it",
    all_checkpoints="one row a checkpoint",
    all_claims="one row a published score",
    one_entry="every entry's page links to its own JSON",
    schemas="JSON Schemas",
    schemas_lede="The form of each kind of file; editors use them to complete and to check.",
    moved="{name} has moved",
    moved_text="This entry has a new address: {link}",
)

ZH = ReviewStrings(
    problems="开放问题",
    problems_lede="2023 年，综述提出了五个发展方向。这里列出目录今天在每个方向上能统计什么，以及不能统计什么。",
    what_catalog_shows="目录所示",
    what_it_cannot="目录不能显示的",
    direction_scale="规模与性能",
    direction_data="数据",
    direction_interpretability="可解释性",
    direction_safety="安全与隐私",
    direction_instructions="使用说明",
    gap_scale="某种结构运行快多少或慢多少：公布的速度很少，且很少可比。",
    gap_data="更好的数据值多少：目录的来源中没有只改变数据的实验。",
    gap_interpretability="解释模型回答的方法：目录没有这一类条目，只能统计此类研究所需的前提，即公开的权重与数据。",
    gap_safety="隐私：目录中没有基准测试隐私。",
    gap_instructions="说明是否友好：没有人测量过。",
    find_experts="在结构已知的 {total} 个检查点中，{count} 个为混合专家结构：每次只有一部分网络工作。",
    find_not_attention_alone="{total} 个中有 {count} 个全部或大部分层用循环状态代替注意力。",
    find_light_techniques="目录中有 {count} 项技术使模型更轻或微调更省：{links}",
    find_written_by_models="在制作方式已知的 {total} 个指令与对齐数据集中，{count} 个全部或部分由模型撰写。",
    find_data_techniques="目录中有 {count} 项技术用于清洗或合成数据：{links}",
    find_data_named="{total} 个基础检查点中，{count} 个说明了训练所用的数据。",
    find_data_open="{count} 个系列的权重公开，且全部训练数据均可下载：{links}",
    find_scores_counted="{total} 条公开成绩中，{count} 条附有答对题数，因而可以核对。",
    find_alignment_sets="目录中有 {count} 个数据集用于对齐：{links}",
    find_alignment_techniques="目录中有 {count} 项技术用于对齐：{links}",
    find_truthfulness="{count} 条公开成绩测试真实性：{links}",
    find_use_restrictions="{total} 个检查点中，{count} 个的许可证带有使用规范。",
    find_prompt_documented="{total} 个指令与对话检查点中，{count} 个有成文的提示格式。",
    find_loads_natively="{total} 个检查点中，{count} 个无需自带代码即可在通用软件中加载。",
    find_license_stated="{total} 个检查点中，{count} 个写明了权重的许可证。",
    find_memory_published="{total} 个检查点中，{count} 个有公布的显存或速度数据。",
    reach_title="今天要达到最大的 LLaMA（{name}）的成绩需要什么",
    reach_benchmark="评测基准",
    reach_reference="其成绩",
    reach_smallest="成绩不低于它的最小检查点",
    reach_share="相当于其规模",
    rates_title="从头训练的模型：每个参数的训练词元数",
    rates_year="年份",
    rates_median="中位数",
    rates_count="检查点数",
    news="最新动态",
    news_lede="目录中最新的发布、最近核对的来源，以及项目的变更。",
    releases="最新发布",
    readings="最近核对",
    readings_lede="在来源中核对证据的日期。",
    reading="{entries} 个条目中的 {pieces} 条证据",
    change_log="项目变更",
    change_log_lede="来自变更日志，日志以英文记录。",
    pieces="条证据",
    cite="引用",
    cite_lede="如何引用本目录及其所延续的综述。",
    cite_catalog="本目录",
    cite_catalog_note="请注明目录日期，因为事实会变。数据采用 {license}。",
    cite_survey="综述",
    cite_plain="文字形式",
    cite_family="每个模型系列的页面都有各自的 BibTeX 条目。",
    by_kind_language="各类条目与语言的覆盖",
    texts="文字",
    in_chinese="有中文",
    share="比例",
    downloads="下载",
    downloads_lede="本站的一切都来自这些文件，可按 {license} 使用。",
    whole_catalog="整个目录，每个条目与其文件一致",
    all_checkpoints="每行一个检查点",
    all_claims="每行一条公开成绩",
    one_entry="每个条目的页面都链接到自己的 JSON",
    schemas="JSON Schema",
    schemas_lede="各类文件的格式；编辑器用它补全和检查。",
    moved="{name} 已移动",
    moved_text="此条目有了新地址：{link}",
)


def review_strings(language: Language) -> ReviewStrings:
    """The texts in ``language``."""
    return ZH if language == "zh" else EN
