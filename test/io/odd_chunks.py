"""Writes arrays whose values count up from 0 in all the ways that h5py keeps them, in a file of each format."""

import sys
import zlib

import h5py
import numpy

folder = sys.argv[1]
counts = numpy.arange(5_001, dtype="int64")
table = numpy.arange(6_000, dtype="float32").reshape(1_000, 6)
formats = {"earliest": ("earliest", "latest"), "v108": ("v108", "v108"), "latest": ("latest", "latest")}
for name, bounds in formats.items():
    with h5py.File(f"{folder}/{name}.h5", "w", libver=bounds, userblock_size=512) as file:
        gzip = {"compression": "gzip"}
        file.create_dataset("gzip", data=counts, chunks=(512,), **gzip)
        file.create_dataset("one chunk", data=counts, chunks=(9_000,), maxshape=(None,), **gzip)
        file.create_dataset("by rows", data=table, chunks=(175, 6), **gzip)
        file.create_dataset("by columns too", data=table, chunks=(175, 4), **gzip)
        file.create_dataset("short chunks", data=counts, chunks=(64,), **gzip)
        file.create_dataset("shuffled", data=counts, chunks=(512,), shuffle=True, **gzip)
        file.create_dataset("checked", data=counts, chunks=(512,), fletcher32=True, **gzip)
        file.create_dataset("lzf", data=counts, chunks=(512,), compression="lzf")
        file.create_dataset("not packed", data=counts, chunks=(512,))
        file.create_dataset("in one piece", data=counts)
        file.create_dataset("big-endian", data=counts.astype(">i8"), chunks=(512,), **gzip)
        grown = file.create_dataset("grown", data=counts[:100], chunks=(512,), maxshape=(None,), **gzip)
        grown.resize(5_001, axis=0)
        grown[100:] = counts[100:]
        shrunk = file.create_dataset("shrunk", data=numpy.arange(9_000), chunks=(512,), maxshape=(None,), **gzip)
        shrunk.resize(5_001, axis=0)
        gap = file.create_dataset("with a gap", shape=(5_001,), dtype="int64", chunks=(512,), fillvalue=-1, **gzip)
        gap[:100], gap[4_000:] = counts[:100], counts[4_000:]
        file.create_dataset("never written", shape=(5_001,), dtype="int64", chunks=(512,), fillvalue=7, **gzip)
        second = counts[512:1_024]
        raw = file.create_dataset("a filter left out", data=counts[:1_024], chunks=(512,), **gzip)
        raw.id.write_direct_chunk((512,), second.tobytes(), filter_mask=1)
        short = file.create_dataset("too short a chunk", data=counts[:1_024], chunks=(512,), **gzip)
        short.id.write_direct_chunk((512,), zlib.compress(second[:36].tobytes()))
        long = file.create_dataset("too long a chunk", data=counts[:1_024], chunks=(512,), **gzip)
        long.id.write_direct_chunk((512,), zlib.compress(counts[512:3_000].tobytes()))
        padded = file.create_dataset("a chunk with bytes behind it", data=counts[:1_024], chunks=(512,), **gzip)
        padded.id.write_direct_chunk((512,), zlib.compress(second.tobytes()) + bytes(9_000))
        damaged = file.create_dataset("a damaged chunk", data=counts[:1_024], chunks=(512,), **gzip)
        packed = bytearray(zlib.compress(second.tobytes()))
        packed[len(packed) // 2] ^= 0xFF
        damaged.id.write_direct_chunk((512,), bytes(packed))
