"""What a question is about goes before how it is put: the principles of `chat.reads.subjects`, in wordings of their own."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to

FIRST = [
    # stages side by side, an offload and the machine's memory: whatever is asked of them
    ("zero_offload", "Qwen3-8B full on 4x A100 80GB: ZeRO-2 or ZeRO-3, how much per GPU with each?"),
    ("zero_offload", "全参Llama-3.1-8B 8卡A100，zero1、zero2、zero3每卡各要多少显存，选哪个"),
    ("zero_offload", "full FT of Qwen2.5-14B on one H100 with ZeRO-3 offload, 256GB of RAM, can I?"),
    ("zero_offload", "4张4090全参Qwen2.5-7B，zero3 offload，机器内存128G，加载时被killed"),
    ("method_diff", "does zero3 offload lose precision against zero2? pros and cons"),
    # cards that differ, or of which one is full; ranks that do not divide the heads
    ("multi_gpu_split", "3090 + 3060 12GB, llama.cpp, Qwen2.5-32B Q4_K_M: out of memory although 36 GB is plenty"),
    ("multi_gpu_split", "4090加一张3060 12G，vllm跑Qwen2.5-32B awq，总共36G怎么还OOM"),
    ("multi_gpu_split", "Qwen2.5-14B on 3x 4090 with tensor parallel size 3, why does it not start?"),
    ("oom_diagnosis", "2x 3090, Qwen2.5-32B AWQ in vLLM: out of memory, why?"),
    # what is concluded from the active parameters, and what only mentions them
    ("moe", "Qwen3-30B-A3B has only 3B active, so it should fit my 8GB card, right? why does it crash"),
    ("moe", "Mixtral-8x7B激活才13B，是不是24G显存就能跑fp16"),
    ("fits", "Will GLM-4.5-Air Q4_K_M run on a 64GB Mac? 12B are active"),
    # or else: the second follows from a no
    ("fits", "Can Qwen3-14B run in bf16 on an A10, or do I have to use AWQ?"),
    ("fits", "单张4090能lora微调Qwen2.5-14B吗，还是得上qlora"),
    ("which_method", "Qwen2.5-14B on one 4090: LoRA or QLoRA?"),
    # a leak, two amounts; a failure whose cause is asked; whether it should not fit
    ("why_more", "vLLM with a 1B model takes 70GB and a second server dies with out of memory. A leak?"),
    ("why_more", "7B模型加载占了26G，不是说半精度只要14G吗"),
    ("oom_diagnosis", "Llama-3.1-8B LoRA, training fine but evaluation OOMs. Should evaluation not take less memory?"),
    ("fits", "Qwen3-14B LoRA in bf16 dies at once on my 3090. 14B is less than 24, shouldn't it fit?"),
    # one of several files, a table that is quoted, formats of a cache, kinds of optimizer, a rule
    ("quant_gguf", "Q4_K_M, Q5_K_M or Q6_K of Qwen3-14B for a 16GB 4060 Ti?"),
    ("quant_gguf", "12G的3060跑Qwen2.5-14B，选哪个gguf量化"),
    ("table_lookup", "LLaMA-Factory's table says 24GB for 30B QLoRA. So will my 3090 do for Qwen3-32B?"),
    ("kv_cache", "llama 3.1 8b at 64k: how many GB does the kv cache take in f16, q8_0 and q4_0?"),
    ("explain_derive", "where does params * 2 * 1.2 come from, is the 20 % the kv cache?"),
    # a difference is of two things
    ("why_more", "Qwen2.5-7B qlora实测17G，不是说只要6G吗，差了快三倍"),
    ("method_diff", "LoRA on Llama-2-13B takes 50GB in litgpt and 20GB in PEFT, what differs?"),
]


@pytest.mark.parametrize(("intent", "question"), FIRST)
def test_the_subject_comes_first(intent, question):
    assert read(question).intents[0] == intent


@pytest.mark.parametrize(
    "question",
    [
        "is 2 gpus enough for finetuning or do i have to rent 4",
        "两张卡够微调吗，还是得租4张",
        "would 8 cards do to train it?",
    ],
)
def test_cards_without_a_model_are_answered_by_the_rule_and_asked_back(question):
    text = answer_to(question)
    assert text.startswith(("That depends", "取决于"))
    assert "DDP" in text
    assert "Llama-3.1-8B" in text
    assert "rice" not in text


@pytest.mark.parametrize(
    ("question", "outside"),
    [
        ("Which one writes better Rust, Qwen3-Coder or Devstral? I have a 4090", True),
        ("Qwen3-32B和DeepSeek-R1蒸馏32B哪个写代码更强", True),
        ("which is better at coding and fits a 24GB card: Qwen3-32B Q4 or Devstral?", False),
        ("which is better for a 24GB card, Qwen3-32B Q4 or Qwen3-14B Q8?", False),
    ],
)
def test_how_good_answers_are_is_another_matter(question, outside):
    assert (read(question).intents[0] == "out_of_scope") is outside


@pytest.mark.parametrize(
    ("question", "scope", "held"),
    [
        ("Which one codes better, Qwen3-14B or Gemma-3-12B? I have a 4090", "no matter of memory", "RTX 4090"),
        ("4090上 qwen3-14b 和 gemma3-12b 哪个写代码更强", "与显存无关", "RTX 4090"),
    ],
)
def test_a_ranking_beside_a_card_is_told_by_what_the_card_holds(question, scope, held):
    text = answer_to(question)
    assert scope in text.split("\n")[0]
    assert held in text
    assert read(question).intents == ("out_of_scope",)


@pytest.mark.parametrize(
    ("question", "concludes"),
    [
        ("Can the inactive experts of Qwen3-30B-A3B sit in system RAM while the rest is on a 12GB card?", True),
        ("For Mixtral only two experts fire per token, so can the other six stay off the GPU?", True),
        ("M3 Ultra 512G能跑Kimi-K2吗？激活才32B，Q4应该绰绰有余吧", True),
        ("Mixtral推理每次只用2个专家，显存能按13B算吗", True),
        ("Does Qwen3-30B-A3B (3B active) fit on a 4090 in 4 bits?", False),
        ("DeepSeek-V3 激活37B，8张H200能跑吗", False),
    ],
)
def test_a_conclusion_from_what_is_active_is_the_subject(question, concludes):
    assert (read(question).intents[0] == "moe") is concludes


@pytest.mark.parametrize(
    ("question", "outside"),
    [
        ("401 Client Error: gated repo meta-llama/Llama-3.1-8B in vllm serve. how do I get approved faster?", True),
        ("huggingface下载llama3显示403没有权限，怎么申请", True),
        ("deepseek api充值了余额一直不到账，应该找谁", True),
        ("my training loss of Llama-3-8B LoRA plateaus at 1.2 on a 4090, what learning rate?", True),
        ("The repo is gated, but does Llama-3.1-8B fit in 16 GB?", False),
        ("显存余额还有 10G，能跑 qwen2.5-7b 4bit 吗", False),
    ],
)
def test_access_bills_and_how_a_training_learns_are_another_matter(question, outside):
    assert (read(question).intents == ("out_of_scope",)) is outside
    if outside:
        assert answer_to(question).startswith(("That is outside", "这超出了"))
