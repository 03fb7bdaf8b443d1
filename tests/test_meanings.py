"""What a thing is, asked of no model: said in a sentence, in figures of a usual model, and not taken for a case."""

import pytest

from chat.agent import Assistant
from chat.events import Conversation
from chat.figures.named import Figures
from chat.figures.settings.levers import LEVERS
from chat.reads.concepts.meanings import MEANT
from chat.reads.grammar import read
from chat.remarks.remark import made
from chat.remarks.table import REMARKS
from tests.talking import answer_to


def _meant(question: str) -> list[str]:
    return [cue for cue in read(question).cues if cue.startswith("meaning:")]


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("what is the difference between VRAM and RAM for LLMs", "ram"),
        ("显存和内存的区别", "ram"),
        ("what is ZeRO offload", "offload_optimizer"),
        ("什么是ZeRO-3", "zero"),
        ("explain tensor parallel vs pipeline parallel memory", "tp_pp"),
        ("why does training need more memory than inference", "train_infer"),
        ("为什么训练比推理需要更多显存", "train_infer"),
        ("多卡能不能把显存加起来用", "cards"),
        ("can I use two different GPUs together", "cards"),
        ("how much VRAM per billion parameters", "per_billion"),
        ("how much vram does each user add", "per_user"),
        ("显存带宽影响什么", "bandwidth"),
        ("how to run a model larger than my vram", "larger"),
        ("CPU offload 会慢多少", "offload_speed"),
        ("what does Q4_K_M mean", "format"),
        ("什么是量化，4bit 能省多少显存", "quantisation"),
        ("KV cache 量化是什么", "kv_format"),
        ("what is gradient checkpointing and how much does it save", "checkpointing"),
        ("what is lora?", "lora"),
        ("GGUF是什么", "type:gguf"),
        ("what does fp8 mean", "type:fp8"),
        ("什么是MoE", "moe"),
        ('what does "activations" mean in the breakdown', "term:activations"),
        ("optimizer states是什么", "term:optimizer"),
        ("how accurate are you", "sources"),
        ("数据从哪里来", "sources"),
        ("how does sequence parallelism reduce memory", "seq_parallel"),
        ("what is PagedAttention and does it reduce memory", "paged"),
        ("prefix caching占显存吗", "prefix"),
        ("does CUDA graph use memory in vLLM, how much", "cuda_graph"),
        ("does speculative decoding need more memory", "speculative"),
        ("混合精度训练省显存吗", "amp"),
        ("do longer answers use more VRAM?", "streaming"),
        ("what happens if VRAM is exceeded on Windows", "spills"),
        ("显存不够会怎样", "spills"),
        ("so a 12GB gguf wants 12GB of vram?", "file_size"),
        ("if the model is 13 GB on the hub, is 13 GB of VRAM enough", "file_size"),
        ("does the file size equal the VRAM it needs?", "file_size"),
        ("gguf 是 4.7G,显存也只要 4.7G?", "file_size"),
        ("显存占用就是模型大小吗", "file_size"),
        ("how do I know if ZeRO-3 is really working", "at_work"),
        ("怎么确认 FSDP 切分生效了", "at_work"),
    ],
)
def test_what_is_asked_to_be_explained(question: str, meant: str) -> None:
    assert _meant(question) == [f"meaning:{meant}"]
    answer = Assistant().ask(question)
    assert not answer.notices
    assert answer.text.startswith("**")
    assert "Which model" not in answer.text
    assert "哪个模型" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "what is the KV cache of Qwen2.5-7B at 32k",
        "does a 7B with LoRA fit on a 24GB card, and what is the rank?",
        "QLoRA 和 LoRA 有什么区别",
        "can two 3090 be combined to run 70B",
        "Qwen2.5-32B 量化到4bit放得下24G吗",
        "what does LLaMA-Factory say for 70B QLoRA",
        "how slow is DeepSeek-R1 with the experts offloaded to 256GB RAM on a 4090",
        "两张3090能不能合起来跑70B",
    ],
)
def test_a_case_is_no_meaning(question: str) -> None:
    assert not _meant(question)


