"""What the kernel says of processes: CPU time and memory, from /proc."""

import os
import time
from pathlib import Path

PROC = Path("/proc")
TICK = 1 / os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in (PROC / str(pid) / "task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def family(pid: int) -> list[int]:
    """A process and everything it started, itself first."""
    return [pid, *(member for child in _children(pid) for member in family(child))]


def _cpu_of(pid: int) -> float:
    """User and system time in seconds. The name in the second field may hold spaces, so fields are
    counted from its end."""
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def cpu(pids: list[int]) -> float:
    """CPU seconds that these processes have used so far, all threads."""
    return sum(_cpu_of(pid) for pid in pids)


def resident(pid: int) -> float:
    """Resident memory in MiB."""
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return kilobytes / 1024


def started_with(text: str) -> list[int]:
    """Processes whose command line holds `text`, with what they started."""
    mine = os.getpid()
    found = [
        int(entry.name)
        for entry in PROC.iterdir()
        if entry.name.isdecimal() and text in _command(entry) and int(entry.name) != mine
    ]
    return sorted({member for pid in found for member in family(pid)})


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_text(errors="replace")
    except OSError:  # ended meanwhile
        return ""


def busy() -> float:
    """CPU seconds that all cores of the machine have worked so far, for whomever: all of /proc/stat
    but idle and iowait."""
    user, nice, system, _idle, _waiting, irq, softirq, steal = (
        (PROC / "stat").read_text().split()[1:9]
    )
    return sum(int(part) for part in (user, nice, system, irq, softirq, steal)) * TICK


class Since:
    """What has passed since this was made."""

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.perf_counter(), busy(), _own()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    @property
    def others(self) -> float:
        """Share of all cores that went to processes which we neither are nor
        started and saw end, 0 to 1."""
        return max(0.0, busy() - self._busy - (_own() - self._own)) / (self.seconds * CORES)


def _own() -> float:
    return sum(os.times()[:4])
