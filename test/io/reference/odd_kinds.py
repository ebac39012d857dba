"""Writes the committed odd .h5ad files: one kind each, 6 cells x 5 genes of simulated counts.

    /usr/bin/python3 test/io/reference/odd_kinds.py test/fixtures/h5ad

Needs h5py, numpy, scipy and the zstd command. anndata is not used: a kind is what is on the disk, whoever wrote it.
fixture_contents.py reads them back with anndata or h5py, and the tests compare.
"""

import struct
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import scipy.sparse as sp

CELLS, GENES = 6, 5
COUNTS = np.random.default_rng(7).poisson(1.2, (CELLS, GENES))
CELL_NAMES = [f"cell{i}" for i in range(CELLS)]
GENE_NAMES = [f"gene{i}" for i in range(GENES)]
TYPES, CODES = ["B cell", "T cell"], [0, 1, -1, 1, 0, 1]
TEXT = h5py.string_dtype()


def mark(node, kind, version):
    node.attrs["encoding-type"] = kind
    node.attrs["encoding-version"] = version


def array(group, name, data, **storage):
    data = np.asarray(data)
    if data.dtype.kind in "OU":
        node = group.create_dataset(name, data=data.astype(object), dtype=TEXT, **storage)
        mark(node, "string-array", "0.2.0")
    else:
        node = group.create_dataset(name, data=data, **storage)
        mark(node, "array", "0.2.0")
    return node


def frame(file, path, names, columns=None):
    group = file.create_group(path)
    mark(group, "dataframe", "0.2.0")
    group.attrs["_index"] = "_index"
    order = list(columns or {})
    group.attrs["column-order"] = np.array(order, dtype=TEXT) if order else np.zeros(0)
    array(group, "_index", names)
    for name, write in (columns or {}).items():
        write(group, name)
    return group


def categorical(values, codes, ordered=False):
    def write(group, name):
        node = group.create_group(name)
        mark(node, "categorical", "0.2.0")
        node.attrs["ordered"] = ordered
        array(node, "categories", values)
        array(node, "codes", np.array(codes, np.int8))

    return write


def nullable(kind, values, mask):
    def write(group, name):
        node = group.create_group(name)
        mark(node, kind, "0.1.0")
        array(node, "values", values)
        array(node, "mask", np.array(mask, bool))

    return write


def plain(values):
    return lambda group, name: array(group, name, values)


def sparse(file, path, matrix, index=np.int32, value=np.float32, pointer=None, **storage):
    group = file.create_group(path)
    mark(group, f"{matrix.format}_matrix", "0.1.0")
    group.attrs["shape"] = np.array(matrix.shape, np.int64)
    group.create_dataset("data", data=matrix.data.astype(value), **storage)
    group.create_dataset("indices", data=matrix.indices.astype(index), **storage)
    group.create_dataset("indptr", data=matrix.indptr.astype(pointer or index), **storage)
    return group


def frames(file, obs=None, cells=CELL_NAMES, genes=GENE_NAMES):
    mark(file, "anndata", "0.1.0")
    frame(file, "obs", cells, obs if obs is not None else {"cell_type": categorical(TYPES, CODES)})
    frame(file, "var", genes)


def csr(values=COUNTS):
    return sp.csr_matrix(values)


def of_dtype(dtype):
    def build(file):
        frames(file)
        array(file, "X", COUNTS.astype(dtype))

    return build


def of_type(make):
    """X of an HDF5 type that numpy has no name for."""

    def build(file):
        frames(file)
        node = h5py.h5d.create(file.id, b"X", make(file), h5py.h5s.create_simple(COUNTS.shape))
        node.write(h5py.h5s.ALL, h5py.h5s.ALL, COUNTS.astype(np.float32))
        mark(file["X"], "array", "0.2.0")

    return build


def int_of_12_bits(_):
    kind = h5py.h5t.STD_I16LE.copy()
    kind.set_precision(12)
    kind.set_offset(2)
    return kind


def float_of_25_bits(_):
    kind = h5py.h5t.IEEE_F32LE.copy()
    kind.set_fields(30, 24, 6, 4, 20)
    kind.set_ebias(31)
    return kind


def committed(file):
    file["count_type"] = np.dtype(">i4")
    return file["count_type"].id


def csr_of(**types):
    def build(file):
        frames(file)
        sparse(file, "X", csr(), **types)

    return build


