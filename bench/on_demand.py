"""How the Python rivals of `npm run bench` work in turns with it: once for every line they read, timed by themselves."""

import json
import sys
import time


def timed(task):
    begun, processor = time.perf_counter(), time.process_time()
    task()
    return {"seconds": time.perf_counter() - begun, "cpuSeconds": time.process_time() - processor}


def serve(task, **about):
    """Says what this is, with its library's `version`, in a line of JSON, and then the time of each run in one."""
    print(json.dumps(about), flush=True)
    for _ in sys.stdin:
        print(json.dumps(timed(task)), flush=True)
