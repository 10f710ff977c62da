"""The log of the bench order3, read from its beginning and folded. The limit harness reads the same files and does nothing with them."""

import json
import os
import resource
import subprocess
import time

from bench.figures import Figure
from bench.kernels import time_kernels
from bench.order3 import orders_of
from bench.world import say
from proc import MIB, files_in
from stack import Failure

PARAMETERS = ("orders",)


def the_log(world):
    """The one that order3 has left in this directory, or one that is made now."""
    data = os.path.join(world.arguments.work, "order3", "data")
    if not os.path.isdir(data):
        with world.comd("order3") as comd:
            comd.load("run", *orders_of(world, world.arguments.orders, "--open", world.arguments.open))
    return data


def read_seconds(data):
    """One file after the other, after the kernel was asked to forget them."""
    buffer = bytearray(MIB)
    began, size = time.monotonic(), 0
    for path in files_in(data):
        with open(path, "rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while read := file.readinto(buffer):
                size += read
    return time.monotonic() - began, size


def verify(world, data):
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([world.program("comd"), "--verify-log", data, "--output", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise Failure(f"Expected the log to be good, but comd --verify-log {data} ended with {done.returncode}")
    cpu = used.ru_utime + used.ru_stime - began.ru_utime - began.ru_stime
    return json.loads(done.stdout), cpu


def measure(world):
    data = the_log(world)
    read, size = read_seconds(data)
    found, cpu = verify(world, data)
    events, fold, chain = found["events"], found["seconds"]["fold"], found["seconds"]["chain"]
    say(f"{found['commits']:,} commits, {events:,} events, {size / MIB:,.0f} MiB, {found['statesCompared']:,} states compared")
    kernel = time_kernels(world, "fold_order3|evolve_order3")
    return {
        "events": Figure(events / fold, "rate", least=400_000, limit=events / read),
        "read": Figure(size / MIB / fold, "speed", limit=size / MIB / read),
        "chain_records": Figure(found["chain"]["records"] / chain, "rate"),
        "cpu_per_1000_events": Figure(1_000_000 * cpu / events, "cpu_ms"),
        "events_in_memory": Figure(kernel["fold_order3"]["items_per_second"], "rate", least=1_000_000),
        "events_in_memory_decoded": Figure(kernel["evolve_order3"]["items_per_second"], "rate"),
    }
