"""Texts of the pages on scientific and multimodal models and on the human evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from gptalt_catalog.views.words import Language


@dataclass(frozen=True)
class FieldStrings:
    """All texts of these pages in one language."""

    scientific: str
    scientific_lede: str
    multimodal: str
    multimodal_lede: str
    models: str
    model: str
    released: str
    size: str
    made_from: str
    language_model: str
    vision: str
    vision_parameters: str
    trained_on: str
    commercial: str
    weights_closed: str
    scores: str
    from_scratch: str
    not_known: str
    benchmarks: str
    benchmarks_lede: str
    benchmark: str
    items: str
    chance: str
    ranked_of: str
    no_scores: str
    datasets: str
    survey_says: str
    survey_says_lede: str
    empty_slot: str
    empty_slots: str
    empty_slots_lede: str
    # human evaluation
    human: str
    human_lede: str
    setup: str
    ranking: str
    ranking_lede: str
    rank: str
    elo: str
    how_known: str
    printed: str
    derived: str
    empty: str
    close_together: str
    not_named: str
    checks: str
    checks_lede: str
    quantity: str
    value: str
    source_words: str
    note: str
    formula: str
    filter_label: str
    filter_any: str
    filter_found: str
    filter_none: str


EN = FieldStrings(
    scientific="Scientific models",
    scientific_lede=(
        "Models made for science: what they build on, what they were trained on, and the tests of their field."
    ),
    multimodal="Multimodal models",
    multimodal_lede=(
        "Models that look at pictures: the language model inside, the image encoder in front of it, and the data "
        "that joined the two."
    ),
    models="Models",
    model="Model",
    released="Released",
    size="Size",
    made_from="Made from",
    language_model="Language model inside",
    vision="Image encoder",
    vision_parameters="{count} parameters",
    trained_on="Trained on",
    commercial="Commercial use",
    weights_closed="weights not published",
    scores="Scores",
    from_scratch="no other family",
    not_known="not known",
    benchmarks="Tests of the field",
    benchmarks_lede="Scores stand on each benchmark's page; ranked are those of one protocol without an unknown part.",
    benchmark="Benchmark",
    items="Items",
    chance="Chance",
    ranked_of="{ranked} of {scores} ranked",
    no_scores="no published scores",
    datasets="Training data of these models",
    survey_says="What the survey found",
    survey_says_lede="Statements of the article on the survey, with its own words.",
    empty_slot="empty slot",
    empty_slots="Numbers that exist and could not be obtained",
    empty_slots_lede=(
        "The article shows these as pictures. Each is a typed slot of the catalog that waits for its numbers; none is "
        "guessed."
    ),
    human="Human evaluation",
    human_lede=(
        "In 2023 the survey let people compare the answers of 16 models in pairs. Here is what was published of it, "
        "and what was not."
    ),
    setup="How it was done",
    ranking="The ranking, as far as it was printed",
    ranking_lede=(
        "Sixteen places. A filled place has a printed name or number; an empty one is known to exist and was not "
        "printed as text."
    ),
    rank="Place",
    elo="Elo",
    how_known="How it is known",
    printed="printed",
    derived="derived: first place less the printed gap",
    empty="not printed",
    close_together="one of places {first} to {last}, which lie very close together",
    not_named="not named in the text",
    checks="Does it hold together?",
    checks_lede=("The article's own figures on how well Elo describes the votes, beside what the Elo formula gives."),
    quantity="What",
    value="Printed",
    source_words="In the article's words",
    note="Note",
    formula="The Elo formula gives a win rate of {rate} % for a difference of {gap} points.",
    filter_label="Filter by name, maker, data",
    filter_any="any",
    filter_found="{shown} of {total}",
    filter_none="Nothing passes the filter.",
)

ZH = FieldStrings(
    scientific="科学模型",
    scientific_lede="面向科学研究的模型：以什么为基座、用什么训练，以及本领域的评测。",
    multimodal="多模态模型",
    multimodal_lede="能看图的模型：其中的语言模型、前端的图像编码器，以及把两者连接起来的数据。",
    models="模型",
    model="模型",
    released="发布日期",
    size="规模",
    made_from="来自",
    language_model="所含语言模型",
    vision="图像部分",
    vision_parameters="{count} 参数",
    trained_on="训练数据",
    commercial="商业使用",
    weights_closed="未公布权重",
    scores="成绩",
    from_scratch="不基于其他系列",
    not_known="不详",
    benchmarks="本领域的评测",
    benchmarks_lede="成绩在各基准的页面上；参与排名的是同一协议且各部分均已知的成绩。",
    benchmark="评测基准",
    items="题数",
    chance="随机水平",
    ranked_of="{scores} 条中 {ranked} 条参与排名",
    no_scores="没有公开成绩",
    datasets="这些模型的训练数据",
    survey_says="综述的发现",
    survey_says_lede="关于综述的报道中的论述，附原文。",
    empty_slot="空缺",
    empty_slots="存在但未能取得的数字",
    empty_slots_lede="报道以图片给出这些数字。每一项在目录中都是有类型的空缺，等待填入；没有一个是猜测。",
    human="人工评测",
    human_lede="2023 年，综述请人两两比较 16 个模型的回答。这里列出已公布的内容，以及未公布的部分。",
    setup="评测方式",
    ranking="名次（以已公布者为限）",
    ranking_lede="共十六个名次。有名称或分数的为文中印出者；空缺的名次确实存在，但没有以文字印出。",
    rank="名次",
    elo="Elo",
    how_known="依据",
    printed="原文印出",
    derived="推算：第一名减去文中分差",
    empty="未印出",
    close_together="第 {first} 至 {last} 名之一，彼此非常接近",
    not_named="文中未写明",
    checks="能否自洽？",
    checks_lede="报道给出的 Elo 与实际投票的吻合程度，以及 Elo 公式的结果。",
    quantity="内容",
    value="印出的值",
    source_words="原文",
    note="说明",
    formula="按 Elo 公式，相差 {gap} 分对应的胜率为 {rate}%。",
    filter_label="按名称、机构、数据筛选",
    filter_any="不限",
    filter_found="{shown} / {total}",
    filter_none="没有符合条件的内容。",
)


def field_strings(language: Language) -> FieldStrings:
    """The texts in ``language``."""
    return ZH if language == "zh" else EN
