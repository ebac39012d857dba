"""Writes arrays whose values count up from 0 in all the ways that h5py keeps them, `oldest` and `latest` by the format of the file."""

import sys
import zlib

import h5py
import numpy

folder = sys.argv[1]
counts = numpy.arange(1_001, dtype="int64")
table = numpy.arange(1_200, dtype="float32").reshape(200, 6)
for bounds in ("earliest", "latest"):
    with h5py.File(f"{folder}/{bounds}.h5", "w", libver=(bounds, "latest"), userblock_size=512) as file:
        gzip = {"compression": "gzip"}
        file.create_dataset("gzip", data=counts, chunks=(64,), **gzip)
        file.create_dataset("one chunk", data=counts, chunks=(2_000,), maxshape=(None,), **gzip)
        file.create_dataset("by rows", data=table, chunks=(7, 6), **gzip)
        file.create_dataset("by columns too", data=table, chunks=(7, 4), **gzip)
        file.create_dataset("shuffled", data=counts, chunks=(64,), shuffle=True, **gzip)
        file.create_dataset("checked", data=counts, chunks=(64,), fletcher32=True, **gzip)
        file.create_dataset("lzf", data=counts, chunks=(64,), compression="lzf")
        file.create_dataset("not packed", data=counts, chunks=(64,))
        file.create_dataset("in one piece", data=counts)
        file.create_dataset("big-endian", data=counts.astype(">i8"), chunks=(64,), **gzip)
        grown = file.create_dataset("grown", data=counts[:100], chunks=(64,), maxshape=(None,), **gzip)
        grown.resize(1_001, axis=0)
        grown[100:] = counts[100:]
        shrunk = file.create_dataset("shrunk", data=numpy.arange(3_000), chunks=(64,), maxshape=(None,), **gzip)
        shrunk.resize(1_001, axis=0)
        gap = file.create_dataset("with a gap", shape=(1_001,), dtype="int64", chunks=(64,), fillvalue=-1, **gzip)
        gap[:100], gap[700:] = counts[:100], counts[700:]
        file.create_dataset("never written", shape=(1_001,), dtype="int64", chunks=(64,), fillvalue=7, **gzip)
        raw = file.create_dataset("a filter left out", data=counts[:128], chunks=(64,), **gzip)
        raw.id.write_direct_chunk((64,), counts[64:128].tobytes(), filter_mask=1)
        short = file.create_dataset("too short a chunk", data=counts[:128], chunks=(64,), **gzip)
        short.id.write_direct_chunk((64,), zlib.compress(counts[64:100].tobytes()))
        long = file.create_dataset("too long a chunk", data=counts[:128], chunks=(64,), **gzip)
        long.id.write_direct_chunk((64,), zlib.compress(counts[64:600].tobytes()))
        damaged = file.create_dataset("a damaged chunk", data=counts[:128], chunks=(64,), **gzip)
        packed = bytearray(zlib.compress(counts[64:128].tobytes()))
        packed[len(packed) // 2] ^= 0xFF
        damaged.id.write_direct_chunk((64,), bytes(packed))
