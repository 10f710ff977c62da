"""A figure is a number with a kind; what a kind means (unit, which way is better, how much it spreads) stands here once."""

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class Kind:
    form: str  # how it is printed
    less_is_better: bool
    # How far two runs of the same program may be apart, as a share. None: never compared. What depends on the clock is not, since the
    # machine's speed and its other tenants decide it; nor is what is only told.
    noise: float | None


KINDS = {
    "rate": Kind("{:,.0f}/s", False, None),
    "ms": Kind("{:,.2f} ms", True, None),
    "seconds": Kind("{:,.2f} s", True, None),
    "speed": Kind("{:,.0f} MiB/s", False, None),
    "told": Kind("{:,.2f}", True, None),
    "nanoseconds": Kind("{:,.0f} ns", True, None),
    # Both sides of a ratio are from one run, but each spreads by some per cent.
    "share": Kind("{:.2f}", False, 0.10),  # of the limit: more is better
    "times": Kind("{:.2f}×", True, 0.10),  # the limit: less is better
    "cpu_ms": Kind("{:.4f} ms", True, 0.15),  # the same program on a busy machine: caches are not its own
    "instructions": Kind("{:,.0f}", True, 0.02),  # counted; what is left is the allocator's
    "bytes": Kind("{:,.0f} B", True, 0.05),  # depends on when tables are written
    "memory": Kind("{:,.1f} MiB", True, 0.10),
    "count": Kind("{:,.2f}", True, 0.10),  # of syncs, rows, files
}


@dataclasses.dataclass(frozen=True)
class Figure:
    value: float
    kind: str
    least: float | None = None  # the aim, one of the two
    most: float | None = None
    limit: float | None = None  # the same of the limit harness, in the same run

    def reached(self):
        """None: there is no aim."""
        if self.least is None and self.most is None:
            return None
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def aim(self):
        if self.least is not None:
            return "≥ " + shown(self.least, self.kind)
        return "≤ " + shown(self.most, self.kind) if self.most is not None else ""


def shown(value, kind):
    return "" if value is None else KINDS[kind].form.format(value)


def table(figures):
    """Lines of Markdown: figure, value, limit harness, aim, reached."""
    rows = [("figure", "value", "limit harness", "aim", "reached")]
    for name, figure in figures.items():
        reached = {None: "", True: "yes", False: "NO"}[figure.reached()]
        rows.append((name, shown(figure.value, figure.kind), shown(figure.limit, figure.kind), figure.aim(), reached))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(widths[0]) if i == 0 else cell.rjust(widths[i]) for i, cell in enumerate(row)) + " |" for row in rows]
    rule = "| " + " | ".join("-" * width if i == 0 else "-" * (width - 1) + ":" for i, width in enumerate(widths)) + " |"
    return [lines[0], rule, *lines[1:]]


def json_line(bench, figures, parameters, machine):
    """The parameters are what figures of another run must have in common with these to be compared."""
    return json.dumps({
        "bench": bench,
        "figures": {name: round(figure.value, 6) for name, figure in figures.items()},
        "limits": {name: round(figure.limit, 6) for name, figure in figures.items() if figure.limit is not None},
        "missed": [name for name, figure in figures.items() if figure.reached() is False],
        "parameters": parameters,
        "machine": machine,
    })
