"""Writes memorisation.json: simulated cells, and distances to the nearest training cell on their pooled components.

Components and neighbours by scikit-learn. Run: python3 memorisation.py > memorisation.json
"""

import json
import sys

import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors


def main():
    rng = np.random.RandomState(8)
    genes, train, new = 20, 50, 25
    profiles = np.exp(rng.normal(0, 1, (3, genes)))
    draw = lambda n: rng.poisson(profiles[rng.randint(0, 3, n)])
    parts = [draw(train), draw(new), draw(new)]
    parts[1][:6] = parts[0][:6]
    parts[1][6] = parts[0][6]
    parts[1][6, 0] += 1
    scores = PCA(5, svd_solver="full").fit_transform(np.log1p(np.vstack(parts)))
    nearest = NearestNeighbors(n_neighbors=1).fit(scores[:train]).kneighbors(scores[train:])[0].ravel()
    json.dump(
        {
            "genes": genes,
            "train": parts[0].ravel().tolist(),
            "generated": parts[1].ravel().tolist(),
            "held_out": parts[2].ravel().tolist(),
            "components": 5,
            "distances_generated": nearest[:new].tolist(),
            "distances_held_out": nearest[new:].tolist(),
            "nearer_share": roc_auc_score(np.repeat([0, 1], new), nearest),
        },
        sys.stdout,
    )
    print()


main()
