"""Prints as JSON what anndata and h5py find in .h5ad files, as digests that fixture-contents.ts makes of the same.

    /usr/bin/python3 test/io/reference/fixture_contents.py test/fixtures/h5ad ../shared/fixtures \
        > test/io/reference/fixture_contents.json

A file is read whole by anndata where that succeeds; else element by element, by anndata's reader of elements where
it knows them and by h5py and scipy where not. What neither reads has no digest. Numbers of a matrix are compared as
float64, row by row without zeros, entries of one place summed; texts byte by byte.
"""

import hashlib
import json
import sys
import warnings
from pathlib import Path

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp
from anndata.experimental import read_elem
from anndata.utils import make_index_unique

warnings.filterwarnings("ignore")


def digest(*parts):
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part)
    return sha.hexdigest()[:24]


def matrix(values):
    if sp.issparse(values):
        # In float64 before equal places are summed, as there.
        parts = sp.csr_matrix(values).astype(np.float64)
        parts.sum_duplicates()
    else:
        parts = sp.csr_matrix(np.atleast_2d(np.asarray(values, np.float64)))
    parts.eliminate_zeros()
    parts.sort_indices()
    return digest(
        parts.indptr.astype("<f8").tobytes(), parts.indices.astype("<i4").tobytes(), parts.data.astype("<f8").tobytes()
    )


def texts(values):
    return digest("\n".join("\0" if value is None else str(value) for value in values).encode())


def unique(names):
    return make_index_unique(pd.Index([str(name) for name in names]))


def column(series):
    if isinstance(series.dtype, pd.CategoricalDtype) or series.dtype == object:
        return texts([None if pd.isna(value) else value for value in series])
    if series.dtype in ("bool", "boolean"):
        return texts([None if pd.isna(value) else str(bool(value)).lower() for value in series])
    if str(series.dtype) in ("Int64", "Int32", "Int8", "Int16"):
        return digest(series.astype("float64").to_numpy().astype("<f8").tobytes())
    if series.dtype.kind in "iuf":
        values = series.to_numpy().astype("<f8")
        values[np.isnan(values)] = np.nan
        return digest(values.tobytes())
    return None


def columns(frame):
    found = {str(name): column(frame[name]) for name in frame.columns if frame[name].ndim == 1}
    return {name: value for name, value in found.items() if value is not None}


def by_anndata(path):
    data = anndata.read_h5ad(path)
    if data.obs is None:
        raise ValueError("no obs")
    matrices = {} if data.X is None else {"X": data.X}
    matrices |= {f"layers/{name}": data.layers[name] for name in data.layers}
    if data.raw is not None:
        matrices["raw/X"] = data.raw.X
    frames = {"obs": data.obs, "var": data.var}
    return {
        "by": "anndata",
        "cells": data.n_obs,
        "genes": data.n_vars,
        "matrices": {name: matrix(values) for name, values in matrices.items()},
        "names": {name: texts(unique(frame.index)) for name, frame in frames.items()},
        "columns": {name: columns(frame) for name, frame in frames.items()},
    }


def by_elements(path):
    with h5py.File(path) as file:
        result = {"by": "h5py", "matrices": {}, "names": {}, "columns": {}}
        places = [name for name in ("X", "raw/X") if name in file]
        for name in places + [f"layers/{name}" for name in file.get("layers", [])]:
            values = elements_matrix(file[name])
            if values is not None and values.ndim == 1:
                values = values.reshape(-1, 1)
            if values is not None:
                result["matrices"][name] = matrix(values)
                if name != "raw/X":
                    result["cells"], result["genes"] = values.shape
        for name, key in (("obs", "cells"), ("var", "genes")):
            group = file[name]
            index = group.get(group.attrs.get("_index", "_index"))
            values = range(result[key]) if index is None else index[:]
            values = [value.decode() if isinstance(value, bytes) else value for value in values]
            result.setdefault(key, len(values))
            result["names"][name] = texts(unique(values))
            result["columns"][name] = {}
            for own in map(str, group.attrs.get("column-order", [])):
                try:
                    value = column(pd.Series(read_elem(group[own])))
                except Exception:
                    continue
                if value is not None:
                    result["columns"][name][own] = value
        return result


def elements_matrix(node):
    if isinstance(node, h5py.Dataset):
        return node[:]
    if "shape" not in node.attrs:
        return None
    kind = sp.csc_matrix if "csc" in node.attrs.get("encoding-type", "csr") else sp.csr_matrix
    return kind((node["data"][:], node["indices"][:], node["indptr"][:]), shape=tuple(node.attrs["shape"]))


def contents(path):
    for read in (by_anndata, by_elements):
        try:
            return read(path)
        except Exception:
            continue
    return {"by": "neither"}


def main(folders):
    files = [path for folder in folders for path in sorted(Path(folder).glob("*.h5ad"))]
    found = {f"{path.parent.name}/{path.name}": contents(path) for path in files}
    json.dump(found, sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    print()


main(sys.argv[1:])
