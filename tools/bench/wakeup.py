"""An order that is not in memory is asked for: it is read, folded, and answers. The limit harness asks one that is in memory."""

from bench.figures import Figure

PARAMETERS = ("resident",)


def measure(world):
    count = world.arguments.resident
    with world.comd("wakeup") as comd:
        comd.load("fill", "fill", "--count", count)
        comd.start_again(["--serving-only"])  # so that none of them is in memory
        comd.load("fill", "wakeups", "--known", count // 2, "--count", 200)  # connections and caches
        at_once = comd.load("fill", "wakeups", "--known", count // 2, "--count", 1000)[0]
        comd.settle()  # behind a start timers are looked through, and what was recovered is merged
        woken = comd.load("fill", "wakeups", "--known", count, "--count", 3000)[0]
        awake = comd.load("fill", "wakeups", "--known", 1, "--count", 3000)[0]
    return {
        "p50": Figure(woken["p50_ms"], "ms", limit=awake["p50_ms"]),
        "p99": Figure(woken["p99_ms"], "ms", most=2, limit=awake["p99_ms"]),
        "p99_at_once": Figure(at_once["p99_ms"], "ms", limit=awake["p99_ms"]),
        "p50_of_awake": Figure(woken["p50_ms"] / awake["p50_ms"], "times"),
    }
