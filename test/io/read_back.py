"""Reads an .h5ad with anndata and h5py and prints what is in it as JSON.

Every warning is an error.
"""

import json
import sys
import warnings

warnings.simplefilter("error")

import anndata  # noqa: E402
import h5py  # noqa: E402


def elements_without_encoding(path):
    """Every element must say what it is; the parts of sparse matrices need not."""
    missing = []

    def visit(name, element):
        parent_type = element.parent.attrs.get("encoding-type", "")
        if parent_type not in ("csr_matrix", "csc_matrix") and "encoding-type" not in element.attrs:
            missing.append(name)

    with h5py.File(path, "r") as file:
        missing += [] if "encoding-type" in file.attrs else ["/"]
        file.visititems(visit)
    return missing


def matrix_summary(matrix):
    if matrix is None:
        return None
    return {"type": type(matrix).__name__, "dtype": str(matrix.dtype), "shape": matrix.shape, "sum": float(matrix.sum())}


def scalar(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, dict):
        return {key: scalar(entry) for key, entry in value.items()}
    return value


path = sys.argv[1]
adata = anndata.read_h5ad(path)
print(
    json.dumps(
        {
            "unmarked": elements_without_encoding(path),
            "shape": adata.shape,
            "obs_names": list(adata.obs_names),
            "var_names": list(adata.var_names),
            "X": matrix_summary(adata.X),
            "layers": {name: matrix_summary(layer) for name, layer in adata.layers.items()},
            "obsm": {name: matrix_summary(array) for name, array in adata.obsm.items()},
            "obsp": {name: matrix_summary(matrix) for name, matrix in adata.obsp.items()},
            "raw": None if adata.raw is None else {"shape": adata.raw.shape, "X": matrix_summary(adata.raw.X)},
            "dtypes": {name: str(column.dtype) for name, column in adata.obs.items()},
            "values": {name: [str(value) for value in column] for name, column in adata.obs.items()},
            "ordered": {
                name: bool(column.cat.ordered)
                for name, column in adata.obs.items()
                if str(column.dtype) == "category"
            },
            "uns": {key: scalar(value) for key, value in adata.uns.items()},
        }
    )
)
