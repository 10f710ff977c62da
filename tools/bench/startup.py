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


def wait_until(what, is_so):
    end = time.monotonic() + 120
    while not is_so():
        if time.monotonic() > end:
            raise Failure(f"Expected {what} within 120 s, but that is not so")
        time.sleep(0.1)


def kill_under_way(comd, wanted):
    """SIGKILL with that many open, when as many have been through; how many were completed a second until then."""
    ended = lambda: comd.metric("comd_orders_ended_total")
    command = comd.load_command("underway", "orders", "--count", 10_000_000, "--open", wanted)
    load = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(f"{wanted} orders under way", lambda: comd.metric("comd_orders", but='state="completed"') >= 0.95 * wanted)
        began, before = time.monotonic(), ended()
        wait_until(f"{wanted} orders completed", lambda: ended() >= before + wanted)
        rate = (ended() - before) / (time.monotonic() - began)
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
        "serving_underway": Figure(seen["serving_seconds"], "seconds"),
        "first_progress": Figure(seen["first_progress_seconds"], "seconds", most=1),
        "all_done": Figure(seen["done_seconds"], "seconds", most=5, limit=seen["open_at_first"] / max(rate, 1e-9)),
        "received_again": Figure(record["received_again"], "told"),
        "carried_out_twice": Figure(record["carried_out_twice"], "count", most=0),
    }


def measure(world):
    return {**measure_waiting(world), **measure_underway(world)}
