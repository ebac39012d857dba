"""Figures of an evaluation by NumPy, SciPy and scikit-learn, from the same files; prints JSON.

Run: python3 test/long/evaluate.py REAL.h5ad GENERATED.h5ad, both with counts of the same genes in X and equal numbers of cells.
"""

import json
import sys

import anndata
import numpy as np
from scipy.sparse import issparse
from scipy.spatial.distance import cdist, pdist
from scipy.stats import ks_2samp, pearsonr, spearmanr, wasserstein_distance
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

counts = []
for path in sys.argv[1:3]:
    matrix = anndata.read_h5ad(path).X
    counts.append(np.asarray(matrix.todense() if issparse(matrix) else matrix, dtype=np.float64))
totals = [c.sum(1) for c in counts]
target = np.median(totals[0][totals[0] > 0])
x, y = (np.log1p(c / np.maximum(t, 1e-12)[:, None] * target) for c, t in zip(counts, totals))
n = len(x)
scores = PCA(30, svd_solver="full").fit_transform(np.vstack([x, y]))
a, b = scores[:n], scores[n:]


def mmd():
    bandwidth = np.median(pdist(a, "sqeuclidean"))
    squared = cdist(a, a, "sqeuclidean"), cdist(b, b, "sqeuclidean"), cdist(a, b, "sqeuclidean")
    total = 0
    for factor in (0.25, 0.5, 1, 2, 4):
        aa, bb, ab = (np.exp(-d / (factor * bandwidth)) for d in squared)
        total += (aa.sum() - n) / n / (n - 1) + (bb.sum() - n) / n / (n - 1) - 2 * ab.mean()
    return total / 5


def gene_correlation(count):
    top = np.argsort(-x.var(0, ddof=1), kind="stable")[:count]
    pairs = np.triu_indices(count, 1)
    with np.errstate(invalid="ignore"):
        return pearsonr(*(np.nan_to_num(np.corrcoef(m[:, top].T))[pairs] for m in (x, y)))[0]


def forest(first, second):
    cells, side = np.vstack([first, second]), np.repeat([0, 1], n)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = RandomForestClassifier(100, random_state=0)
    return roc_auc_score(side, cross_val_predict(model, cells, side, cv=folds, method="predict_proba")[:, 1])


genes_per_cell = [(c > 0).sum(1) for c in counts]
figures = {
    "mmd": mmd(),
    "energy_distance": 2 * cdist(a, b).mean() - pdist(a).mean() - pdist(b).mean(),
    "gene_correlation_top100": gene_correlation(100),
    "gene_correlation_top500": gene_correlation(500),
    "gene_mean_pearson": pearsonr(x.mean(0), y.mean(0))[0],
    "gene_mean_spearman": spearmanr(x.mean(0), y.mean(0))[0],
    "gene_variance_pearson": pearsonr(x.var(0), y.var(0))[0],
    "gene_zeros_pearson": pearsonr((x == 0).mean(0), (y == 0).mean(0))[0],
    "wasserstein_genes": np.mean([wasserstein_distance(u, v) for u, v in zip(x.T, y.T)]),
    "zero_fraction_difference": (counts[1] == 0).mean() - (counts[0] == 0).mean(),
    "genes_per_cell_ratio": np.mean(genes_per_cell[1]) / np.mean(genes_per_cell[0]),
    "genes_per_cell_ks": ks_2samp(*genes_per_cell)[0],
    "library_size_ratio": np.median(totals[1]) / np.median(totals[0]),
    "library_size_ks": ks_2samp(*totals)[0],
    "rf_auroc_pcs": forest(a, b),
    "rf_auroc_genes": forest(x, y),
}
print(json.dumps({key: float(value) for key, value in figures.items()}))
