"""The cases of bench/cases.ts with PyTorch, peft, transformers and TRL, on a model folder that bench/compare.ts wrote.

Answers one line of JSON to each line `case repeats` on standard input: {"seconds": [clock, processor]}, the medians.
Started by bench/compare.ts; needs torch, transformers, peft, trl and datasets.
"""

import json
import os
import random
import resource
import sys
import tempfile
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

FOLDER, THREADS = sys.argv[1], int(sys.argv[2])
CASES = json.loads(sys.argv[3])
torch.set_num_threads(THREADS)
torch.manual_seed(1)
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def load():
    return AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32, attn_implementation="sdpa")


def lora_config():
    rank = CASES["rank"]
    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=TARGETS, task_type="CAUSAL_LM")


def tokens(model, *shape):
    return torch.randint(0, model.config.vocab_size, shape)


def score():
    model = load().eval()
    batch = tokens(model, CASES["sequences"], CASES["length"] + 1)

    def run():
        with torch.inference_mode():
            logits = model(input_ids=batch[:, :-1], use_cache=False).logits
            torch.log_softmax(logits, -1).gather(-1, batch[:, 1:, None])

    return run


def train(model):
    batch = tokens(model, CASES["sequences"], CASES["length"] + 1)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-6)

    def run():
        logits = model(input_ids=batch[:, :-1], use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return run


def decode(rows, new_tokens):
    model = load().eval()
    batch = tokens(model, rows, CASES["prompt"])

    def run():
        settings = {"max_new_tokens": new_tokens, "min_new_tokens": new_tokens, "do_sample": True, "top_k": 0}
        with torch.inference_mode():
            model.generate(input_ids=batch, attention_mask=torch.ones_like(batch), pad_token_id=0, **settings)

    return run


class NumberTokenizer:
    """Makes the tokenizer that TRL insists on: every id is a word."""

    @staticmethod
    def make(size):
        from tokenizers import Tokenizer, models, pre_tokenizers
        from transformers import PreTrainedTokenizerFast

        words = {f"t{i}": i for i in range(size)}
        inner = Tokenizer(models.WordLevel(words, unk_token="t0"))
        inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        return PreTrainedTokenizerFast(
            tokenizer_object=inner, pad_token="t0", eos_token="t1", bos_token="t2", unk_token="t0"
        )


def simpo():
    from datasets import Dataset

    try:
        from trl.experimental.cpo import CPOConfig, CPOTrainer
    except ImportError:
        from trl import CPOConfig, CPOTrainer
    model = load()
    draw = random.Random(4)
    words = lambda n: " ".join(f"t{draw.randrange(3, model.config.vocab_size)}" for _ in range(n))
    rows = []
    for _ in range(CASES["prompts"]):
        prompt = words(CASES["promptTokens"])
        for _ in range(CASES["pairs"]):
            fragment = lambda: " " + words(6 + draw.randrange(10))
            rows.append({"prompt": prompt, "chosen": fragment(), "rejected": fragment()})
    config = CPOConfig(
        output_dir=tempfile.mkdtemp(), loss_type="simpo", cpo_alpha=0.0, beta=2.5, simpo_gamma=0.5,
        per_device_train_batch_size=CASES["batch"], num_train_epochs=1, learning_rate=1e-6, report_to=[],
        logging_strategy="no", save_strategy="no", max_length=512, use_cpu=True, bf16=False, fp16=False,
        disable_tqdm=True, gradient_checkpointing=False,
    )
    adapted = get_peft_model(model, lora_config())
    trainer = CPOTrainer(
        model=adapted, args=config, train_dataset=Dataset.from_list(rows),
        processing_class=NumberTokenizer.make(model.config.vocab_size),
    )
    return trainer.train


def prepare(name):
    if name == "score":
        return score()
    if name == "lora":
        return train(get_peft_model(load(), lora_config()))
    if name == "full":
        return train(load())
    if name == "simpo":
        return simpo()
    kind, rows = name.rstrip("0123456789"), int(name.lstrip("decodprmt"))
    return decode(rows, CASES["newTokens"] if kind == "decode" else 1)


def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def median(values):
    return sorted(values)[(len(values) - 1) // 2]


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    prepared = {}
    for line in sys.stdin:
        name, repeats = line.split()
        if name not in prepared:
            prepared = {name: prepare(name)}
            prepared[name]()
        clock, processor = [], []
        for _ in range(int(repeats)):
            start, before = time.perf_counter(), used()
            prepared[name]()
            clock.append(time.perf_counter() - start)
            processor.append(used() - before)
        print(json.dumps({"seconds": [median(clock), median(processor)]}), file=answers, flush=True)


main()
