"""Durable accepts, against a bare gRPC server with RocksDB group commit that writes the same rows and decides nothing."""

import subprocess

from bench.figures import Figure
from bench.world import lines_of, load_share, say

PARAMETERS = ("seconds",)
IN_FLIGHT = (1, 64, 256)


def flags_of_one_accept(world):
    shape = subprocess.run([world.program("load"), "shape"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    say(f"what one accept writes: {' '.join(shape)}")
    return shape


def bare_accepts(world, in_flight, shape):
    return lines_of([world.program("accept-bench"), "--in-flight", ",".join(map(str, in_flight)), "--seconds", str(world.arguments.seconds),
                     "--directory", world.arguments.work, "--output", "json", *shape])


def measure(world):
    bare = bare_accepts(world, IN_FLIGHT, flags_of_one_accept(world))
    with world.comd("accept") as comd:
        comd.warm()
        comd.accepts("warm-accepts")
        ours = comd.load("run", "accepts", "--in-flight", ",".join(map(str, IN_FLIGHT)), "--seconds", world.arguments.seconds)
    figures = {}
    for b, c in zip(bare, ours):
        n = c["in_flight"]
        figures[f"accepts_{n}"] = Figure(c["per_second"], "rate", limit=b["per_second"])
        figures[f"of_bare_{n}"] = Figure(c["per_second"] / b["per_second"], "share", least=0.80 if n > 1 else None)
        figures[f"p50_{n}"] = Figure(c["p50_ms"], "ms", limit=b["p50_ms"])
        figures[f"p99_{n}"] = Figure(c["p99_ms"], "ms", limit=b["p99_ms"])
        if n == 1:
            figures["p50_of_bare_1"] = Figure(c["p50_ms"] / b["p50_ms"], "times", most=1.5)
        figures[f"cpu_per_accept_{n}"] = Figure(c["cpu_ms_per_accept"], "cpu_ms", limit=b["cpu_ms_per_accept"])
        figures[f"load_generator_{n}"] = Figure(load_share(c, "accept"), "told", most=0.5, limit=load_share(b, "accept"))
    return figures
