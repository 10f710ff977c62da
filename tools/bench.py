"""./dev bench: durable accepts against a bare harness, and order-3 with comd's CPU per order. Prints ratios from one run."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time

from rows import written
from stack import Failure, Stack

IN_FLIGHT = "1,64,256"


def heading(text):
    print(f"\n── {text}", flush=True)


def lines_of(command):
    """The JSON lines a measurement prints; its progress goes to the terminal."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failure(f"Expected this measurement to work, but it ended with {done.returncode}: {' '.join(command)}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    return f"{os.cpu_count()} cores, {model}, Linux {platform.release()}"


def measure_bare(arguments):
    shape = subprocess.run([os.path.join(arguments.bin, "load"), "shape"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    print(f"   what one accept writes: {' '.join(shape)}")
    return lines_of([os.path.join(arguments.bin, "accept-bench"), "--in-flight", IN_FLIGHT, "--seconds", str(arguments.seconds),
                     "--directory", arguments.work, "--output", "json", *shape])


def measure_comd(arguments):
    with Stack(arguments.bin, os.path.join(arguments.work, "accepts"), ["bench/catalog.yaml"], "bench/sim.yaml", "warning") as stack:
        load = [os.path.join(arguments.bin, "load"), "--server", stack.server, "--pid", str(stack.pid("comd"))]
        lines_of([*load, "--run", "warm", "accepts", "--in-flight", "64", "--seconds", "1"])
        return lines_of([*load, "accepts", "--in-flight", IN_FLIGHT, "--seconds", str(arguments.seconds)])


def measure_orders(arguments):
    with Stack(arguments.bin, os.path.join(arguments.work, "orders"), ["bench/catalog.yaml"], "bench/sim.yaml", "warning") as stack:
        load = [os.path.join(arguments.bin, "load"), "--server", stack.server, "--pid", str(stack.pid("comd"))]
        lines_of([*load, "--run", "warm", "orders", "--count", "500"])
        return lines_of([*load, "orders", "--count", str(arguments.orders), "--open", str(arguments.open)])[0]


def measure_rows(arguments):
    """What is written for one order, by kind of row: few enough orders that nothing has left the write-ahead log."""
    count = 1000
    with Stack(arguments.bin, os.path.join(arguments.work, "rows"), ["bench/catalog.yaml"], "bench/sim.yaml", "warning") as stack:
        load = [os.path.join(arguments.bin, "load"), "--server", stack.server, "--pid", str(stack.pid("comd"))]
        lines_of([*load, "orders", "--count", str(count), "--open", str(arguments.open)])
        return {name: [each / count for each in sums] for name, sums in written(os.path.join(stack.work, "data")).items()}


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def bytes_in(directory):
    return sum(entry.stat().st_size for entry in os.scandir(directory) if entry.is_file() and entry.name != "reserve")


def measure_resident(arguments):
    """Orders that wait: what they cost in memory and on disk, and whether new ones, a start after SIGKILL and waking one get slower."""
    with Stack(arguments.bin, os.path.join(arguments.work, "resident"), ["bench/catalog.yaml"], "bench/sim.yaml", "warning") as stack:
        load = [os.path.join(arguments.bin, "load"), "--server", stack.server]

        def accepts(run):
            return lines_of([*load, "--run", run, "accepts", "--in-flight", "64", "--seconds", str(arguments.seconds)])[0]

        accepts("warm")
        out = {"orders": arguments.resident, "empty": accepts("empty"), "bytes_before": bytes_in(os.path.join(stack.work, "data"))}
        lines_of([*load, "--run", "fill", "fill", "--count", str(arguments.resident)])
        out["bytes"] = bytes_in(os.path.join(stack.work, "data")) - out["bytes_before"]
        out["full"] = accepts("full")
        out["mib"] = resident_mib(stack.pid("comd"))
        stack.kill_comd()
        began = time.monotonic()
        stack.restart_comd()
        stack.wait_ready(pause=0.01)
        out["start_seconds"] = time.monotonic() - began  # with the last `comctl status`
        out["started_mib"] = resident_mib(stack.pid("comd"))
        out["wakeups"] = lines_of([*load, "--run", "fill", "wakeups", "--known", str(arguments.resident), "--count", "3000"])[0]
        return out


def measure_storm(arguments):
    with Stack(arguments.bin, os.path.join(arguments.work, "storm"), ["bench/catalog.yaml"], "bench/sim.yaml", "warning") as stack:
        load = [os.path.join(arguments.bin, "load"), "--server", stack.server, "--pid", str(stack.pid("comd"))]
        return lines_of([*load, "storm", "--timers", str(arguments.timers), "--seconds", str(arguments.seconds)])[0]


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=5, help="length of each accept measurement (default %(default)s)")
    parser.add_argument("--orders", type=int, default=20000, help="orders of the order-3 measurement (default %(default)s)")
    parser.add_argument("--open", type=int, default=1000, help="at most so many unfinished at a time (default %(default)s)")
    parser.add_argument("--timers", type=int, default=100000, help="timers due in the same second (default %(default)s)")
    parser.add_argument("--resident", type=int, default=200000, help="orders that wait, for memory and start (default %(default)s)")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    try:
        heading(f"Durable accepts, bare gRPC + RocksDB group commit ({arguments.seconds} s each)")
        bare = measure_bare(arguments)
        heading(f"Durable accepts, comd ({arguments.seconds} s each)")
        comd = measure_comd(arguments)
        heading(f"order-3: {arguments.orders} orders of three service orders and one dependency")
        orders = measure_orders(arguments)
        heading("order-3: what is written for one")
        rows = measure_rows(arguments)
        heading(f"Resident: {arguments.resident} orders that wait")
        resident = measure_resident(arguments)
        heading(f"Timers: {arguments.timers} orders start in the same second")
        storm = measure_storm(arguments)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    heading(f"Results ({machine()}; load, comd and activation-sim share it)")
    print("| in flight | bare accepts/s | comd accepts/s | ratio | comd p50 ms | comd p99 ms | comd CPU ms |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for b, c in zip(bare, comd):
        print(f"| {c['in_flight']} | {b['per_second']:,.0f} | {c['per_second']:,.0f} | {c['per_second'] / b['per_second']:.2f} | "
              f"{c['p50_ms']:.2f} | {c['p99_ms']:.2f} | {c['cpu_ms_per_accept']:.3f} |")
    print(f"\norder-3: {orders['per_second']:,.0f} orders/s, {orders['cpu_ms_per_order']:.2f} ms CPU of comd per order, "
          f"from submitted to closed p50 {orders['p50_ms']:.0f} ms, p99 {orders['p99_ms']:.0f} ms with {arguments.open} open "
          f"({orders['completed']:,} of {arguments.orders:,} completed)")
    print("\n| rows of one order-3 | puts | deletes | bytes |\n| --- | ---: | ---: | ---: |")
    for name, (puts, deletes, size) in sorted(rows.items(), key=lambda row: -row[1][0] - row[1][1]):
        print(f"| {name} | {puts:.1f} | {deletes:.1f} | {size:,.0f} |")
    puts, deletes, size = (sum(column) for column in zip(*rows.values()))
    print(f"| **all** | **{puts:.1f}** | **{deletes:.1f}** | **{size:,.0f}** |")
    empty, full, woken = resident["empty"], resident["full"], resident["wakeups"]
    print(f"\n{resident['orders']:,} waiting orders: {resident['mib']:,.0f} MiB resident, {resident['bytes'] / resident['orders']:,.0f} bytes on "
          f"disk each; accepts {full['per_second']:,.0f}/s of {empty['per_second']:,.0f}/s in an empty store "
          f"({full['per_second'] / empty['per_second']:.2f}), p99 {full['p99_ms']:.1f} of {empty['p99_ms']:.1f} ms; serving "
          f"{resident['start_seconds']:.2f} s after a start behind SIGKILL, with {resident['started_mib']:,.0f} MiB; an order woken p50 "
          f"{woken['p50_ms']:.2f} ms, p99 {woken['p99_ms']:.2f} ms")
    before, during = storm["before"]["per_second"], storm["during"]["per_second"]
    print(f"\n{storm['timers']:,} timers due in one second: all fired in {storm['fired_seconds']:.1f} s; accepts meanwhile "
          f"{during:,.0f}/s of {before:,.0f}/s ({during / before:.2f}), p99 {storm['during']['p99_ms']:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
