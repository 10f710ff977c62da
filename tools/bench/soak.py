"""Orders for minutes on end, in tenths. The last one is held against an empty store: against the first tenth, and one more that a comd
with an empty store has in the minute after, since the machine itself may be slower by then. Memory is held against the middle, when
what is only filled up (caches, memtables) is full: ten minutes are enough for that."""

from bench.figures import Figure
from bench.order3 import orders_of
from bench.world import say
from proc import bytes_in, open_files, status_mib

PARAMETERS = ("minutes", "open", "payload")
GROWTH = 1.10  # two tenths may differ so far by chance
FILES = 600  # 512 tables at most (storage/rocks_tables.cpp), write-ahead logs and connections


def measure_tenth(world, comd, name, so_far):
    """`so_far`: orders and bytes of the tenths before. What lies on disk is for all of them: within one, tables come and go."""
    seconds = 60 * world.arguments.minutes / 10
    line = comd.load(f"soak-{name}", *orders_of(world, 100_000_000, "--seconds", seconds, "--open", world.arguments.open))[0]
    so_far["orders"] += line["orders"]
    tenth = {"orders": line["per_second"], "cpu_per_order": line["cpu_ms_per_order"], "memory": status_mib(comd.pid, "VmRSS"),
             "open_files": open_files(comd.pid), "disk_per_order": (bytes_in(comd.data) - so_far["empty"]) / so_far["orders"]}
    say(f"{name}: " + ", ".join(f"{figure} {value:,.2f}" for figure, value in tenth.items()))
    return tenth


def measure_tenths(world, store, names):
    with world.comd(store) as comd:
        comd.warm()
        so_far = {"empty": bytes_in(comd.data), "orders": 0}
        return [measure_tenth(world, comd, name, so_far) for name in names]


def measure(world):
    tenths = measure_tenths(world, "soak", range(1, 11))
    fresh = measure_tenths(world, "soak-empty", ["empty"])[0]
    first, middle, last = tenths[0], tenths[4], tenths[-1]

    def empty(name):
        return (first[name] + fresh[name]) / 2

    return {
        "orders": Figure(last["orders"], "rate", limit=empty("orders"), least=empty("orders") / GROWTH),
        "cpu_per_order": Figure(last["cpu_per_order"], "cpu_ms", limit=empty("cpu_per_order"), most=empty("cpu_per_order") * GROWTH),
        "memory": Figure(last["memory"], "memory", limit=middle["memory"], most=middle["memory"] * GROWTH),
        "open_files": Figure(last["open_files"], "count", most=FILES),
        "disk_per_order": Figure(last["disk_per_order"], "bytes", limit=first["disk_per_order"], most=first["disk_per_order"] * GROWTH),
    }
