"""Many orders start in the same second, while others are accepted. The limit harness is accepting while the timers wait."""

from bench.figures import Figure

PARAMETERS = ("seconds", "timers")


def measure(world):
    count = world.arguments.timers
    with world.comd("timers") as comd:
        line = comd.load("storm", "storm", "--timers", count, "--seconds", world.arguments.seconds)[0]
    before, during = line["before"], line["during"]
    return {
        "all_fired": Figure(line["fired_seconds"], "seconds", most=10 if count >= 100_000 else None),
        "accepts": Figure(during["per_second"], "rate", limit=before["per_second"]),
        "of_before": Figure(during["per_second"] / before["per_second"], "share", least=0.70),
        "p99": Figure(during["p99_ms"], "ms", limit=before["p99_ms"]),
    }