def csc(file):
    frames(file)
    sparse(file, "X", csr().tocsc(), index=np.int64)


def unsorted_duplicates(file):
    frames(file)
    parts = csr()
    data, indices, indptr = [], [], [0]
    for row in range(CELLS):
        own = list(zip(parts.indices[parts.indptr[row] : parts.indptr[row + 1]], parts.data[parts.indptr[row] :]))
        own = own[::-1] + [(index, 1) for index, _ in own[:2]]
        indices += [index for index, _ in own]
        data += [value for _, value in own]
        indptr.append(len(data))
    group = file.create_group("X")
    mark(group, "csr_matrix", "0.1.0")
    group.attrs["shape"] = [CELLS, GENES]
    group["data"], group["indices"] = np.array(data, np.float32), np.array(indices, np.int32)
    group["indptr"] = np.array(indptr, np.int32)


def explicit_zeros(file):
    frames(file)
    matrix = csr(np.ones_like(COUNTS))
    matrix.data[:] = COUNTS.ravel()
    sparse(file, "X", matrix)


def filtered(**storage):
    def build(file):
        frames(file)
        array(file, "X", COUNTS.astype(np.float32), chunks=(2, GENES), **storage)

    return build


def direct_chunks(filter_id, options, pack):
    """A dataset whose chunks we pack ourselves, since h5py lacks the filter."""

    def build(file):
        frames(file)
        values = COUNTS.astype(np.float32)
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((2, GENES))
        properties.set_filter(filter_id, h5py.h5z.FLAG_OPTIONAL, options)
        space = h5py.h5s.create_simple(values.shape)
        node = h5py.h5d.create(file.id, b"X", h5py.h5t.IEEE_F32LE, space, properties)
        for row in range(0, CELLS, 2):
            node.write_direct_chunk((row, 0), pack(values[row : row + 2].tobytes()))
        mark(file["X"], "array", "0.2.0")

    return build


def zstd_frame(chunk):
    size = f"--stream-size={len(chunk)}"
    return subprocess.run(["zstd", "-c", "-q", size], input=chunk, capture_output=True, check=True).stdout


def blosc_frame(chunk):
    """Blosc 1 with its memcpy flag: format 2, lz 1, flags 2, four bytes a value."""
    return struct.pack("<BBBBIII", 2, 1, 2, 4, len(chunk), len(chunk), len(chunk) + 16) + chunk


def fixed_strings(file):
    mark(file, "anndata", "0.1.0")
    for path, names in (("obs", CELL_NAMES), ("var", [f"gène{i}" for i in range(GENES)])):
        group = file.create_group(path)
        mark(group, "dataframe", "0.2.0")
        group.attrs["_index"] = "index"
        group.attrs["column-order"] = np.zeros(0)
        fixed = h5py.string_dtype("utf-8", 12)
        group.create_dataset("index", data=np.array([n.encode() for n in names], fixed))
    array(file, "X", COUNTS.astype(np.float32))


def utf8(file):
    names = ["zelle_µ", "клетка", "細胞", "cell\u00a0space", "🧬", "a,b=c"]
    frames(file, {"typ µ": categorical(["T γδ", "<b>B</b>"], CODES)}, cells=names)
    array(file, "X", COUNTS.astype(np.float32))


def nullable_columns(file):
    hidden = [False, True, False, False, True, False]
    frames(
        file,
        {
            "whole": nullable("nullable-integer", np.arange(6, dtype=np.int64), hidden),
            "flag": nullable("nullable-boolean", np.arange(6) % 2 == 0, hidden),
            "text": nullable("nullable-string-array", ["a", "b", "c", "d", "e", "f"], hidden),
        },
    )
    array(file, "X", COUNTS.astype(np.float32))


def plain_columns(file):
    frames(
        file,
        {
            "missing": plain(np.array([1, np.nan, 3, np.nan, 5, 6])),
            "flag": plain(np.arange(6) % 3 == 0),
            "big": plain(np.arange(6, dtype=np.int64) * 2**40),
            "small": plain(np.arange(6, dtype=np.uint8)),
            "text": plain(["", "x", "two words", "", "y", "z"]),
            "stage": categorical(["late", "early"], CODES, ordered=True),
            "cluster": categorical(np.array([3, 7]), CODES),
        },
    )
    array(file, "X", COUNTS.astype(np.float32))


