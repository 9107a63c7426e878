"""Loads what the engine exported with peft and transformers, and compares their log-probabilities with the engine's.

Run by scripts/check-peft.ts. Argument: a JSON file with a list of cases {name, base, adapter, merged, sequences,
logprobs}. Prints one JSON line a case: the largest differences. Exits with 3 where a package is missing.
"""

import json
import sys

try:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM
except ImportError as missing:
    print(missing)
    sys.exit(3)


def score(model, sequence):
    with torch.no_grad():
        logits = model(torch.tensor([sequence])).logits[0].double()
    logs = torch.log_softmax(logits, dim=-1)[:-1]
    return logs.gather(1, torch.tensor(sequence[1:]).unsqueeze(1)).squeeze(1).tolist()


def farthest(model, case):
    model.eval()
    return max(
        abs(ours - theirs)
        for sequence, expected in zip(case["sequences"], case["logprobs"])
        for ours, theirs in zip(expected, score(model, sequence))
    )


torch.set_num_threads(1)
for case in json.load(open(sys.argv[1])):
    load = lambda folder: AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    )
    adapted = PeftModel.from_pretrained(load(case["base"]), case["adapter"])
    result = {
        "name": case["name"],
        "adapter": farthest(adapted, case),
        "merged": farthest(load(case["merged"]), case),
        "half": farthest(load(case["half"]), case),
    }
    print(json.dumps(result), flush=True)
