"""Distillation: a frozen teacher runs forward beside the student that trains, and its logits are what is learnt from."""

from formulas.formula import Formula, Source
from formulas.programs import teacher, teacher_shards, teacher_size, teacher_weights
from formulas.vocabulary import weight_shards

KD = Source("distillation", "Distilling the Knowledge in a Neural Network", "https://arxiv.org/abs/1503.02531")
TRL_GKD = Source(
    "trl-gkd", "TRL, GKD trainer", "https://github.com/huggingface/trl/blob/v0.19.0/trl/trainer/gkd_trainer.py"
)
no_teacher = Formula(
    teacher_weights,
    0 * teacher_size,
    says="Learning from labels needs no other model.",
    zh="从标签学习不需要其他模型。",
    source=KD.at("§2"),
    when={teacher: "none"},
    example=({}, 0),
)
frozen_teacher = Formula(
    teacher_weights,
    teacher_size / teacher_shards,
    says="The teacher only runs forward: it has weights, and neither gradients nor optimizer states.",
    zh="教师只做前向:只有权重,没有梯度和优化器状态。",
    source=TRL_GKD.at("GKDTrainer.compute_loss: teacher_model.eval(), torch.no_grad()"),
    when={teacher: "frozen"},
    example=({teacher_size: 65527752704, teacher_shards: 2}, 32763876352),
)
teacher_is_divided_as_the_student = Formula(
    teacher_shards,
    1 * weight_shards,
    says="The trainer lays the teacher out as the student: sharded under ZeRO-3, whole on every card below it.",
    zh="训练器对教师采用与学生相同的布局:ZeRO-3 下切分,其余每卡一整份。",
    source=TRL_GKD.at("GKDTrainer.__init__: prepare_deepspeed(self.teacher_model)"),
    when={teacher: "frozen"},
    example=({weight_shards: 4}, 4),
)
