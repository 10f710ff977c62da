"""Orders that wait for a date far ahead: what they take in memory and on disk, and whether new ones are accepted as in an empty store."""

from bench.figures import Figure
from proc import bytes_in, status_mib

PARAMETERS = ("seconds", "resident")


def most_memory(count):
    """In MiB. Fewer than a million say nothing about the aims."""
    return 1536 if count >= 5_000_000 else 1024 if count >= 1_000_000 else None


def measure(world):
    count = world.arguments.resident
    with world.comd("resident") as comd:
        comd.accepts("warm")
        empty, before = comd.accepts("empty"), bytes_in(comd.data)
        comd.load("fill", "fill", "--count", count)
        disk = (bytes_in(comd.data) - before) / count
        at_once = comd.accepts("at-once")
        settled = comd.settle()
        full = comd.accepts("full")
        memory, peak = status_mib(comd.pid, "VmRSS"), status_mib(comd.pid, "VmHWM")
    return {
        "memory": Figure(memory, "memory", most=most_memory(count)),
        "memory_peak": Figure(peak, "memory"),
        "disk_per_order": Figure(disk, "bytes"),
        "accepts": Figure(full["per_second"], "rate", limit=empty["per_second"]),
        "settled_after": Figure(settled, "seconds"),
        "accepts_before": Figure(at_once["per_second"], "rate", limit=empty["per_second"]),
        "of_empty": Figure(full["per_second"] / empty["per_second"], "share", least=0.85),
        "p99": Figure(full["p99_ms"], "ms", limit=empty["p99_ms"]),
        "p99_of_empty": Figure(full["p99_ms"] / empty["p99_ms"], "times", most=1.15),
        "cpu_per_accept": Figure(full["cpu_ms_per_accept"], "cpu_ms", limit=empty["cpu_ms_per_accept"]),
    }
