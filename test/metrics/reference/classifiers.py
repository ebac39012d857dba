"""Writes classifiers.json: simulated cells, and what scikit-learn's classifiers make of them.

Real and generated cells (labels 0 and 1) as dense components and as sparse counts, and cells of three types.
Run: python3 classifiers.py > classifiers.json
"""

import json
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOREST_SEEDS = 30


def forest_aurocs(x, y, trees):
    """Pooled out-of-fold AUROC for each seed of folds and forest."""
    aurocs = []
    for seed in range(FOREST_SEEDS):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        forest = RandomForestClassifier(trees, random_state=seed)
        scores = cross_val_predict(forest, x.astype(np.float32), y, cv=folds, method="predict_proba")[:, 1]
        aurocs.append(roc_auc_score(y, scores))
    return {"trees": trees, "seeds": FOREST_SEEDS, "mean": np.mean(aurocs), "sd": np.std(aurocs, ddof=1)}


def forest_accuracies(x, y, x_test, y_test, trees):
    fits = [RandomForestClassifier(trees, random_state=seed).fit(x, y) for seed in range(FOREST_SEEDS)]
    accuracies = [fit.score(x_test, y_test) for fit in fits]
    first = np.mean([fit.predict_proba(x_test) for fit in fits], axis=0)
    return {
        "trees": trees,
        "seeds": FOREST_SEEDS,
        "mean": np.mean(accuracies),
        "sd": np.std(accuracies, ddof=1),
        "mean_probabilities": first.round(5).ravel().tolist(),
    }


def logistic(x, y):
    fit = make_pipeline(StandardScaler(), LogisticRegression(C=1, tol=1e-10, max_iter=100000)).fit(x, y)
    model = fit[-1]
    return {
        "coefficients": model.coef_.ravel().tolist(),
        "intercepts": model.intercept_.tolist(),
        "probabilities": fit.predict_proba(x[:10]).ravel().tolist(),
    }


def main():
    rng = np.random.RandomState(11)
    n = 100
    y = np.repeat([0, 1], n)
    components = rng.normal(size=(2 * n, 8)) * np.linspace(3, 0.5, 8)
    components[y == 1, 1] *= 1.7
    components[y == 1, 7] += 0.5
    components = components.round(2)
    rate = np.exp(rng.normal(-1, 1, 40))
    counts = rng.poisson(rng.gamma(2, 0.5, (2 * n, 40)) * rate * np.where(y[:, None] == 1, np.tile([1.9, 1, 1, 1], 10), 1))
    types = rng.randint(0, 3, 160)
    cells = (rng.normal(size=(160, 6)) + np.array([[0, 0], [1.2, 0], [0, 1.5]])[types].repeat(3, axis=1)).round(2)
    scores = rng.randint(0, 6, 60)
    truth = rng.randint(0, 2, 60)
    flat = lambda x: x.ravel().tolist()
    json.dump(
        {
            "labels": flat(y),
            "components": flat(components),
            "counts": flat(counts),
            "forest_components": forest_aurocs(components, y, 100),
            "forest_counts": forest_aurocs(counts, y, 100),
            "logistic_components": logistic(components, y),
            "logistic_counts": logistic(counts, y),
            "types": flat(types),
            "typed_cells": flat(cells),
            "logistic_types": logistic(cells, types),
            "forest_types": forest_accuracies(cells[:80], types[:80], cells[80:], types[80:], 100),
            "auroc": {"scores": flat(scores), "truth": flat(truth), "value": roc_auc_score(truth, scores)},
        },
        sys.stdout,
    )
    print()


main()