def test_every_meaning_has_words() -> None:
    told = {}
    for subject in MEANT:
        given = {
            "meaning:format": {"weight_format": "gguf:Q4_K_M"},
            "meaning:format_bits": {"weight_format": "gguf:Q4_K_M"},
            "meaning:called_bits": {"weight_format": "gguf:Q5_K_M"},
            "meaning:slots_told": {"seq_len": 4096, "batch_size": 4},
            "meaning:sequence_parted": {"seq_len": 65536, "n_gpus": 8},
            "meaning:fp8_on_card": {"gpu": "L40S"},
            "meaning:fp4_on_card": {"gpu": "L40S"},
        }.get(subject, {})
        terms = ["state_term 2", "state_term 2", "state_term 12", "state_asked -1"]
        logs = {"meaning:state_terms": terms, "meaning:formats_apart": ["format gguf:Q4_K_S", "format gguf:Q4_K_M"]}
        beside = {"log": logs[subject]} if subject in logs else {}
        found = made([subject], Figures(given, beside), 1)
        assert found, subject
        assert found[0]["key"] in {one.key for one in REMARKS}
        told[subject] = (found[0]["en"], found[0]["zh"])
    assert len(set(told.values())) == len(MEANT), "each has its own"


def test_a_setting_is_shown_in_figures_of_the_estimate() -> None:
    lever = LEVERS["qlora"]
    off, on = (Figures({"params": "7B", **facts}).base.best / 2**30 for facts in (lever.off, lever.on))
    assert f"{off:.1f} GiB → {on:.2f} GiB" in answer_to("what is qlora?")


def test_a_term_is_explained_after_an_answer() -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask("7B full fine-tuning on an A100 80GB?", conversation)
    then = assistant.ask("what are logits?", conversation)
    assert then.text.startswith("**Logits are the scores")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("SFT 用 packing 之后显存涨了很多，为什么", "packing 把样本拼到最大长度"),
        ("why does memory go up with packing=True in SFT?", "Packing joins samples"),
    ],
)
def test_what_packing_does(question: str, said: str) -> None:
    assert answer_to(question).startswith(f"**{said}")


@pytest.mark.parametrize(
    "question",
    [
        "Ollama loads model half on CPU although I have 24GB, model is 19GB",
        "ollama 把模型一部分放在cpu上了，显存明明还有",
    ],
)
def test_what_keeps_layers_on_the_cpu(question: str) -> None:
    told = answer_to(question)
    assert "OLLAMA_NUM_PARALLEL" in told
    assert told.startswith(("**The file is not all", "**要放进卡里的不只是模型文件"))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("best local LLM for 12GB VRAM coding", "no matter of memory"),
        ("12G显存推荐什么模型写代码", "1 张 12 GB 显卡：最大 Qwen3-14B"),
    ],
)
def test_the_best_model_for_a_card_is_what_it_holds(question: str, told: str) -> None:
    answer = answer_to(question)
    assert told in answer
    assert "Qwen3-14B Q4_K_M" in answer


def test_offloading_of_a_server_is_no_optimizers() -> None:
    told = answer_to("does vLLM support CPU offload and how much VRAM does it save for 70B on 48GB")
    assert told.startswith("**70B, inference, a 48 GB card: fits with 4-bit")
    assert "optimizer" not in told.lower()


@pytest.mark.parametrize(
    "question",
    [
        "LM Studio shows 11 GB used though the gguf file is just 7 GB, why?",
        "llama.cpp 占了 12G 显存，可 gguf 文件只有 8G，为什么多这么多",
    ],
)
def test_what_is_shown_beside_a_file_needs_no_model(question: str) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert opening.startswith(("**It is no leak: the file holds the weights alone", "**不是泄漏：文件里只有权重"))


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("FSDP or ZeRO-3 for a 13B full fine-tune on 8×A100 80GB, which should I choose?", "**By what they divide they are the same"),
        ("8张A100 80G全参13B,用FSDP还是DeepSpeed ZeRO-3,选哪个", "**按切分的内容两者相同"),
        ("Does 13B full fine-tuning fit with FSDP on 8×A100 80GB, or ZeRO-3?", "**13B, full fine-tuning, 8 cards, A100 80 GB"),
    ],
)  # fmt: skip
def test_a_choice_between_two_names_of_one_thing_is_answered_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "激活显存公式 sbh(34+5as/h) 里的34和5是怎么来的？开了flash attention还要算5as/h那一项吗",
        "what do 34 and 5as/h mean in sbh(34+5as/h)",
        "where do the 34 and the 5 come from in sbh(34 + 5as/h)?",
    ],
)
def test_both_terms_of_the_formula_are_told_where_both_are_asked(question: str) -> None:
    told = answer_to(question)
    assert "34 = " in told, told
    assert "5 = softmax" in told or "5 = the softmax" in told, told
