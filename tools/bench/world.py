"""What every bench starts from: where the programs are, a comd with its activation system, and the load generator."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request

from proc import cpu_seconds
from stack import Failure, Stack

CATALOG = "bench/catalog.yaml"
WARM = 500  # orders before a measurement


def lines_of(command, may_fail=False):
    """The JSON lines a measurement prints; its progress goes to the terminal."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0 and not (may_fail and done.stdout):
        raise Failure(f"Expected this measurement to work, but it ended with {done.returncode}: {' '.join(command)}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def say(text):
    print(f"   {text}", file=sys.stderr, flush=True)


class World:
    def __init__(self, arguments):
        self.arguments = arguments

    def program(self, name):
        return os.path.join(self.arguments.bin, name)

    @contextlib.contextmanager
    def comd(self, name, sim="bench/sim.yaml"):
        """A comd with an empty store and its activation system, both ended afterwards. The store stays, in work/NAME/data."""
        with Stack(self.arguments.bin, os.path.join(self.arguments.work, name), [CATALOG], sim, "warning") as stack:
            yield Comd(self, stack)


class Comd:
    """A running one, seen from outside."""

    def __init__(self, world, stack):
        self.world, self.stack = world, stack
        self.data = os.path.join(stack.work, "data")

    @property
    def pid(self):
        return self.stack.pid("comd")

    @property
    def sim_pid(self):
        return self.stack.pid("activation-sim")

    def load_command(self, run, *arguments):
        return [self.world.program("load"), "--server", self.stack.server, "--pid", str(self.pid), "--run", run, *map(str, arguments)]

    def load(self, run, *arguments, may_fail=False):
        return lines_of(self.load_command(run, *arguments), may_fail)

    def accepts(self, run, in_flight=64):
        return self.load(run, "accepts", "--in-flight", in_flight, "--seconds", self.world.arguments.seconds)[0]

    def warm(self):
        """Connections, caches and the first tables; every bench but those of a start."""
        self.load("warm", "orders", "--count", WARM, "--bytes", self.world.arguments.payload)

    def settle(self, longest=300):
        """Waits until comd has nothing to do any more (compactions, that is), and gives the seconds that took."""
        began, before = time.monotonic(), cpu_seconds(self.pid)
        while time.monotonic() - began < longest:
            time.sleep(1)
            now = cpu_seconds(self.pid)
            if now - before < 0.03:
                break
            before = now
        return time.monotonic() - began

    def metric(self, name, but="\0"):
        """The sum over the labels of one of comd's metrics, without those that have `but` in them."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.stack.http}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name and but not in line)

    def start_again(self, watch):
        """Kills comd, starts it again, and gives what `load recovery` with the flags `watch` saw from its start on."""
        self.stack.kill_comd()
        return self.started(watch)

    def started(self, watch):
        began = time.time()
        self.stack.restart_comd()
        return self.load("watch", "recovery", "--began", f"{began:.6f}", *watch)[0]


def load_share(line, per):
    """Of what comd and the load generator used together, the generator's part. Beyond half it may be what is measured."""
    load, comd = line[f"load_cpu_ms_per_{per}"], line[f"cpu_ms_per_{per}"]
    return load / max(load + comd, 1e-9)
