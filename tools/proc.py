"""What the kernel knows of a process, and what lies in a directory."""

import os

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024 * 1024


def cpu_seconds(pid):
    """User and system time so far."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def status_mib(pid, name):
    """VmRSS: resident now. VmHWM: at most so far."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith(name + ":")).split()[1]) / 1024


def written_bytes(pid):
    """What it has caused to be written to disks, as the kernel counts it."""
    with open(f"/proc/{pid}/io", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith("write_bytes")).split()[1])


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def files_in(directory):
    """Every file below it but comd's reserve for a full disk, which does not grow."""
    for folder, _, names in os.walk(directory):
        for name in names:
            if name != "reserve":
                yield os.path.join(folder, name)


def bytes_in(directory):
    """A file that a compaction takes away meanwhile is none."""
    total = 0
    for path in files_in(directory):
        try:
            total += os.stat(path).st_size
        except FileNotFoundError:
            pass
    return total
