"""Orders of many items, each item as much work as an order-3. The limit harness is as many order-3: what an item costs must not grow
with the number of its neighbours."""

from bench.figures import Figure
from bench.world import say

PARAMETERS = ("items",)
WIDTHS = (100, 1000, 5000)


def measure(world):
    items = world.arguments.items
    figures = {}
    with world.comd("wide-order") as comd:
        comd.warm()
        small = comd.load("small", "orders", "--count", items)[0]["cpu_ms_per_order"]
        for width in (width for width in WIDTHS if width <= items):
            count = items // width
            line = comd.load(f"wide-{width}", "orders", "--count", count, "--items", width)[0]
            each = line["cpu_ms_per_order"] / width
            say(f"{count} orders of {width:,} items: {line['accepted_seconds']:.2f} s until accepted, {line['seconds']:.2f} s until completed")
            figures[f"cpu_per_item_{width}"] = Figure(each, "cpu_ms", limit=small)
            figures[f"of_small_{width}"] = Figure(each / small, "times", most=1.1)
            figures[f"accepted_{width}"] = Figure(line["accepted_seconds"], "seconds")
            figures[f"completed_{width}"] = Figure(line["seconds"], "seconds")
            figures[f"json_{width}"] = Figure(line["bytes"], "bytes")
    return figures
