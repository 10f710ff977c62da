"""./dev bench: durable accepts against a bare harness, and order-3 with comd's CPU per order. Prints ratios from one run."""

import argparse
import json
import os
import platform
import subprocess
import sys

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
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    try:
        heading(f"Durable accepts, bare gRPC + RocksDB group commit ({arguments.seconds} s each)")
        bare = measure_bare(arguments)
        heading(f"Durable accepts, comd ({arguments.seconds} s each)")
        comd = measure_comd(arguments)
        heading(f"order-3: {arguments.orders} orders of three service orders and one dependency")
        orders = measure_orders(arguments)
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
    before, during = storm["before"]["per_second"], storm["during"]["per_second"]
    print(f"\n{storm['timers']:,} timers due in one second: all fired in {storm['fired_seconds']:.1f} s; accepts meanwhile "
          f"{during:,.0f}/s of {before:,.0f}/s ({during / before:.2f}), p99 {storm['during']['p99_ms']:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
