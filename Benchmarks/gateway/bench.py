#!/usr/bin/env python3
"""Drives our gateway and other proxies in turns, and prints what each does and costs.

    bench.py [--quick] [--shop PATH] [--only NAME,…] [--rounds N] [--seconds N]
             [--no-plain] [--no-policies] [--no-tls]

Proxies run on the last core, the load and the backend on the first; with one core, or without `taskset`, all share, and
the table says so. Each round drives every proxy once, and figures are medians of the rounds, so that what
else goes on hits all alike. CPU seconds are those of the proxy's whole process tree, from /proc.
"""

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import peers as setups  # noqa: E402
from peers import Peers, find, wait_until_open  # noqa: E402
from policies import ROUTES, TOKENS, Caller  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
HEADERS = ["User-Agent: bench", "Accept: application/json", "Cookie: session=0123456789abcdef"]
PATH = "/api/v1/products/prod-0001"
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 60e3}


class Failed(Exception):
    pass


def pinned(core, command):
    return ["taskset", "-c", str(core), *command] if core is not None else command


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        said = result.stderr.strip() or result.stdout.strip()[-300:]
        raise Failed(f"{command[0]} {' '.join(command[1:4])} …: {said}")
    return result.stdout


class Figures:
    """Of one proxy in one kind of round."""

    def __init__(self):
        self.rates, self.p50s, self.p99s, self.costs, self.problems = [], [], [], [], []

    def add(self, rate, p50, p99, cpu, count, problems):
        self.rates.append(rate)
        self.p50s.append(p50)
        self.p99s.append(p99)
        self.costs.append(cpu / max(1, count) * 100_000)
        self.problems += problems

    def median(self, name):
        values = getattr(self, name)
        return statistics.median(values) if values else float("nan")


