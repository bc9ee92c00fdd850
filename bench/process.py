"""What the kernel says of processes: CPU time and memory, from /proc."""

import os
from dataclasses import dataclass
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
    """User and system time in seconds. The name in the second field may hold spaces, so fields are counted from its end."""
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


@dataclass(frozen=True, slots=True)
class Load:
    """How busy all cores of the machine were up to a moment, in seconds."""

    busy: float
    total: float

    def share_since(self, before: "Load") -> float:
        """Busy share of the machine between two moments, 0 to 1."""
        return (self.busy - before.busy) / max(self.total - before.total, TICK)


def load() -> Load:
    """From /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal."""
    user, nice, system, idle, waiting, irq, softirq, steal = (int(part) * TICK for part in (PROC / "stat").read_text().split()[1:9])
    busy = user + nice + system + irq + softirq + steal
    return Load(busy, busy + idle + waiting)
