"""The catalog's own terms in the languages of the site: names of kinds, blocks, fields and values.

Commands and pages must call a thing by the same word, so the words stand here and not in
templates. Sentences of pages are elsewhere (``render.strings``).
"""

from __future__ import annotations

from gptalt_catalog.views.word_tables import FIELDS, LANGUAGES, VALUES, Language, Word, words_table

__all__ = [
    "FIELDS",
    "LANGUAGES",
    "VALUES",
    "Language",
    "Word",
    "block_label",
    "field_label",
    "kind_label",
    "value_label",
]


KINDS = words_table("""
family | model family | 模型系列
checkpoint | checkpoint | 检查点
dataset | dataset | 数据集
benchmark | benchmark | 评测基准
protocol | protocol | 评测协议
claim | published score | 公开成绩
statement | statement | 论述
measurement | measurement | 实测数据
tool | tool | 工具
technique | technique | 技术
application | application | 应用
license | license | 许可证
source | source | 来源
suite | suite | 评测套件
verification | verification | 复核记录
organization | organization | 机构
language | language | 语言
task | task | 任务
defect | known defect | 已知缺陷
""")
"""Singular names of the kinds of things."""

PLURALS = words_table("""
family | model families | 模型系列
checkpoint | checkpoints | 检查点
dataset | datasets | 数据集
benchmark | benchmarks | 评测基准
protocol | protocols | 评测协议
claim | published scores | 公开成绩
statement | statements | 论述
measurement | memory and speed figures | 显存与速度数据
tool | tools | 工具
technique | techniques | 技术
application | applications | 应用
license | licenses | 许可证
source | sources | 来源
suite | suites | 评测套件
verification | verifications | 复核记录
organization | organizations | 机构
language | languages | 语言
task | tasks | 任务
defect | known defects | 已知缺陷
""")

BLOCKS = words_table("""
announced | Announcement | 发布
release | Release | 发布
openness | Openness | 开放程度
hub | Where the weights are | 权重位置
parameters | Parameters | 参数量
shape | Shape of the network | 网络结构
weights | Weights and loading | 权重与加载
lineage | Made from | 来源模型
license | License | 许可证
languages | Languages | 语言
training | Training data | 训练数据
prompt | Prompt format | 提示格式
size | Size | 规模
origin | Origin | 来历
rights | Rights | 使用权
coverage | Languages | 语言
items | Items | 题目
project | Project | 项目
publication | Publication | 论文
service | Service | 服务
terms | What it allows | 许可内容
""")


def field_label(block: str, field: str, language: Language) -> str:
    """The label of a field of a block; the field's own name if the table lacks it."""
    word = FIELDS.get(f"{block}.{field}")
    return word.in_(language) if word else field.replace("_", " ")


def block_label(block: str, language: Language) -> str:
    """The label of a fact block."""
    word = BLOCKS.get(block)
    return word.in_(language) if word else block


def value_label(value: str, language: Language, field: str = "") -> str:
    """The word for a value of a closed list; the value itself if the table lacks it."""
    word = VALUES.get(f"{field}:{value}") or VALUES.get(value)
    return word.in_(language) if word else value


def kind_label(kind: str, language: Language, *, plural: bool = False) -> str:
    """The name of a kind of entry."""
    word = (PLURALS if plural else KINDS).get(kind)
    return word.in_(language) if word else kind
