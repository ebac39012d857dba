"""Reads a generated .h5ad as an analyst would, with every warning an error, and prints what was found as JSON.

Usage: read_generated.py GENERATED.h5ad REAL.h5ad FOLDER
"""

import json
import os
import sys
import warnings

warnings.simplefilter("error")

import anndata  # noqa: E402
import h5py  # noqa: E402
import numpy as np  # noqa: E402

generated_path, real_path, folder = sys.argv[1:]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return value.tolist() if hasattr(value, "tolist") else value


def matrix(element):
    return {
        "type": type(element).__name__,
        "dtype": str(element.dtype),
        "index_dtype": str(element.indices.dtype),
        "canonical": bool(element.has_sorted_indices and element.has_canonical_format),
        "stored_zeros": int((element.data == 0).sum()),
        "finite": bool(np.isfinite(element.data).all()),
        "min": float(element.min()),
        "integers": bool((element.data == np.rint(element.data)).all()),
    }


def largest_difference_from_log_normalised(adata):
    """X against log1p of counts scaled to the target sum, as scanpy.pp.normalize_total and log1p compute it."""
    counts = adata.layers["counts"].toarray().astype("float64")
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    expected = np.log1p(counts / totals * adata.uns["cellcrate"]["target_sum"])
    return float(np.abs(adata.X.toarray() - expected).max())


def column(values):
    return {
        "dtype": str(values.dtype),
        "ordered": bool(values.cat.ordered),
        "categories": list(values.cat.categories),
        "missing": int(values.isna().sum()),
        "counts": {name: int(count) for name, count in values.value_counts().items()},
    }


def stored(path):
    with h5py.File(path, "r") as file:
        return {
            "encoding": [file.attrs["encoding-type"], file.attrs["encoding-version"]],
            "X": [file["X"].attrs["encoding-type"], str(file["X/data"].dtype), file["X/data"].compression],
            "groups": sorted(file),
        }


def joined_with_real(adata, real):
    """Real and generated cells side by side, the first thing anyone does with them."""
    both = anndata.concat({"real": real, "generated": adata}, label="origin", index_unique="-", join="inner")
    return {"shape": both.shape, "origins": both.obs["origin"].value_counts().to_dict(), "obs": list(both.obs)}


def rewritten(adata):
    """anndata writes what it read, and reads that again."""
    path = os.path.join(folder, "rewritten.h5ad")
    adata.write_h5ad(path)
    again = anndata.read_h5ad(path)
    return {"same_X": bool((again.X != adata.X).nnz == 0), "same_obs": bool(again.obs.equals(adata.obs))}


adata = anndata.read_h5ad(generated_path)
real = anndata.read_h5ad(real_path)
backed = anndata.read_h5ad(generated_path, backed="r")
backed_first = backed.X[:5].toarray()
backed.file.close()
print(
    json.dumps(
        {
            "shape": adata.shape,
            "X": matrix(adata.X),
            "layers": {name: matrix(layer) for name, layer in adata.layers.items()},
            "log_normalised": largest_difference_from_log_normalised(adata) if "counts" in adata.layers else None,
            "obs": {name: column(adata.obs[name]) for name in adata.obs},
            "unique_names": bool(adata.obs_names.is_unique and adata.var_names.is_unique),
            "genes_of_real": bool(adata.var_names.isin(real.var_names).all()),
            "raw": adata.raw is not None,
            "uns": plain(dict(adata.uns)),
            "stored": stored(generated_path),
            "backed": bool((backed_first == adata.X[:5].toarray()).all()),
            "joined": joined_with_real(adata, real),
            "rewritten": rewritten(adata),
        }
    )
)
