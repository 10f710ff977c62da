"""Starts comd and activation-sim as real processes, for ./dev run and ./dev bench. Standard library and PyYAML only."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time

import yaml


class Failure(Exception):
    """Something a person must see; the message says what to do."""


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(wanted):
    """The wanted port, or a free one if it is taken."""
    if is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def targets_of(catalogs):
    """The activation systems that the catalogues name."""
    names = set()
    for path in catalogs:
        with open(path, encoding="utf-8") as file:
            names.update(spec["target"] for spec in yaml.safe_load(file)["specifications"].values() if spec["target"] != "manual")
    return sorted(names)


class Stack:
    def __init__(self, bin_dir, work_dir, catalogs, sim_config, log_level="info"):
        self.bin, self.work, self.catalogs = bin_dir, work_dir, catalogs
        shutil.rmtree(work_dir, ignore_errors=True)
        os.makedirs(work_dir)
        self.grpc, self.http, self.sim = choose_port(7622), choose_port(9622), choose_port(7632)
        self.server = f"127.0.0.1:{self.grpc}"
        self.processes = {}
        self.sim_config, self.log_level = sim_config, log_level

    def __enter__(self):
        try:
            self.start("activation-sim", ["--listen", f"127.0.0.1:{self.sim}", "--feedback", self.server, "--config", self.sim_config,
                                          "--record", os.path.join(self.work, "work.jsonl"), "--log-level", self.log_level])
            self.start("comd", ["--config", self.write_config()])
            self.wait_ready()
            for catalog in self.catalogs:
                self.comctl("catalog", "load", catalog)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def write_config(self):
        config = {
            "listen": self.server,
            "metrics-listen": f"127.0.0.1:{self.http}",
            "data": os.path.join(self.work, "data"),
            "log-level": self.log_level,
            "targets": {name: {"address": f"127.0.0.1:{self.sim}"} for name in targets_of(self.catalogs)},
        }
        path = os.path.join(self.work, "comd.yaml")
        with open(path, "w", encoding="utf-8") as file:
            yaml.safe_dump(config, file, sort_keys=False)
        return path

    def log(self, name):
        return os.path.join(self.work, f"{name}.log")

    def start(self, name, arguments):
        with open(self.log(name), "w", encoding="utf-8") as log:
            self.processes[name] = subprocess.Popen([os.path.join(self.bin, name), *arguments], stdout=log, stderr=log, start_new_session=True)

    def pid(self, name):
        return self.processes[name].pid

    def wait_ready(self, seconds=30, pause=0.1):
        """comctl status is the first thing that works."""
        end = time.monotonic() + seconds
        while subprocess.run([os.path.join(self.bin, "comctl"), "--server", self.server, "status"], capture_output=True).returncode != 0:
            self.check_alive()
            if time.monotonic() > end:
                raise Failure(f"Expected comd to answer within {seconds} s, but it does not. See {self.log('comd')}")
            time.sleep(pause)

    def kill_comd(self):
        """As a power cut ends it: nothing is written any more."""
        self.processes["comd"].kill()
        self.processes["comd"].wait()

    def restart_comd(self):
        self.start("comd", ["--config", os.path.join(self.work, "comd.yaml")])

    def check_alive(self):
        for name, process in self.processes.items():
            if process.poll() is not None:
                with open(self.log(name), encoding="utf-8") as log:
                    tail = "".join(log.readlines()[-10:])
                raise Failure(f"Expected {name} to run, but it ended with {process.returncode}. Its last words:\n{tail}")

    def comctl(self, *arguments, check=True, show=False):
        """Runs comctl; gives its output as text, or shows it as it comes."""
        command = [os.path.join(self.bin, "comctl"), "--server", self.server, *arguments]
        done = subprocess.run(command, stdout=None if show else subprocess.PIPE, stderr=None if show else subprocess.PIPE, text=True)
        if check and done.returncode != 0:
            raise Failure(f"Expected this to work, but it ended with {done.returncode}: comctl {' '.join(arguments)}\n{done.stderr or ''}")
        return done.stdout

    def comctl_json(self, *arguments):
        return json.loads(self.comctl(*arguments, "--output", "json"))

    def stop(self):
        for name in ("comd", "activation-sim"):
            process = self.processes.get(name)
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
