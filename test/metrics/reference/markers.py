"""Writes markers.json: simulated cells of three labels, and Welch's t and log2 fold changes of each label against the rest.

t by scipy; fold changes by the formula of scanpy's rank_genes_groups. Run: python3 markers.py > markers.json
"""

import json
import sys
import warnings

import numpy as np
from scipy.stats import ttest_ind


def main():
    warnings.simplefilter("ignore")
    rng = np.random.RandomState(5)
    cells, genes = 60, 25
    codes = rng.randint(0, 3, cells)
    effect = np.exp(rng.normal(0, 0.8, (3, genes)))
    counts = rng.poisson(np.exp(rng.normal(-0.3, 1, genes)) * effect[codes])
    counts[:, 3] = 0
    counts[codes != 1, 4] = 0
    values = np.log1p(counts)
    scores, folds = [], []
    for label in range(3):
        own, rest = values[codes == label], values[codes != label]
        t = ttest_ind(own, rest, equal_var=False).statistic
        scores.append(np.where(np.isfinite(t), t, 0).tolist())
        ratio = (np.expm1(own.mean(0)) + 1e-9) / (np.expm1(rest.mean(0)) + 1e-9)
        folds.append(np.log2(ratio).tolist())
    json.dump(
        {
            "cells": cells,
            "genes": genes,
            "codes": codes.tolist(),
            "counts": counts.ravel().tolist(),
            "scores": scores,
            "fold_changes": folds,
        },
        sys.stdout,
    )
    print()


main()
