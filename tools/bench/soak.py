"""Orders for minutes on end. Held against each other are the first and the last tenth: nothing may grow but the store, by what each
order takes there. In a short one caches and tables that only fill up look like growth: ten minutes are enough to tell."""

from bench.figures import Figure
from bench.order3 import orders_of
from bench.world import say
from proc import bytes_in, open_files, status_mib

PARAMETERS = ("minutes", "open", "payload")
GROWTH = 1.10  # a tenth may differ so far from another by chance


def measure_tenth(world, comd, number, so_far):
    """`so_far`: orders and bytes of the tenths before. What lies on disk is for all of them: within one, tables come and go."""
    seconds = 60 * world.arguments.minutes / 10
    line = comd.load(f"soak{number}", *orders_of(world, 100_000_000, "--seconds", seconds, "--open", world.arguments.open))[0]
    so_far["orders"] += line["orders"]
    tenth = {"orders": line["per_second"], "cpu_per_order": line["cpu_ms_per_order"], "memory": status_mib(comd.pid, "VmRSS"),
             "open_files": open_files(comd.pid), "disk_per_order": (bytes_in(comd.data) - so_far["empty"]) / so_far["orders"]}
    say(f"{number}: " + ", ".join(f"{name} {value:,.2f}" for name, value in tenth.items()))
    return tenth


def measure(world):
    with world.comd("soak") as comd:
        comd.warm()
        so_far = {"empty": bytes_in(comd.data), "orders": 0}
        tenths = [measure_tenth(world, comd, number, so_far) for number in range(1, 11)]
    first, last = tenths[0], tenths[-1]
    kinds = {"orders": "rate", "cpu_per_order": "cpu_ms", "memory": "memory", "open_files": "count", "disk_per_order": "bytes"}
    figures = {}
    for name, kind in kinds.items():  # the limit harness of the last tenth is the first one
        worst = {"least": first[name] / GROWTH} if name == "orders" else {"most": first[name] * GROWTH}
        figures[name] = Figure(last[name], kind, limit=first[name], **worst)
    return figures