def milliseconds(text):
    number, unit = re.match(r"([0-9.]+)([a-z]+)", text).groups()
    return float(number) * UNITS[unit]


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        cores = sorted(os.sched_getaffinity(0))
        split = len(cores) > 1 and shutil.which("taskset")
        self.load_core, self.proxy_core = (cores[0], cores[-1]) if split else (None, None)

    def wrk(self, server, connections, seconds, script=None):
        command = [find("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
        if script:
            command += ["-s", script]
        for header in HEADERS:
            command += ["-H", header]
        before = server.cpu()
        text = run(pinned(self.load_core, command + [f"http://127.0.0.1:{server.port}{PATH}"]))
        cpu = server.cpu() - before
        count = int(re.search(r"(\d+) requests in", text).group(1))
        rate = float(re.search(r"Requests/sec:\s*([0-9.]+)", text).group(1))
        p50, p99 = (milliseconds(re.search(rf"\s{share}%\s+(\S+)", text).group(1)) for share in ("50", "99"))
        problems = [line.strip() for line in text.splitlines() if "Non-2xx" in line or "Socket errors" in line]
        return rate, p50, p99, cpu, count, problems

    def paced(self, server, connections, rate, seconds):
        command = [os.path.join(self.folder, "paced"), str(server.port), str(connections), str(rate), str(seconds)]
        before = server.cpu()
        words = run(pinned(self.load_core, command)).split()
        cpu = server.cpu() - before
        answered, other, late = (int(word) for word in words[:3])
        problems = [f"{other} other than 200"] if other else []
        if late:
            problems.append(f"{late} never sent or answered")
        return answered / seconds, float(words[3]) / 1000, float(words[5]) / 1000, cpu, answered, problems

    def h2load(self, server, connections, streams, seconds):
        log = os.path.join(self.folder, "h2load.tsv")
        if os.path.exists(log):
            os.remove(log)
        command = [find("h2load"), "-t1", f"-c{connections}", f"-m{streams}", f"-D{seconds}", f"--log-file={log}"]
        for header in HEADERS:
            command += ["-H", header]
        before = server.cpu()
        text = run(pinned(self.load_core, command + [f"https://127.0.0.1:{server.port}{PATH}"]))
        cpu = server.cpu() - before
        done, good = (int(re.search(rf"(\d+) {word}", text).group(1)) for word in ("done", "2xx"))
        if "TLSv1.3" not in text or "Application protocol: h2" not in text:
            raise Failed("not TLS 1.3 with HTTP/2: " + " ".join(re.findall(r"(?:TLS|Application) [^\n]*", text)))
        # start (µs since 1970), status, how long it took in µs
        with open(log) as file:
            took = sorted(int(line.split()[2]) for line in file)
        problems = [f"{done - good} other than 2xx"] if done != good else []
        if not took:
            raise Failed("no answers")
        p50, p99 = (took[min(len(took) - 1, int(len(took) * share))] / 1000 for share in (0.5, 0.99))
        return done / seconds, p50, p99, cpu, done, problems

    def started(self, makers, tls=False):
        """The servers that run, and why the others do not."""
        running, missing = {}, {}
        for name, make in makers.items():
            if self.options.only and not any(name.lower().startswith(only) for only in self.options.only):
                continue
            server = make()
            if isinstance(server, str):
                missing[name] = server
            elif not wait_until_open(server, tls=tls):
                server.stop()
                with open(server.log, errors="replace") as log:
                    lines = [line for line in log.read().splitlines() if line.strip()]
                missing[name] = f"did not start: {lines[-1] if lines else 'it says nothing'}"
            else:
                running[name] = server
        return running, missing

    def rounds(self, servers, measure, count):
        """Every server once in each round, in another order each time."""
        figures = {name: Figures() for name in servers}
        for number in range(count):
            names = list(servers)
            for name in names[number % len(names):] + names[:number % len(names)]:
                # The end of the drive before: connections are still being closed.
                time.sleep(0.3)
                try:
                    figures[name].add(*measure(servers[name]))
                except Failed as failure:
                    figures[name].problems.append(str(failure))
        return figures


def table(title, figures, best="HAProxy"):
    print(f"\n### {title}\n")
    print(f"| proxy | req/s | p50 ms | p99 ms | ÷ nginx's | CPU s per 100,000 | ÷ {best}'s | lowest to highest CPU |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    unit = figures[best].median("costs") if best in figures else float("nan")
    slow = figures["nginx"].median("p99s") if "nginx" in figures else float("nan")
    for name, own in sorted(figures.items(), key=lambda item: item[1].median("costs")):
        if not own.rates:
            print(f"| {name} | failed | | | | | | |")
            continue
        cost, p99 = own.median("costs"), own.median("p99s")
        print(f"| {name} | {own.median('rates'):,.0f} | {own.median('p50s'):.2f} | {p99:.2f} | {p99 / slow:.2f} "
              f"| {cost:.2f} | {cost / unit:.2f} | {min(own.costs):.2f} to {max(own.costs):.2f} |")
    for name, own in figures.items():
        for problem in sorted(set(own.problems)):
            print(f"\n{name}: {problem}")
    sys.stdout.flush()


def versions(folder):
    found = []
    for name, command in {
        "nginx": [find("nginx"), "-v"], "HAProxy": [find("haproxy"), "-v"],
        "Envoy": [f"{folder}/python/bin/envoy", "--version"], "Caddy": [f"{folder}/python/bin/caddy", "version"],
    }.items():
        try:
            text = subprocess.run(command, capture_output=True, text=True)
            found.append(f"{name} {re.search(r'[0-9]+[.][0-9]+[.][0-9]+', text.stdout + text.stderr).group(0)}")
        except (OSError, TypeError, AttributeError):
            continue
    return ", ".join(found)


def plain(bench, options, where):
    servers, missing = bench.started(where.all())
    try:
        tell(missing)
        if not servers:
            return
        for server in servers.values():
            bench.wrk(server, 64, 1)
        sixty_four = bench.rounds(servers, lambda server: bench.wrk(server, 64, options.seconds), options.rounds)
        table("64 connections, as fast as they can (wrk)", sixty_four)
        thousand = bench.rounds(servers, lambda server: bench.wrk(server, 1000, options.seconds), options.rounds)
        table("1,000 connections, as fast as they can (wrk)", thousand)
        measure = sixty_four.get("nginx") or next(iter(sixty_four.values()))
        rate = round(0.7 * measure.median("rates"))
        # Who cannot keep that pace would only show its queue.
        able = {name: server for name, server in servers.items() if sixty_four[name].median("rates") > 1.1 * rate}
        for name in servers.keys() - able.keys():
            print(f"\n{name} cannot keep 70 % of nginx's pace.")
        for connections in (64, 1000):
            paced = bench.rounds(
                able, lambda server: bench.paced(server, connections, rate, options.seconds), options.rounds)
            pace = f"{rate:,} requests a second at random moments: 70 % of nginx's most"
            table(f"{connections:,} connections, {pace}", paced)
    finally:
        for server in servers.values():
            server.stop()


def with_policies(bench, options, where):
    """Every request carries a token; only ours looks at it."""
    caller = Caller(bench.folder)
    servers, missing = bench.started(where.all_for_callers(caller))
    try:
        tell(missing)
        if not servers:
            return
        for server in servers.values():
            bench.wrk(server, 64, 1, caller.script)
        caller.renew()
        for connections in (64, 1000):
            figures = bench.rounds(
                servers, lambda server: bench.wrk(server, connections, options.seconds, caller.script), options.rounds)
            table(f"{connections:,} connections, {TOKENS} callers with tokens; policies of {ROUTES} routes on at ours, "
                  "the others bare (wrk)", figures)
    finally:
        for server in servers.values():
            server.stop()


def over_tls(bench, options, where):
    servers, missing = bench.started(where.all_over_tls(), tls=True)
    try:
        tell(missing)
        if not servers:
            return
        figures = bench.rounds(servers, lambda server: bench.h2load(server, 64, 4, options.seconds), options.rounds)
        table("TLS 1.3, HTTP/2, 64 connections of 4 streams (h2load)", figures, "nginx")
    finally:
        for server in servers.values():
            server.stop()


def tell(missing):
    for name, reason in missing.items():
        print(f"\nWithout {name}: {reason}.")
    sys.stdout.flush()


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2 rounds of 2 seconds, to see that all works")
    parser.add_argument("--shop", default=os.path.join(ROOT, ".build", "release", "shop"), help="our program")
    parser.add_argument("--folder", default=os.path.join(ROOT, ".build", "gateway-bench"), help="for what it needs")
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each drive")
    parser.add_argument("--no-tls", action="store_true")
    parser.add_argument("--no-plain", action="store_true")
    parser.add_argument("--no-policies", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 2, 2
    options.only = [name.strip().lower() for name in options.only.split(",") if name.strip()]
    return options


def main():
    options = parse()
    # What was started is stopped also when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = os.path.abspath(options.folder)
    os.makedirs(folder, exist_ok=True)
    subprocess.run([os.path.join(HERE, "install.sh"), folder], check=True)
    for name in ("nginx", "wrk"):
        if not find(name):
            sys.exit(f"Without {name} nothing can be measured.")
    subprocess.run(["clang", "-O2", "-o", f"{folder}/paced", f"{HERE}/paced.c", "-lm"], check=True)
    certificate = (f"{folder}/certificate.pem", f"{folder}/key.pem")
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", certificate[1],
         "-out", certificate[0]])
    bench = Bench(options, folder)
    print(f"Peers: {versions(folder)}.")
    if bench.proxy_core is None:
        print("One core, or no taskset: proxies, load and backend share, and latencies say little.")
    else:
        print(f"Proxy on core {bench.proxy_core}, load and backend on core {bench.load_core}. "
              f"Medians of {options.rounds} rounds of {options.seconds} s.")
    print(f"Load average before: {os.getloadavg()[0]:.1f}")
    backend = setups.backend(folder, bench.load_core)
    try:
        if not wait_until_open(backend):
            sys.exit(f"The backend does not start; see {backend.log}.")
        where = Peers(folder, bench.proxy_core, os.path.abspath(options.shop), certificate)
        if not options.no_plain:
            plain(bench, options, where)
        if not options.no_policies:
            with_policies(bench, options, where)
        if not options.no_tls and find("h2load"):
            over_tls(bench, options, where)
    finally:
        backend.stop()
    print(f"\nLoad average after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
