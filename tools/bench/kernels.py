"""The small pieces an order is made of: time by Google Benchmark, instructions by callgrind. The instructions are the stable figure."""

import json
import os
import re
import subprocess

from bench.figures import Figure
from bench.world import say
from stack import Failure

PARAMETERS = ()
FEW, MANY = 20, 120


def time_kernels(world, only="."):
    """By name: ns of CPU for each call, and how many units in a second of it."""
    done = subprocess.run([world.program("kernels"), "--benchmark_format=json", f"--benchmark_filter=^({only})", "--benchmark_min_time=0.3"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if done.returncode != 0:
        raise Failure(f"Expected the kernels to run, but they ended with {done.returncode}: ./dev build kernels")
    return {each["name"]: each for each in json.loads(done.stdout)["benchmarks"]}


def instructions_of_run(world, name, times):
    out = os.path.join(world.arguments.work, "callgrind.out")
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", world.program("kernels"), "run", name, str(times)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not counted:
        raise Failure(f"Expected callgrind to count the kernel {name}, but it ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return int(counted.group(1))


def instructions(world, name):
    """Of one call: what more calls cost more, so that what comes before the first does not count."""
    return (instructions_of_run(world, name, MANY) - instructions_of_run(world, name, FEW)) / (MANY - FEW)


def measure(world):
    figures = {}
    for name, timed in time_kernels(world).items():
        figures[f"{name}_time"] = Figure(timed["cpu_time"], "nanoseconds")
        figures[f"{name}_instructions"] = Figure(instructions(world, name), "instructions")
        say(f"{name}: {timed['cpu_time']:,.0f} ns, {figures[f'{name}_instructions'].value:,.0f} instructions, {timed['items_per_second']:,.0f} {timed['label']}s/s")
        if name == "fold_order3":
            figures["events_folded"] = Figure(timed["items_per_second"], "rate", least=1_000_000)
    return figures