def raw_other_genes(file):
    frames(file)
    del file["var"]
    frame(file, "var", GENE_NAMES[:3])
    array(file, "X", np.log1p(COUNTS[:, :3]).astype(np.float32))
    raw = file.create_group("raw")
    mark(raw, "raw", "0.1.0")
    frame(file, "raw/var", GENE_NAMES)
    sparse(file, "raw/X", csr())


def legacy_06(file):
    """anndata 0.6: tables for frames, h5sparse groups, raw.X beside X, categories in uns."""
    obs = np.zeros(CELLS, [("index", "S8"), ("cell_type", "i1"), ("n_counts", "f4")])
    obs["index"], obs["cell_type"] = CELL_NAMES, CODES
    obs["n_counts"] = COUNTS.sum(1)
    file["obs"] = obs
    genes = np.zeros(GENES, [("index", "S8"), ("n_cells", "i8")])
    genes["index"], genes["n_cells"] = GENE_NAMES, (COUNTS > 0).sum(0)
    file["var"] = genes
    file.create_dataset("uns/cell_type_categories", data=np.array(TYPES, object), dtype=TEXT)
    for path, matrix in (("X", csr()), ("raw.X", csr())):
        group = file.create_group(path)
        group.attrs["h5sparse_format"] = b"csr"
        group.attrs["h5sparse_shape"] = np.array(matrix.shape)
        group["data"], group["indices"] = matrix.data.astype(np.float32), matrix.indices
        group["indptr"] = matrix.indptr
    file["raw.var"] = genes


def legacy_07(file):
    """anndata 0.7: codes beside a reference to obs/__categories."""
    frames(file, {})
    del file["obs"]
    group = file.create_group("obs")
    mark(group, "dataframe", "0.1.0")
    group.attrs["_index"] = "index"
    group.attrs["column-order"] = np.array(["cell_type"], dtype=TEXT)
    group.create_dataset("index", data=np.array(CELL_NAMES, object), dtype=TEXT)
    categories = group.create_dataset("__categories/cell_type", data=np.array(TYPES, object), dtype=TEXT)
    categories.attrs["ordered"] = False
    codes = group.create_dataset("cell_type", data=np.array(CODES, np.int8))
    codes.attrs["categories"] = categories.ref
    sparse(file, "X", csr())


def vector_x(file):
    """anndata before 0.7 wrote a matrix of one gene as a vector."""
    frames(file, genes=GENE_NAMES[:1])
    file["X"] = COUNTS[:, 0].astype(np.float32)


def names(cells, genes):
    def build(file):
        frames(file, {}, cells=cells, genes=genes)
        array(file, "X", COUNTS.astype(np.float32))

    return build


def no_x(file):
    frames(file)


def only_layers(file):
    frames(file)
    sparse(file, "layers/counts", csr())


def empty_cells(file):
    frames(file, {}, cells=np.array([], object))
    sparse(file, "X", sp.csr_matrix((0, GENES)))


def not_finite(file):
    frames(file)
    values = COUNTS.astype(np.float32)
    values[0, 0], values[1, 1] = np.nan, np.inf
    array(file, "X", values)


def soft_link(file):
    frames(file)
    array(file, "hidden", COUNTS.astype(np.float32))
    file["X"] = h5py.SoftLink("/hidden")


def external_link(file):
    frames(file)
    file["X"] = h5py.ExternalLink("dense_float32.h5ad", "/X")


def external_storage(file):
    frames(file)
    properties = [("dense_float32.h5ad", 0, CELLS * GENES * 4)]
    file.create_dataset("X", (CELLS, GENES), np.float32, external=properties)


def virtual(file):
    frames(file)
    layout = h5py.VirtualLayout((CELLS, GENES), np.float32)
    layout[:] = h5py.VirtualSource("dense_float32.h5ad", "X", (CELLS, GENES))
    file.create_virtual_dataset("X", layout)


def index_beyond(file):
    frames(file)
    parts = csr()
    parts.indices = parts.indices.copy()
    parts.indices[-1] = GENES
    sparse(file, "X", parts)


def falling_offsets(file):
    frames(file)
    parts = csr()
    parts.indptr = parts.indptr.copy()
    parts.indptr[2], parts.indptr[3] = parts.indptr[3] + 1, parts.indptr[2]
    sparse(file, "X", parts)


