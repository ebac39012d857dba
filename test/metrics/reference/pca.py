"""Principal components of simulated counts by NumPy's exact decomposition: writes pca.json beside itself.

Run: python3 test/metrics/reference/pca.py
"""

import json
from pathlib import Path

import numpy as np

CELLS, GENES, K = 150, 120, 6
rng = np.random.default_rng(7)
programs = rng.gamma(0.5, 1, (8, GENES))
counts = np.minimum(9, rng.poisson(rng.gamma(0.6, 0.4, (CELLS, 8)) @ programs))
centred = counts - counts.mean(0)
_, singular, components = np.linalg.svd(centred, full_matrices=False)
components = components[:K]
components *= np.sign(components[np.arange(K), np.abs(components).argmax(1)])[:, None]
reference = {
    "counts": ["".join(map(str, row)) for row in counts],
    "mean": counts.mean(0).tolist(),
    "explainedVariance": (singular[:K] ** 2 / (CELLS - 1)).tolist(),
    "components": np.round(components, 9).tolist(),
    "scores": np.round(centred[:3] @ components.T, 7).tolist(),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference, separators=(",", ":")) + "\n")
