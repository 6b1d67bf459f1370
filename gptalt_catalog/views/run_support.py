"""Which programs run which networks, as their own lists of architectures say.

Pages show a command for a program only where its list names the checkpoint's architecture. Each list names the
source that it was read in; only architectures that the catalog has are kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gptalt_catalog.domain.family import Shape

Program = Literal["transformers", "vLLM", "llama.cpp"]


@dataclass(frozen=True)
class Support:
    """The architectures that a program reads, and where that was read (``source`` is an id)."""

    source: str
    locator: str
    architectures: frozenset[str]

    def covers(self, shape: Shape | None) -> bool:
        """Whether the program's list names the network's architecture."""
        if shape is None or shape.positions == "rotary-2d":  # ChatGLM-6B: other network under ChatGLM2's name
            return False
        return shape.architecture in self.architectures


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VLLM = Support(
    source="vllm-project-vllm-0002bff",
    locator="vllm/model_executor/models/registry.py",
    architectures=_names(
        """
        BaiChuanForCausalLM BaichuanForCausalLM BloomForCausalLM ChatGLMForConditionalGeneration ChatGLMModel
        Cohere2ForCausalLM CohereForCausalLM DeepseekForCausalLM DeepseekV2ForCausalLM DeepseekV32ForCausalLM
        DeepseekV3ForCausalLM FalconForCausalLM GPTJForCausalLM GPTNeoXForCausalLM Gemma2ForCausalLM
        Gemma3ForCausalLM Gemma3ForConditionalGeneration GemmaForCausalLM Glm4ForCausalLM Glm4MoeForCausalLM
        Glm4vForConditionalGeneration GlmForCausalLM GptOssForCausalLM GraniteForCausalLM GraniteMoeForCausalLM
        GraniteMoeHybridForCausalLM Idefics3ForConditionalGeneration InternLM2ForCausalLM InternLM3ForCausalLM
        InternLMForCausalLM InternVLForConditionalGeneration Llama4ForConditionalGeneration LlamaForCausalLM
        LlavaForConditionalGeneration LlavaNextForConditionalGeneration MambaForCausalLM MiniCPM3ForCausalLM
        MiniCPMForCausalLM Mistral3ForConditionalGeneration MistralForCausalLM MixtralForCausalLM MptForCausalLM
        NemotronHForCausalLM OPTForCausalLM Olmo2ForCausalLM Olmo3ForCausalLM OlmoForCausalLM OlmoeForCausalLM
        Phi3ForCausalLM PhiForCausalLM QWenLMHeadModel Qwen2ForCausalLM Qwen2MoeForCausalLM
        Qwen2VLForConditionalGeneration Qwen2_5_VLForConditionalGeneration Qwen3ForCausalLM Qwen3MoeForCausalLM
        Qwen3NextForCausalLM Qwen3VLForConditionalGeneration Qwen3VLMoeForConditionalGeneration SmolLM3ForCausalLM
        StableLmForCausalLM XverseForCausalLM
        """
    ),
)

LLAMA_CPP = Support(
    source="ggml-org-llama.cpp-00bdaa1",
    locator="conversion/__init__.py, TEXT_MODEL_MAP",
    architectures=_names(
        """
        BaiChuanForCausalLM BaichuanForCausalLM BloomForCausalLM ChatGLMForConditionalGeneration ChatGLMModel
        Cohere2ForCausalLM CohereForCausalLM DeepseekForCausalLM DeepseekV2ForCausalLM DeepseekV32ForCausalLM
        DeepseekV3ForCausalLM FalconForCausalLM GPTNeoXForCausalLM Gemma2ForCausalLM Gemma3ForCausalLM
        Gemma3ForConditionalGeneration Gemma4ForConditionalGeneration GemmaForCausalLM Glm4ForCausalLM
        Glm4MoeForCausalLM Glm4MoeLiteForCausalLM Glm4vForConditionalGeneration GlmForCausalLM
        GlmMoeDsaForCausalLM GptOssForCausalLM GraniteForCausalLM GraniteMoeForCausalLM GraniteMoeHybridForCausalLM
        InternLM2ForCausalLM InternLM3ForCausalLM Llama4ForConditionalGeneration LlamaForCausalLM
        LlavaForConditionalGeneration MT5ForConditionalGeneration MambaForCausalLM MiniCPM3ForCausalLM
        MiniCPMForCausalLM Mistral3ForConditionalGeneration MistralForCausalLM MixtralForCausalLM
        NemotronHForCausalLM Olmo2ForCausalLM Olmo3ForCausalLM OlmoForCausalLM OlmoeForCausalLM Phi3ForCausalLM
        PhiForCausalLM QWenLMHeadModel Qwen2ForCausalLM Qwen2MoeForCausalLM Qwen2VLForConditionalGeneration
        Qwen2_5_VLForConditionalGeneration Qwen3ForCausalLM Qwen3MoeForCausalLM Qwen3NextForCausalLM
        Qwen3VLForConditionalGeneration Qwen3VLMoeForConditionalGeneration Qwen3_5ForConditionalGeneration
        Qwen3_5MoeForConditionalGeneration SmolLM3ForCausalLM StableLmForCausalLM T5ForConditionalGeneration
        XverseForCausalLM
        """
    ),
)

SUPPORT: dict[Program, Support] = {"vLLM": VLLM, "llama.cpp": LLAMA_CPP}
"""transformers is not here: a checkpoint's own ``weights.loader``, with its evidence, says whether it loads."""
