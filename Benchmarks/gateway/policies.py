"""The gateway with its policies on: what its file says, and tokens for its callers."""

import base64
import json
import os
import subprocess
import time

ROUTES = 50
TOKENS = 100
ISSUER, AUDIENCE = "https://bench.example", "bench"

# What stands in the way of every request: one route of many, a token that is verified (and remembered), a limit for
# each caller, a breaker before the backend, metrics.
CONFIGURATION = """listen: 127.0.0.1:{port}
operations: 127.0.0.1:{operations}
threads: 1
authentication:
  tokens: {{ issuer: {issuer}, audience: {audience}, keys: {keys}, algorithms: [RS256] }}
limits:
  callers: {{ count: 1000000, per: 1s, by: caller }}
upstreams:
  backend:
    instances: ["127.0.0.1:{backend}"]
    breaker: {{ failures: 10, openFor: 5s }}
routes:
  - match: {{ path: "/" }}
    to: backend
{routes}  - match: {{ path: "/api/v1/products/{{id}}", methods: [GET] }}
    access: signedIn
    limits: [callers]
    to: backend
"""
OTHER = """  - match: {{ path: "/api/v1/things-{number}/{{id}}/parts", methods: [GET, POST] }}
    access: signedIn
    limits: [callers]
    to: backend
"""

# A request for each token, made once; wrk sends one after the other.
SCRIPT = """local tokens = {{ {tokens} }}
local requests, at = {{}}, 0
init = function(arguments)
  for index, token in ipairs(tokens) do
    wrk.headers["Authorization"] = "Bearer " .. token
    requests[index] = wrk.format("GET")
  end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
"""


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


class Caller:
    """Files in `folder`: the key set that the gateway reads, and the script that wrk sends tokens by."""

    def __init__(self, folder):
        self.key = os.path.join(folder, "tokens.pem")
        openssl("genrsa", "-out", self.key, "2048")
        modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().split("=")[1]
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "bench", "e": "AQAB",
               "n": base64url(bytes.fromhex(modulus))}
        self.keys = os.path.join(folder, "keys.json")
        with open(self.keys, "w") as file:
            json.dump({"keys": [key]}, file)
        self.script = os.path.join(folder, "tokens.lua")
        self.renew()

    def renew(self):
        """Tokens live for an hour at most."""
        self.tokens = [self.token(number) for number in range(TOKENS)]
        with open(self.script, "w") as file:
            file.write(SCRIPT.format(tokens=", ".join(f'"{token}"' for token in self.tokens)))

    def token(self, number):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": f"user-{number:04}", "iat": now, "exp": now + 3600,
                  "role": "customer", "tier": "premium", "jti": f"{number:032x}"}
        parts = [{"alg": "RS256", "kid": "bench", "typ": "JWT"}, claims]
        text = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        signature = openssl("dgst", "-sha256", "-sign", self.key, given=text.encode())
        return f"{text}.{base64url(signature)}"

    def configuration(self, port, backend):
        # Two of the routes stand in the text.
        others = "".join(OTHER.format(number=number) for number in range(ROUTES - 2))
        return CONFIGURATION.format(
            port=port, operations=port + 1, issuer=ISSUER, audience=AUDIENCE, keys=self.keys, backend=backend,
            routes=others)
