"""The figures of this run against those of an earlier one: what got worse by more than it spreads."""

import json

from bench.figures import KINDS, shown


def read(path):
    """Lines as `json_line` writes them, by bench; of two the later one."""
    with open(path, encoding="utf-8") as file:
        return {line["bench"]: line for line in (json.loads(text) for text in file if text.strip())}


def change(old, new):
    """As a share of the old one; None: it was nothing."""
    return None if old == 0 else (new - old) / abs(old)


def verdict(old, new, kind):
    """"lost", "gained", "same", or "" for what is not compared."""
    noise = KINDS[kind].noise
    if noise is None:
        return ""
    moved = change(old, new)
    if moved is None:
        moved = 0 if new == 0 else float("inf")
    worse = moved if KINDS[kind].less_is_better else -moved
    return "lost" if worse > noise else "gained" if worse < -noise else "same"


def compare(bench, figures, parameters, earlier):
    """Lines to print, and the names of what was lost."""
    if earlier is None:
        return [f"{bench}: not in the earlier run"], []
    lines, lost = [], []
    differ = sorted(name for name in parameters.keys() | earlier["parameters"].keys()
                    if parameters.get(name) != earlier["parameters"].get(name))
    if differ:
        return [f"{bench}: not compared, the earlier run had other {', '.join(differ)}"], []
    lines += [f"{bench} against the earlier run", "| figure | earlier | now | change | |", "| --- | ---: | ---: | ---: | --- |"]
    for name, figure in figures.items():
        old = earlier["figures"].get(name)
        if old is None:
            lines.append(f"| {name} | | {shown(figure.value, figure.kind)} | | new |")
            continue
        moved, said = change(old, figure.value), verdict(old, figure.value, figure.kind)
        if said == "lost":
            lost.append(f"{bench}.{name}")
        percent = "" if moved is None else f"{moved:+.1%}"
        lines.append(f"| {name} | {shown(old, figure.kind)} | {shown(figure.value, figure.kind)} | {percent} | {'LOST' if said == 'lost' else said} |")
    lines += [f"| {name} | {old} | | | gone |" for name, old in earlier["figures"].items() if name not in figures]
    return lines, lost
