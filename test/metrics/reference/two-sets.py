"""Reference figures of two simulated sets of cells, by NumPy, SciPy and scikit-learn: writes two-sets.json beside itself.

Values are multiples of 1/256, exact in float32. Run: python3 test/metrics/reference/two-sets.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.spatial.distance import cdist, jensenshannon, pdist
from scipy.stats import entropy, ks_2samp, pearsonr, spearmanr, wasserstein_distance
from sklearn.neighbors import NearestNeighbors

GENES, DIMS, K = 25, 5, 5
rng = np.random.default_rng(4)


def simulate_counts(cells, means):
    library = rng.lognormal(0, 0.4, (cells, 1))
    program = rng.gamma(2, 0.5, (cells, 1)) ** np.where(np.arange(GENES) % 3 == 0, 1, -0.3)
    return rng.poisson(rng.gamma(1.5, 1 / 1.5, (cells, GENES)) * library * program * means)


def quantise(values):
    return np.round(values * 256).astype(int)


means = rng.lognormal(-0.5, 1.2, GENES)
counts = simulate_counts(60, means), simulate_counts(45, means * rng.lognormal(0, 0.3, GENES))
target = np.median(counts[0].sum(1))
logged = [quantise(np.log1p(c / np.maximum(1, c.sum(1, keepdims=True)) * target)) for c in counts]
points = [quantise(rng.normal(0, 1, (60, DIMS)) * 2), quantise(rng.normal(0.4, 1.2, (45, DIMS)) * 2)]
directions = rng.normal(size=(8, DIMS))
directions /= np.linalg.norm(directions, axis=1, keepdims=True)

x, y = points[0] / 256, points[1] / 256
n, m = len(x), len(y)


def off_diagonal_mean(matrix):
    return (matrix.sum() - np.trace(matrix)) / (len(matrix) * (len(matrix) - 1))


def mmd(bandwidth):
    values = []
    for factor in (0.25, 0.5, 1, 2, 4):
        xx, yy, xy = (np.exp(-cdist(a, b, "sqeuclidean") / (bandwidth * factor)) for a, b in ((x, x), (y, y), (x, y)))
        values.append(off_diagonal_mean(xx) + off_diagonal_mean(yy) - 2 * xy.mean())
    return float(np.mean(values))


def mmd_legacy():
    squared = cdist(np.vstack([x, y]), np.vstack([x, y]), "sqeuclidean")
    bandwidth = squared.sum() / ((n + m) ** 2 - (n + m)) / 4
    kernel = sum(np.exp(-squared / (bandwidth * 2**i)) for i in range(5))
    return float(kernel[:n, :n].mean() + kernel[n:, n:].mean() - kernel[:n, n:].mean() - kernel[n:, :n].mean())


def energy_distance():
    return float(2 * cdist(x, y).mean() - off_diagonal_mean(cdist(x, x)) - off_diagonal_mean(cdist(y, y)))


def sliced_wasserstein():
    squared = [
        np.mean((np.repeat(np.sort(x @ direction), m) - np.repeat(np.sort(y @ direction), n)) ** 2)
        for direction in directions
    ]
    return float(np.sqrt(np.mean(squared)))


def divergences(gene):
    real, other = logged[0][:, gene], logged[1][:, gene]
    nonzero = np.sort(real[real != 0])
    edges = np.unique([nonzero[i * len(nonzero) // 10] for i in range(1, 10)] if len(nonzero) else [])
    edges = edges[edges > nonzero[0]] if len(nonzero) else edges

    def shares(values):
        binned = np.bincount(np.searchsorted(edges, values[values != 0], side="right"), minlength=len(edges) + 1)
        smoothed = np.concatenate([[np.sum(values == 0)], binned]) + 0.5
        return smoothed / smoothed.sum()

    p, q = shares(real), shares(other)
    return float(entropy(p, q)), float(jensenshannon(p, q) ** 2)


def profile(values):
    values = values / 256
    return {"mean": values.mean(0), "variance": values.var(0, ddof=1), "zeros": (values == 0).mean(0)}


def gene_correlation_agreement(count):
    top = np.argsort(-profile(logged[0])["variance"], kind="stable")[:count]
    upper = np.triu_indices(count, 1)
    return float(pearsonr(*(np.corrcoef(values[:, top].T)[upper] for values in logged))[0])


def reach(values):
    return NearestNeighbors(n_neighbors=K + 1).fit(values).kneighbors(values)[0][:, K]


def manifold():
    distances, real, other = cdist(x, y), reach(x)[:, None], reach(y)[None, :]
    return {
        "precision": float((distances < real).any(0).mean()),
        "recall": float((distances < other).any(1).mean()),
        "density": float((distances < real).sum(0).mean() / K),
        "coverage": float((distances.min(1) < real[:, 0]).mean()),
    }


def mixing_index(neighbours=90, perplexity=30):
    pooled, side = np.vstack([x, y]), np.repeat([0, 1], [n, m])
    distances, indices = NearestNeighbors(n_neighbors=neighbours + 1).fit(pooled).kneighbors(pooled)
    scores = []
    for d, i in zip(distances[:, 1:], indices[:, 1:]):

        def weights(log_beta):
            w = np.exp(-np.exp(log_beta) * (d - d[0]))
            return w / w.sum()

        w = weights(brentq(lambda b: entropy(weights(b)) - np.log(perplexity), -10, 10, xtol=1e-12))
        share = w[side[i] == 0].sum()
        scores.append(1 / (share**2 + (1 - share) ** 2))
    return float(np.mean(scores))


profiles = [profile(values) for values in logged]
per_gene = [divergences(gene) for gene in range(GENES)]
bandwidth = float(np.median(pdist(x, "sqeuclidean")))
nearest = NearestNeighbors(n_neighbors=3).fit(x).kneighbors(y)

reference = {
    "logged": [values.tolist() for values in logged],
    "points": [values.tolist() for values in points],
    "directions": directions.tolist(),
    "bandwidth": bandwidth,
    "mmd": mmd(bandwidth),
    "mmdLegacy": mmd_legacy(),
    "energyDistance": energy_distance(),
    "wasserstein": [wasserstein_distance(*(values[:, gene] / 256 for values in logged)) for gene in range(GENES)],
    "slicedWasserstein": sliced_wasserstein(),
    "kullbackLeibler": [kl for kl, _ in per_gene],
    "jensenShannon": [js for _, js in per_gene],
    "profile": {part: values.tolist() for part, values in profiles[0].items()},
    "agreement": {
        part: {
            "pearson": pearsonr(profiles[0][part], profiles[1][part])[0],
            "spearman": spearmanr(profiles[0][part], profiles[1][part])[0],
        }
        for part in profiles[0]
    },
    "geneCorrelationAgreement": gene_correlation_agreement(15),
    "kolmogorovSmirnov": ks_2samp(*((values > 0).sum(1) for values in logged)).statistic,
    "manifold": manifold(),
    "mixingIndex": mixing_index(),
    "nearest": {"indices": nearest[1].tolist(), "distances": nearest[0].tolist()},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference, separators=(",", ":")) + "\n")
