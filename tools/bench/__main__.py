"""./dev bench [NAME...]: runs benches, prints each one's table and its JSON line, and compares with an earlier run."""

import argparse
import importlib
import os
import platform
import sys

from bench.compare import compare, read
from bench.figures import json_line, table
from bench.world import World
from stack import Failure

BENCHES = {
    "accept": "durable accepts, against a bare harness",
    "order3": "orders of three service orders and one dependency: rate, CPU, disk, syncs",
    "resident": "orders that wait (--resident): memory, disk, accepts beside them",
    "startup": "starts after SIGKILL, with waiting orders and with orders under way",
    "wakeup": "an order that is not in memory is asked for",
    "replay": "the log of order3, folded from its beginning",
    "timers": "many orders start in the same second (--timers)",
    "wide-order": "orders of up to 5,000 items: what an item costs",
    "soak": "orders for some minutes (--minutes): what grows",
    "kernels": "codec, decisions, folds, keys: time and instructions",
}
SHORT = ("accept", "order3", "timers")


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    return f"{os.cpu_count()} cores, {model}, Linux {platform.release()}"


def parse():
    names = "\n".join(f"  {name:<11} {what}" for name, what in BENCHES.items())
    parser = argparse.ArgumentParser(prog="./dev bench", description=f"{__doc__}\n\n{names}", formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which (default: {' '.join(SHORT)})")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--save", metavar="FILE", help="write the JSON lines to FILE too")
    parser.add_argument("--compare", metavar="FILE", help="show the change against the run that was saved there; exit code 1 if something was lost")
    for name, default, what in (
            ("seconds", 5, "length of each accept measurement and of the paced orders"),
            ("orders", 20_000, "orders of order3 and replay"),
            ("open", 1_000, "at most so many unfinished at a time"),
            ("payload", 1_024, "bytes of each order's JSON, for order3 and soak"),
            ("resident", 200_000, "orders that wait, for resident, startup and wakeup"),
            ("underway", 5_000, "orders under way at the kill, for startup"),
            ("timers", 100_000, "timers due in the same second"),
            ("items", 5_000, "items in all, for wide-order"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=f"{what} (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=10, metavar="M", help="length of soak (default %(default)s)")
    arguments = parser.parse_args()
    arguments.names = arguments.names or list(SHORT)
    if unknown := [name for name in arguments.names if name not in BENCHES]:
        parser.error(f"Expected names of benches ({', '.join(BENCHES)}), but got {', '.join(unknown)}")
    return arguments


def run(name, world, earlier, save):
    """One bench. Gives what was lost against the earlier run."""
    bench = importlib.import_module(f"bench.{name.replace('-', '_')}")
    print(f"\n── {name}: {BENCHES[name]}", flush=True)
    figures = bench.measure(world)
    parameters = {parameter: getattr(world.arguments, parameter) for parameter in bench.PARAMETERS}
    print("\n".join(table(figures)))
    line = json_line(name, figures, parameters, machine())
    print(line, flush=True)
    if save:
        save.write(line + "\n")
        save.flush()
    if earlier is None:
        return []
    lines, lost = compare(name, figures, parameters, earlier.get(name))
    print("\n" + "\n".join(lines), flush=True)
    return lost


def main():
    arguments = parse()
    os.makedirs(arguments.work, exist_ok=True)
    lost = []
    try:
        earlier = read(arguments.compare) if arguments.compare else None
        save = open(arguments.save, "w", encoding="utf-8") if arguments.save else None
        print(f"{machine()}; load generator, comd and activation-sim share it")
        for name in arguments.names:
            lost += run(name, World(arguments), earlier, save)
    except (Failure, OSError) as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 2
    if lost:
        print(f"\nLost more than the noise: {', '.join(lost)}", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
