"""The tables of ./dev bench and its comparisons: python3 -m unittest test/bench/report_test.py, with tools in PYTHONPATH."""

import json
import os
import tempfile
import unittest

from bench.compare import compare, read, verdict
from bench.figures import Figure, KINDS, json_line, table


def earlier(figures, **parameters):
    return {"bench": "order3", "figures": figures, "parameters": parameters}


class Tables(unittest.TestCase):
    def test_show_aim_limit_and_whether_it_is_reached(self):
        lines = table({"orders": Figure(4000, "rate", least=5000, limit=9000), "p99": Figure(20, "ms", most=25), "syncs": Figure(1, "count")})
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        self.assertEqual(cells[2], ["orders", "4,000/s", "9,000/s", "≥ 5,000/s", "NO"])
        self.assertEqual(cells[3], ["p99", "20.00 ms", "", "≤ 25.00 ms", "yes"])
        self.assertEqual(cells[4], ["syncs", "1.00", "", "", ""])
        self.assertEqual(len({len(line) for line in lines}), 1)

    def test_a_line_is_json_that_says_what_was_missed(self):
        line = json.loads(json_line("order3", {"orders": Figure(4, "rate", least=5), "cpu": Figure(1, "cpu_ms", most=2, limit=0.5)}, {"open": 7}, "m"))
        self.assertEqual(line["figures"], {"orders": 4, "cpu": 1})
        self.assertEqual((line["limits"], line["missed"], line["parameters"]), ({"cpu": 0.5}, ["orders"], {"open": 7}))


class Verdicts(unittest.TestCase):
    def test_what_depends_on_the_clock_is_never_lost(self):
        for kind in ("rate", "ms", "seconds", "nanoseconds", "speed"):
            self.assertEqual(verdict(100, 1, kind), "")
            self.assertEqual(verdict(1, 100, kind), "")

    def test_more_cpu_is_worse_and_less_of_the_limit_is_worse(self):
        self.assertEqual(verdict(1.0, 1.5, "cpu_ms"), "lost")
        self.assertEqual(verdict(1.0, 0.5, "cpu_ms"), "gained")
        self.assertEqual(verdict(0.8, 0.6, "share"), "lost")
        self.assertEqual(verdict(0.8, 0.95, "share"), "gained")

    def test_what_is_within_the_noise_is_the_same(self):
        for kind, known in KINDS.items():
            if known.noise is not None:
                self.assertEqual(verdict(1000, 1000 * (1 + 0.9 * known.noise), kind), "same")
                self.assertEqual(verdict(1000, 1000 * (1 - 0.9 * known.noise), kind), "same")

    def test_something_where_there_was_nothing_is_lost(self):
        self.assertEqual(verdict(0, 1, "count"), "lost")
        self.assertEqual(verdict(0, 0, "count"), "same")


class Comparisons(unittest.TestCase):
    def test_name_what_was_lost(self):
        figures = {"cpu": Figure(2, "cpu_ms"), "orders": Figure(1, "rate"), "more": Figure(1, "count")}
        lines, lost = compare("order3", figures, {"open": 7}, earlier({"cpu": 1, "orders": 9, "less": 1}, open=7))
        self.assertEqual(lost, ["order3.cpu"])
        text = "\n".join(lines)
        for part in ("| cpu | 1.0000 ms | 2.0000 ms | +100.0% | LOST |", "| orders | 9/s | 1/s | -88.9% |  |", "| more |", "| new |", "| less |", "gone"):
            self.assertIn(part, text)

    def test_runs_with_other_parameters_are_not_compared(self):
        lines, lost = compare("order3", {"cpu": Figure(2, "cpu_ms")}, {"open": 7}, earlier({"cpu": 1}, open=8))
        self.assertEqual((lines, lost), (["order3: not compared, the earlier run had other open"], []))

    def test_a_bench_that_is_new_has_nothing_to_lose(self):
        self.assertEqual(compare("order3", {"cpu": Figure(2, "cpu_ms")}, {}, None)[1], [])

    def test_a_saved_run_is_read_back(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lines")
            with open(path, "w", encoding="utf-8") as file:
                for value in (1, 2):
                    file.write(json_line("order3", {"cpu": Figure(value, "cpu_ms")}, {}, "m") + "\n")
            self.assertEqual(read(path)["order3"]["figures"], {"cpu": 2})


if __name__ == "__main__":
    unittest.main()
