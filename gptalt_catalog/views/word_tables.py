"""Labels of fields and words for values of closed lists, in the languages of the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True)
class Word:
    """One term in all languages."""

    en: str
    zh: str

    def in_(self, language: Language) -> str:
        """The term in ``language``."""
        return self.zh if language == "zh" else self.en


def words_table(table: str) -> dict[str, Word]:
    """Parse lines of ``key | English | Chinese``."""
    rows = (line.split("|") for line in table.strip().splitlines())
    return {key.strip(): Word(en.strip(), zh.strip()) for key, en, zh in rows}


FIELDS = words_table("""
release.date | Released | 发布日期
release.kind | Kind of date | 日期含义
release.events | Later events | 后续事件
announced.date | Announced | 公布日期
announced.kind | Kind of date | 日期含义
announced.events | Later events | 后续事件
openness.weights | Weights | 权重
hub.host | Host | 托管平台
hub.repository | Repository | 仓库
hub.url | Address | 网址
hub.revision | Revision | 版本
hub.file | File | 文件
hub.access | Access | 获取方式
hub.moved_to | Moved to | 已迁至
hub.publisher | Published by | 发布者
parameters.total | Parameters | 参数量
parameters.active | Active parameters | 激活参数量
parameters.vision | Vision parameters | 视觉部分参数量
parameters.label | Size in the name | 名称中的规模
shape.architecture | Architecture | 架构
shape.design | Design | 结构类型
shape.layers | Layers | 层数
shape.encoder_layers | Encoder layers | 编码器层数
shape.hidden | Hidden size | 隐藏维度
shape.heads | Attention heads | 注意力头数
shape.kv_heads | KV heads | KV 头数
shape.head_dim | Head size | 每头维度
shape.ffn | Feed-forward size | 前馈层维度
shape.gated_ffn | Gated feed-forward | 门控前馈层
shape.experts | Experts | 专家数
shape.experts_active | Active experts | 激活专家数
shape.expert_ffn | Feed-forward size of an expert | 单个专家的前馈层维度
shape.shared_ffn | Feed-forward size of shared experts | 共享专家的前馈层维度
shape.dense_layers | Layers without experts | 无专家的层数
shape.kv_rank | Width of compressed keys and values | 压缩键值的维度
shape.rope_dim | Rotary part of compressed keys | 压缩键的旋转部分维度
shape.attention_layers | Layers with attention | 含注意力的层数
shape.vocabulary | Vocabulary (embedding rows) | 词表（嵌入行数）
shape.context | Context (tokens) | 上下文长度（词元）
shape.embedding_width | Embedding width | 嵌入维度
shape.global_layers | Layers that see all | 全局注意力层数
shape.sliding_window | Sliding window (tokens) | 滑动窗口（词元）
shape.positions | Positions | 位置编码
shape.tied_embeddings | Tied embeddings | 输入输出嵌入共享
weights.form | Form | 形式
weights.loader | Loaded by | 加载方式
weights.files | Files | 文件格式
weights.dtype | Data type | 数据类型
weights.runtime | Needs | 运行依赖
weights.file_hashes | Files vouched for | 经核对的文件
lineage.bases | Base | 基座
lineage.own_base | Base from the same maker | 同一机构的基座
lineage.components | Components | 组成部件
license.code | Code | 代码
license.weights | Weights | 权重
license.data | Data | 数据
license.history | Earlier licenses | 历史许可证
languages.trained | Trained on | 训练语言
languages.evaluated | Evaluated in | 评测语言
languages.claimed | Claimed | 声称支持
languages.count | Number of languages | 语言数量
training.datasets | Datasets | 数据集
training.tokens_seen | Tokens seen in training | 训练词元数
training.samples | Samples | 样本数
prompt.template | Template | 模板
prompt.system | System text | 系统提示
size.tokens | Tokens | 词元
size.bytes | Bytes | 字节
size.samples | Samples | 样本
size.documents | Documents | 文档
origin.organizations | Made by | 制作机构
origin.released | Released | 发布日期
origin.made_by | Written by | 编写方式
origin.derived_from | Derived from | 派生自
rights.license | License | 许可证
rights.access | Access | 获取方式
coverage.languages | Languages | 语言
coverage.count | Number of languages | 语言数量
items.splits | Splits | 划分
items.choices | Choices | 选项数
items.chance | Chance level | 随机水平
project.organizations | Kept by | 维护机构
project.repository | Repository | 仓库
project.license | License | 许可证
project.status | Status | 状态
project.checked | Status checked | 状态核对日期
publication.title | Title | 题目
publication.released | Published | 发表日期
service.organizations | Offered by | 提供机构
service.backbone | Model behind it | 背后模型
service.status | Status | 状态
service.checked | Status checked | 状态核对日期
terms.commercial | Commercial use | 商业使用
terms.conditions | Conditions | 条件
terms.modify | Modify | 修改
terms.redistribute | Pass on | 再分发
survey.name | Name | 名称
survey.params | #Param | 参数量
survey.backbone | Backbone | 基座
survey.release_date | Release date | 发布日期
survey.training_data_source | Training data source | 训练数据来源
survey.training_data_size | Training data size | 训练数据规模
survey.link | Link | 链接
survey.figure | Figure of the model evolution | 模型演化图
survey.list | List of models | 模型列表
survey.category | Category | 类别
survey.use | Use | 用途
survey.by | By | 机构
""")
"""Labels of the fields of fact blocks, by ``block.field``."""

VALUES = words_table("""
unknown | not known | 未知
undisclosed | not disclosed | 未公开
unpublished | pretrained by its maker, never published | 由其自行预训练，从未公开
not-listed | pretrained by its maker, no entry here | 由其自行预训练，本目录未收录
yes | yes | 可以
no | no | 不可
conditional | under conditions | 有条件
unclear | unclear | 不明确
true | yes | 是
false | no | 否
confirmed | confirmed | 已核实
survey-only | the survey only | 仅见于综述
from-memory | from memory | 凭记忆
weights | weights | 权重
paper | paper | 论文
announced | announcement | 公布
code | code | 代码
huggingface | Hugging Face | Hugging Face
github | GitHub | GitHub
modelscope | ModelScope | 魔搭 ModelScope
website | web site | 网站
none | none | 无
open | open | 开放
gated | open after agreeing to terms | 同意条款后开放
by-request | on request | 需申请
withdrawn | withdrawn | 已下架
moved | moved | 已迁移
closed | closed | 不开放
unreleased | never released | 从未发布
official | the makers | 官方
community-copy | a community copy | 社区副本
port | a port | 移植版
decoder | decoder | 解码器
prefix-decoder | prefix decoder | 前缀解码器
encoder-decoder | encoder and decoder | 编码器–解码器
recurrent | recurrent | 循环结构
rotary | rotary | 旋转位置编码
rotary-2d | rotary, two-dimensional | 二维旋转位置编码
learned | learned | 可学习
alibi | ALiBi | ALiBi
relative | relative | 相对位置
full | complete weights | 完整权重
delta | difference to the base | 与基座的差值
adapter | adapter for the base | 适配器
quantized | quantized | 量化权重
encrypted | encrypted | 加密
component | component | 部件
native | Transformers | Transformers 原生支持
native-after-recovery | Transformers, after merging with the base | 与基座合并后由 Transformers 加载
remote-code | code from its repository | 需运行仓库自带代码
own-code | its own code | 需用自带代码
safetensors | safetensors | safetensors
pytorch-bin | PyTorch | PyTorch
pth | pth | pth
gguf | GGUF | GGUF
fine-tuned | fine-tuned from | 微调自
continued | trained further from | 继续训练自
delta-of | difference to | 差值基于
adapter-of | adapter for | 适配器基于
encrypted-with | needs for decryption | 解密需要
relation:component | contains | 包含
converted-from | converted from | 转换自
quantized-from | quantized from | 量化自
base | base | 基座
instruct | instruct | 指令
chat | chat | 对话
multimodal | multimodal | 多模态
scientific | scientific | 科学
language | language | 语言
pretraining | pretraining | 预训练
instruction | instruction | 指令
alignment | alignment | 对齐
domain | domain | 领域
people | people | 人工
model | a model | 模型生成
people-and-model | people and a model | 人机合作
crawl | crawled | 网络抓取
mixed | mixed | 混合
acc | accuracy | 准确率
acc_norm | accuracy, length-normalized | 长度归一化准确率
exact_match | exact match | 精确匹配
f1 | F1 | F1
mc1 | MC1 | MC1
mc2 | MC2 | MC2
acc_macro57 | accuracy, mean of 57 subjects | 57 科平均准确率
acc_micro57 | accuracy over all items of 57 subjects | 57 科全部题目准确率
perplexity | perplexity | 困惑度
standard | plain prompt | 普通提示
system-instruction | system instruction | 系统指令
chat-template | chat template | 对话模板
chain-of-thought | chain of thought | 思维链
prompt:fine-tuned | fine-tuned on the training split | 在训练集上微调
loglikelihood | log-likelihood | 对数似然
generation | generation | 生成
lm-eval | lm-evaluation-harness | lm-evaluation-harness
opencompass | OpenCompass | OpenCompass
helm | HELM | HELM
ceval-official | C-Eval's own script | C-Eval 官方脚本
cmmlu-official | CMMLU's own script | CMMLU 官方脚本
hendrycks-test | hendrycks/test | hendrycks/test
instruct-eval | instruct-eval | instruct-eval
lmflow | LMFlow | LMFlow
llava-eval | LLaVA's evaluation | LLaVA 评测脚本
meta-internal | Meta's internal library | Meta 内部评测库
own-script | the authors' own script | 作者自己的脚本
derived | computed from finer published scores | 由更细的公开成绩计算得出
grim-fail | cannot result from a whole number of items | 无法由整数题数得到
requoted | copied from elsewhere by its publisher | 发布者转引自他处
starred-in-source | starred in the source | 来源中带星号
wrong-name-in-source | the source names the wrong model | 来源写错模型名
below-chance | below chance level | 低于随机水平
rounded-in-source | rounded in the source | 来源已取整
suspect-zero | suspicious zero | 可疑的零分
publisher-outlier | far from everybody else's values | 与其他来源相差悬殊
deployment | deployment | 部署
acceleration | acceleration | 加速
reproduction | reproduction | 复现
framework | framework | 框架
evaluation | evaluation | 评测
fine-tuning | fine-tuning | 微调
software | software | 软件
quantization | quantization | 量化
parameter-efficient | parameter-efficient tuning | 参数高效微调
data-quality | data quality | 数据质量
data-synthesis | data synthesis | 数据合成
writing | writing | 写作
search | search | 搜索
coding | coding | 编程
language-learning | language learning | 语言学习
research | research | 科研
productivity | productivity | 效率
conversation | conversation | 聊天
custom-ai | custom AI | 定制 AI
active | active | 活跃
archived | archived | 已归档
gone | gone | 已消失
changed | changed | 已变更
attribution | keep the notices | 保留署名与声明
share-alike | share alike | 相同方式共享
registration | registration | 需登记
written-permission | written permission | 需书面许可
user-limit | separate license above a number of users | 用户数超限需另行授权
revenue-royalty | royalty above a revenue | 收入超限需付费
use-restrictions | acceptable-use policy | 有使用限制
naming | the model's name must appear | 须保留模型名称
no-competing-models | not to improve other models | 不得用于改进其他模型
source-disclosure | disclose the source code | 公开源代码
repository | repository | 代码仓库
web-page | web page | 网页
hub-page | model page | 模型页面
package | package | 软件包
article | article | 文章
data-file | data file | 数据文件
data | data | 数据
homepage | home page | 主页
blog | blog | 博客
documentation | documentation | 文档
demo | demo | 演示
leaderboard | leaderboard | 排行榜
measured | measured | 实测
stated | stated | 声明
exact | exact | 精确值
approximate | approximate | 约值
qualitative | in words | 文字论述
empty | could not be obtained | 未能取得
peak-gpu-memory | peak GPU memory | 显存峰值
minimum-gpu-memory | GPU memory needed | 所需显存
load-gpu-memory | GPU memory after loading | 加载后显存
fits-in-gpu-memory | cards it fits in | 可容纳的显存总量
cpu-memory | host memory | 内存
minimum-cpu-memory | host memory needed | 所需内存
file-size | file size | 文件大小
bits-per-weight | bits per weight | 每权重位数
tokens-per-second | speed | 速度
float32 | float32 | float32
float16 | float16 | float16
bfloat16 | bfloat16 | bfloat16
int8 | int8 | int8
fp8 | fp8 | fp8
int4 | int4 | int4
fp4 | fp4 | fp4
""")
"""Values of closed lists, by ``value``, or ``field:value`` where a field needs its own word."""
