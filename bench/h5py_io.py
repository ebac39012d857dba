"""Reading and writing the CSR matrix of an .h5ad, with its obs and var, by h5py and SciPy, to hold `npm run bench -- io` against.

  python3 bench/h5py_io.py read FILE COPY       prints one JSON object: seconds to have FILE's X as a SciPy matrix, and the columns of obs and var
  python3 bench/h5py_io.py write FILE COPY      seconds to write it to COPY, gzip level 4, and flush

With --on-demand it works once for every line it reads, so that `npm run bench -- io --h5py` can take turns with it.
"""

import argparse
import json
import os

import h5py
import scipy.sparse

from on_demand import serve, timed


def datasets(group):
    """What a frame stores, with the codes and categories of its categorical columns."""
    found = []
    group.visititems(lambda _, item: found.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    return found


def read(path):
    with h5py.File(path) as file:
        x = file["X"]
        parts = (x["data"][:], x["indices"][:], x["indptr"][:])
        frames = [values for name in ("obs", "var") for values in datasets(file[name])]
        return scipy.sparse.csr_matrix(parts, shape=tuple(x.attrs["shape"])), frames


def write(path, matrix, annotation):
    with h5py.File(path, "w") as file:
        x = file.create_group("X")
        x.attrs["encoding-type"], x.attrs["encoding-version"] = "csr_matrix", "0.1.0"
        x.attrs["shape"] = matrix.shape
        for name in ("data", "indices", "indptr"):
            x.create_dataset(name, data=getattr(matrix, name), compression="gzip", compression_opts=4)
        for name in ("obs", "var"):
            annotation.copy(name, file)
    with open(path, "rb") as written:
        os.fsync(written.fileno())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=["read", "write"])
    parser.add_argument("file")
    parser.add_argument("copy")
    parser.add_argument("--on-demand", action="store_true")
    options = parser.parse_args()
    annotation = h5py.File(options.file)
    matrix = read(options.file)[0] if options.work == "write" else None

    def task():
        if options.work == "read":
            read(options.file)
        else:
            write(options.copy, matrix, annotation)

    if options.on_demand:
        serve(task, version=f"h5py {h5py.__version__}, SciPy {scipy.__version__}")
    else:
        print(json.dumps(timed(task)))


if __name__ == "__main__":
    main()
