"""Orders of three service orders and one dependency, from submission to completion, with 1 KB of JSON each."""

import os

from bench.figures import Figure
from bench.accept import bare_accepts
from bench.world import WARM, lines_of, load_share, say
from proc import bytes_in, cpu_seconds, written_bytes
from rows import written

PARAMETERS = ("seconds", "orders", "open", "payload")


def orders_of(world, count, *more):
    return ["orders", "--count", count, "--bytes", world.arguments.payload, *more]


def measure_rows(world, name="order3-rows", count=1000):
    """Puts, deletes and bytes for one order, by kind of row: few enough orders that nothing has left the write-ahead log."""
    with world.comd(name) as comd:
        comd.load("rows", *orders_of(world, count, "--open", world.arguments.open))
        return {row: [each / count for each in sums] for row, sums in written(comd.data).items()}


def print_rows(rows):
    print("\n| rows of one order-3 | puts | deletes | bytes |\n| --- | ---: | ---: | ---: |")
    for name, (puts, deletes, size) in sorted(rows.items(), key=lambda row: -row[1][0] - row[1][1]):
        print(f"| {name} | {puts:.1f} | {deletes:.1f} | {size:,.0f} |")
    print(flush=True)


def flags_of_one_commit(rows):
    """One of an order's commits, as flags of the bare harness: the mean number of rows, and as many bytes."""
    commits = rows["record"][0]

    def group(names):
        puts = sum(rows[name][0] for name in names if name in rows)
        size = sum(rows[name][2] for name in names if name in rows)
        number = max(1, round(puts / commits))
        return number, round(size / commits / number)

    work, work_bytes = group(("timer", "effect", "tell"))
    views, view_bytes = group([name for name in rows if name not in ("timer", "effect", "tell", "counter", "record", "stream index", "chain")])
    streams, _ = group(("stream index",))
    return ["--record-bytes", f"{rows['record'][2] / commits - 8:.0f}", "--streams", f"{streams}",
            "--work", f"{work}", "--work-key-bytes", f"{work_bytes * 3 // 4}", "--work-value-bytes", f"{work_bytes // 4}",
            "--views", f"{views}", "--view-key-bytes", f"{view_bytes // 2}", "--view-value-bytes", f"{view_bytes // 2}"]


def bare_orders(world, rows):
    """Orders a second if their commits were all that had to be done: the limit harness of this bench."""
    return bare_accepts(world, (256,), flags_of_one_commit(rows))[0]["per_second"] / rows["record"][0]


def measure_run(comd, world):
    """The full load, and half of it, paced."""
    count = world.arguments.orders
    before = {"written": written_bytes(comd.pid), "syncs": comd.metric("comd_commit_batch_appends_count"), "sim": cpu_seconds(comd.sim_pid)}
    line = comd.load("run", *orders_of(world, count, "--open", world.arguments.open))[0]
    line["written"] = (written_bytes(comd.pid) - before["written"]) / count
    line["syncs"] = (comd.metric("comd_commit_batch_appends_count") - before["syncs"]) / count
    line["sim_cpu_ms"] = 1000 * (cpu_seconds(comd.sim_pid) - before["sim"]) / count
    half = line["per_second"] / 2
    say(f"{line['per_second']:,.0f} orders/s; now {half:,.0f}/s, paced, for {world.arguments.seconds} s")
    paced = comd.load("half", *orders_of(world, round(half * world.arguments.seconds), "--rate", f"{half:.1f}"))[0]
    return line, paced


def measure_disk(world, data, orders, empty):
    """What lies there for an order when comd is stopped; and after a flush and a compaction, which comd does as its tables fill up."""
    at_stop = (bytes_in(data) - empty) / orders
    lines_of([world.program("load"), "compact", "--data", data])
    return at_stop, (bytes_in(data) - empty) / orders


def measure(world):
    rows = measure_rows(world)
    with world.comd("order3") as comd:
        empty = bytes_in(comd.data)
        comd.warm()
        line, paced = measure_run(comd, world)
        data = comd.data
    at_stop, compacted = measure_disk(world, data, WARM + line["orders"] + paced["orders"], empty)
    bare = bare_orders(world, rows)
    print_rows(rows)
    puts, deletes, size = (sum(column) for column in zip(*rows.values()))
    return {
        "orders": Figure(line["per_second"], "rate", least=5000, limit=bare),
        "of_bare": Figure(line["per_second"] / bare, "share"),
        "cpu_per_order": Figure(line["cpu_ms_per_order"], "cpu_ms", most=0.15),
        "cpu_per_order_of_sim": Figure(line["sim_cpu_ms"], "told"),
        "load_generator": Figure(load_share(line, "order"), "told", most=0.5),
        "p50_when_full": Figure(line["p50_ms"], "ms"),
        "p99_when_full": Figure(line["p99_ms"], "ms"),
        "p50_at_half": Figure(paced["p50_ms"], "ms"),
        "p99_at_half": Figure(paced["p99_ms"], "ms", most=25),
        "cpu_per_order_at_half": Figure(paced["cpu_ms_per_order"], "cpu_ms"),
        "submitted_json": Figure(line["bytes"], "bytes"),
        "disk_at_stop": Figure(at_stop, "bytes"),
        "disk": Figure(compacted, "bytes", most=4096),
        "written": Figure(line["written"], "bytes"),
        "written_of_disk": Figure(line["written"] / compacted, "times"),
        "syncs": Figure(line["syncs"], "count"),
        "rows_put": Figure(puts, "count"),
        "rows_deleted": Figure(deletes, "count"),
        "bytes_of_rows": Figure(size, "bytes"),
    }
