#!/usr/bin/env python3
"""What a crowd that asks for nothing does to clients that do: how long their answers take beside it.

    flood.py [--shop PATH] [--crowd N] [--rate N] [--rounds N] [--seconds N] [--aim RATIO]

Our gateway forwards to nginx. A paced load is driven in quiet, beside idle connections, beside a crowd that sends heads
of which no end comes (a byte now and then; whoever is cut comes again), and after it. Figures are medians of the
rounds. Exits with 1 when a crowd makes p99 worse than the aim.
"""

import argparse
import os
import resource
import signal
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import peers as setups  # noqa: E402
from bench import HERE, ROOT, Bench, Failed, pinned  # noqa: E402
from peers import Peers, find, wait_until_open  # noqa: E402

BETWEEN_BYTES = 2_000
# Seconds from the crowd's arrival to the drive. Heads have ten: so the drive beside them sees all of the crowd cut and
# come again.
SETTLING = {"quiet": 0.5, "idle": 0.5, "slow": 9.0, "after": 0.5}


def step_back():
    """The crowd shares a core with those who ask and with the backend; its own work is not to be measured."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(5)


class Crowd:
    """Clients that ask for nothing, until told to go."""

    def __init__(self, bench, server, count, mode):
        command = [os.path.join(bench.folder, "crowd"), str(server.port), str(count), mode]
        self.process = subprocess.Popen(
            pinned(bench.load_core, command), stdout=subprocess.PIPE, text=True, preexec_fn=step_back)
        if self.process.stdout.readline().strip() != "ready":
            raise Failed("the crowd could not connect")

    def leave(self):
        """Connections made, cut with an answer, cut without one."""
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=30)[0].split()
        return [int(word) for word in said] if len(said) == 3 else [0, 0, 0]


def connections(server):
    """Sockets that the gateway's process has."""
    count = 0
    for process in server.tree():
        for name in os.listdir(f"/proc/{process}/fd"):
            try:
                count += os.readlink(f"/proc/{process}/fd/{name}").startswith("socket:")
            except OSError:
                continue
    return count


def measured(bench, server, options, figures):
    rate, p50, p99, cpu, count, problems = bench.paced(server, options.connections, options.rate, options.seconds)
    figures.append((p50, p99, cpu / max(1, count) * 100_000, connections(server), rate, problems))


def course(bench, server, options):
    """Every situation once in each round."""
    modes = {"quiet": None, "idle": "idle", "slow": str(BETWEEN_BYTES), "after": None}
    figures = {name: [] for name in modes}
    cut = {name: [0, 0, 0] for name in modes}
    for _ in range(options.rounds):
        for name, mode in modes.items():
            crowd = Crowd(bench, server, options.crowd, mode) if mode else None
            try:
                time.sleep(SETTLING[name])
                measured(bench, server, options, figures[name])
            finally:
                if crowd:
                    cut[name] = [one + other for one, other in zip(cut[name], crowd.leave())]
                    # Its connections are being closed.
                    time.sleep(1)
    return figures, cut


def table(figures, cut, options):
    told = {"quiet": "quiet", "idle": f"{options.crowd:,} idle connections",
            "slow": f"{options.crowd:,} heads without end", "after": "after them"}
    print("\n| situation | answers/s | p50 ms | p99 ms | ÷ quiet | CPU s per 100,000 | sockets "
          "| cut: with 408, without |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    quiet = statistics.median(row[1] for row in figures["quiet"])
    missed = []
    for name, rows in figures.items():
        p50, p99, cost, sockets, rate = (statistics.median(row[at] for row in rows) for at in range(5))
        print(f"| {told[name]} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {p99 / quiet:.2f} | {cost:.2f} | {sockets:,.0f} "
              f"| {cut[name][1]:,}, {cut[name][2]:,} |")
        if p99 > options.aim * quiet:
            missed.append(told[name])
        for problem in sorted({problem for row in rows for problem in row[5]}):
            print(f"\n{told[name]}: {problem}")
    sys.stdout.flush()
    return missed


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shop", default=os.path.join(ROOT, ".build", "release", "shop"), help="our program")
    parser.add_argument("--folder", default=os.path.join(ROOT, ".build", "gateway-bench"), help="for what it needs")
    parser.add_argument("--crowd", type=int, default=10_000, help="connections that ask for nothing")
    parser.add_argument("--connections", type=int, default=64, help="of those that ask")
    parser.add_argument("--rate", type=int, default=5_000, help="requests a second, at random moments")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each drive")
    parser.add_argument("--aim", type=float, default=2.0, help="p99 beside a crowd as a multiple of the quiet one")
    return parser.parse_args()


def main():
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # As a login shell has it: the gateway and the crowd raise it themselves.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 1024), most))
    if most < options.crowd + 1_000:
        sys.exit(f"A process here may have {most:,} files open; {options.crowd:,} connections need more.")
    folder = os.path.abspath(options.folder)
    os.makedirs(folder, exist_ok=True)
    subprocess.run([os.path.join(HERE, "install.sh"), folder, "nginx"], check=True)
    if not find("nginx"):
        sys.exit("Without nginx there is no backend.")
    for name in ("paced", "crowd"):
        subprocess.run(["clang", "-O2", "-o", f"{folder}/{name}", f"{HERE}/{name}.c", "-lm"], check=True)
    bench = Bench(options, folder)
    print(f"{options.rate:,} requests a second over {options.connections} connections; medians of {options.rounds} "
          f"rounds of {options.seconds} s. Load average before: {os.getloadavg()[0]:.1f}")
    backend = setups.backend(folder, bench.load_core)
    server = None
    try:
        server = Peers(folder, bench.proxy_core, os.path.abspath(options.shop)).flotilla()
        if isinstance(server, str):
            sys.exit(server)
        if not wait_until_open(backend) or not wait_until_open(server):
            sys.exit(f"The backend or the gateway does not start; see {backend.log} and {server.log}.")
        bench.paced(server, options.connections, options.rate, 1)
        missed = table(*course(bench, server, options), options)
    except Failed as failure:
        sys.exit(str(failure))
    finally:
        backend.stop()
        if server and not isinstance(server, str):
            server.stop()
    print(f"\nLoad average after: {os.getloadavg()[0]:.1f}")
    if missed:
        sys.exit(f"p99 is more than {options.aim:g} times the quiet one: {', '.join(missed)}.")


if __name__ == "__main__":
    main()
