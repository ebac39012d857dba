"""Reads every array of an HDF5 file, appends 400 rows of -1 to each, and prints what it found as JSON."""

import json
import sys

import h5py
import numpy

found = {}
with h5py.File(sys.argv[1], "r+") as file:
    for name, array in file.items():
        before = array[()]
        found[name] = {"before": before.ravel().tolist(), "compression": array.compression}
        array.resize(len(before) + 400, axis=0)
        array[len(before) :] = -1
with h5py.File(sys.argv[1], "r") as file:
    for name, array in file.items():
        before = numpy.asarray(found[name]["before"])
        values = array[()]
        found[name]["after"] = len(values)
        found[name]["same"] = bool((values.ravel()[: before.size] == before).all())
        found[name]["added"] = bool((values.ravel()[before.size :] == -1).all())
print(json.dumps(found))
