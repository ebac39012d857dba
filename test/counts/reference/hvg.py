"""Writes hvg.json: counts and the scores of their genes, from the formulas of the papers in plain numpy.

The loess of the Seurat v3 flavour is R's. Run: python3 hvg.py > hvg.json
"""

import json
import subprocess
import sys

import numpy as np


def r_loess(x, y, span):
    code = "d <- read.table(file('stdin')); cat(format(loess(d$V2 ~ d$V1, span=%g, degree=2)$fitted, digits=15))" % span
    table = "\n".join(f"{a!r} {b!r}" for a, b in zip(x.tolist(), y.tolist()))
    output = subprocess.run(["Rscript", "-e", code], input=table, capture_output=True, text=True, check=True)
    return np.array(output.stdout.split(), dtype=float)


def seurat_v3(counts):
    n = counts.shape[0]
    mean, variance = counts.mean(0), counts.var(0, ddof=1)
    varying = variance > 0
    expected = np.zeros_like(mean)
    expected[varying] = 10 ** r_loess(np.log10(mean[varying]), np.log10(variance[varying]), 0.3)
    scores = np.full(mean.shape, -np.inf)
    deviation = np.sqrt(expected[varying])
    standardised = (counts[:, varying] - mean[varying]) / deviation
    scores[varying] = (np.minimum(standardised, np.sqrt(n)) ** 2).sum(0) / (n - 1)
    return scores


def cell_ranger(counts):
    totals = counts.sum(1)
    values = counts * (np.median(totals[totals > 0]) / np.where(totals > 0, totals, 1))[:, None]
    mean, variance = values.mean(0), values.var(0, ddof=1)
    scores = np.full(mean.shape, -np.inf)
    expressed = mean > 0
    dispersion = np.where(expressed, variance / np.where(expressed, mean, 1), 0)
    ends = np.percentile(mean[expressed], np.arange(10, 105, 5))
    bins = np.searchsorted(ends, mean)
    for b in np.unique(bins[expressed]):
        members = np.flatnonzero((bins == b) & expressed)
        centre = np.median(dispersion[members])
        spread = np.median(np.abs(dispersion[members] - centre))
        scores[members] = (dispersion[members] - centre) / spread if spread > 0 else 0
    scores[variance <= 0] = -np.inf
    return scores


def main():
    rng = np.random.RandomState(3)
    cells, genes = 100, 150
    mean = np.exp(rng.normal(-0.7, 1.3, genes))
    size = np.exp(rng.normal(0, 0.4, cells))
    theta = np.exp(rng.normal(0.5, 0.8, genes))
    rate = rng.gamma(theta, 1 / theta, (cells, genes)) * mean * size[:, None]
    counts = rng.poisson(rate).astype(float)
    counts[:, 10] = 0
    counts[:, 20] = 1
    counts[0, :] = 0
    scores = {"seurat_v3": seurat_v3(counts), "cell_ranger": cell_ranger(counts)}
    json.dump(
        {
            "cells": cells,
            "genes": genes,
            "counts": counts.astype(int).ravel().tolist(),
            **{name: [x if np.isfinite(x) else None for x in s] for name, s in scores.items()},
        },
        sys.stdout,
        separators=(",", ":"),
    )


if __name__ == "__main__":
    main()