def huge_claim(file):
    frames(file)
    file.create_dataset("X", (2**40, GENES), np.float32, chunks=(1024, GENES))


def code_beyond(file):
    frames(file, {"cell_type": categorical(TYPES, [0, 1, 2, 1, 0, 1])})
    array(file, "X", COUNTS.astype(np.float32))


def self_containing(file):
    frames(file)
    array(file, "X", COUNTS.astype(np.float32))
    uns = file.create_group("uns")
    mark(uns, "dict", "0.1.0")
    uns["again"] = uns


def all_checksummed(file):
    """Fixed-length text and checksums throughout, in the newest format, whose headers have checksums too.

    Fletcher's alone takes a block of zeros for sound, its own zeros being right; no gzip stream begins with zeros.
    """
    chunked = {"fletcher32": True, "compression": "gzip"}
    for path, own in (("obs", CELL_NAMES), ("var", GENE_NAMES)):
        group = file.create_group(path)
        attributes = {"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "index"}
        for name, value in attributes.items():
            group.attrs[name] = np.bytes_(value)
        group.create_dataset("index", data=np.array(own, "S8"), chunks=(4,), **chunked)
    file.create_dataset("X", data=COUNTS.astype(np.float32), chunks=(2, GENES), **chunked)


def future_encoding(file):
    frames(file)
    sparse(file, "X", csr())
    file["X"].attrs["encoding-version"] = "9.0.0"


KINDS = {
    **{f"dense_{d}": of_dtype(d) for d in ("float32", "float64", "int8", "uint8", "int16", "uint16")},
    **{f"dense_{d}": of_dtype(d) for d in ("int32", "uint32", "int64", "uint64", "bool", "float16")},
    "dense_big_endian": of_dtype(">f4"),
    "dense_big_endian_int": of_dtype(">i4"),
    "dense_committed_type": of_type(committed),
    "dense_int_of_12_bits": of_type(int_of_12_bits),
    "dense_float_of_25_bits": of_type(float_of_25_bits),
    "csr_int64_indices": csr_of(index=np.int64, value=np.float64),
    "csr_uint32_indices": csr_of(index=np.uint32, value=np.int32),
    "csr_mixed_indices": csr_of(index=np.int32, value=np.int64, pointer=np.int64),
    "csr_float16": csr_of(value=np.float16),
    "csc_int64_indices": csc,
    "csr_unsorted_duplicates": unsorted_duplicates,
    "csr_explicit_zeros": explicit_zeros,
    "filter_gzip_shuffle": filtered(compression="gzip", shuffle=True),
    "filter_lzf": filtered(compression="lzf"),
    "filter_fletcher32": filtered(fletcher32=True),
    "filter_scale_offset": filtered(scaleoffset=2),
    "filter_zstd": direct_chunks(32015, (3,), zstd_frame),
    "filter_blosc": direct_chunks(32001, (2, 2, 4, 2 * GENES * 4), blosc_frame),
    "filter_unknown": direct_chunks(32099, (), bytes),
    "fixed_length_names": fixed_strings,
    "utf8_names": utf8,
    "nullable_columns": nullable_columns,
    "plain_columns": plain_columns,
    "raw_other_genes": raw_other_genes,
    "legacy_0_6": legacy_06,
    "legacy_0_7_categories": legacy_07,
    "legacy_vector": vector_x,
    "duplicate_names": names(["a", "a", "a-1", "b", "b", "b"], ["x", "y", "x", "z", "x"]),
    "integer_names": names(np.arange(CELLS), GENE_NAMES),
    "no_x": no_x,
    "only_layers": only_layers,
    "no_cells": empty_cells,
    "not_finite": not_finite,
    "soft_link": soft_link,
    "external_link": external_link,
    "external_storage": external_storage,
    "virtual_dataset": virtual,
    "index_beyond_genes": index_beyond,
    "falling_offsets": falling_offsets,
    "huge_claim": huge_claim,
    "code_beyond_categories": code_beyond,
    "self_containing_uns": self_containing,
    "all_checksummed": all_checksummed,
    "future_encoding": future_encoding,
}


def main(folder):
    for name, build in KINDS.items():
        # The newest format keeps groups and headers small.
        with h5py.File(folder / f"{name}.h5ad", "w", libver="latest") as file:
            build(file)


main(Path(sys.argv[1]))
