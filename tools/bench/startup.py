"""Starts after SIGKILL: with many orders that wait, and with many that are being fulfilled."""

import subprocess
import time

from bench.figures import Figure
from bench.world import lines_of, say
from proc import status_mib
from stack import Failure

PARAMETERS = ("resident", "underway")


def measure_waiting(world):
    """To its first answer; the limit harness is the same with nothing in the store."""
    with world.comd("startup") as comd:
        empty = comd.start_again(["--serving-only"])["serving_seconds"]
        comd.load("fill", "fill", "--count", world.arguments.resident)
        full = comd.start_again(["--serving-only"])["serving_seconds"]
        memory = status_mib(comd.pid, "VmRSS")
    return {
        "serving": Figure(full, "seconds", most=2, limit=empty),
        "memory_then": Figure(memory, "memory"),
    }


def open_orders(comd):
    counters = comd.stack.comctl_json("status")["counters"]
    return sum(count for name, count in counters.items() if name.startswith("orders{") and 'state="completed"' not in name)


def kill_under_way(comd, wanted):
    """SIGKILL when that many are open; how many had been completed a second until then."""
    command = comd.load_command("underway", "orders", "--count", 10_000_000, "--open", wanted)
    load = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while open_orders(comd) < 0.95 * wanted:
            if time.monotonic() > end:
                raise Failure(f"Expected {wanted} orders under way within 60 s, but there are {open_orders(comd)}")
            time.sleep(0.1)
        began, before = time.monotonic(), comd.metric("comd_orders_ended_total")
        time.sleep(2)
        rate = (comd.metric("comd_orders_ended_total") - before) / (time.monotonic() - began)
        comd.stack.kill_comd()
    finally:
        load.kill()
        load.wait()
    return rate


def measure_underway(world):
    """The limit harness is the time in which as many were completed before the kill."""
    wanted = world.arguments.underway
    with world.comd("startup-underway") as comd:
        comd.warm()
        rate = kill_under_way(comd, wanted)
        seen = comd.started([])
        record = lines_of([world.program("load"), "record", "--sim", f"127.0.0.1:{comd.stack.sim}"])[0]
    say(f"{seen['open_at_first']:,} orders open at the first answer, {rate:,.0f}/s completed before the kill")
    return {
        "underway": Figure(seen["open_at_first"], "told"),
        "first_progress": Figure(seen["first_progress_seconds"], "seconds", most=1),
        "all_done": Figure(seen["done_seconds"], "seconds", most=5, limit=seen["open_at_first"] / max(rate, 1e-9)),
        "received_again": Figure(record["received_again"], "told"),
        "carried_out_twice": Figure(record["carried_out_twice"], "count", most=0),
    }


def measure(world):
    return {**measure_waiting(world), **measure_underway(world)}
