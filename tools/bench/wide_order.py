"""Orders of many items, each item as much work as an order-3. The limit harness is as many order-3: what an item costs must not grow
with the number of its neighbours."""

from bench.figures import Figure
from bench.world import say

PARAMETERS = ("items",)
WIDTHS = (100, 1000, 5000)
PATIENCE = 300  # seconds in which nothing moves


def measure(world):
    items = world.arguments.items
    figures = {}
    with world.comd("wide-order") as comd:
        comd.warm()
        small = comd.load("small", "orders", "--count", items)[0]["cpu_ms_per_order"]
        for width in (width for width in WIDTHS if width <= items):
            count = items // width
            line = comd.load(f"wide-{width}", "orders", "--count", count, "--items", width, "--patience", PATIENCE, may_fail=True)[0]
            say(f"{count} orders of {width:,} items: {line['accepted_seconds']:.2f} s until accepted, {line['completed']} completed after "
                f"{line['seconds']:.2f} s")
            figures[f"json_{width}"] = Figure(line["bytes"], "bytes")
            figures[f"accepted_{width}"] = Figure(line["accepted_seconds"], "seconds")
            figures[f"unfinished_{width}"] = Figure(count - line["completed"], "count", most=0)
            if line["completed"] < count:
                break  # what runs on would be counted to the next ones
            each = line["cpu_ms_per_order"] / width
            figures[f"completed_{width}"] = Figure(line["seconds"], "seconds")
            figures[f"cpu_per_item_{width}"] = Figure(each, "cpu_ms", limit=small)
            figures[f"of_small_{width}"] = Figure(each / small, "times", most=1.1)
    return figures
