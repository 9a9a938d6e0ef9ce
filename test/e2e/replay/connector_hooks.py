"""How schemathesis is to call the connector: with a new token each time, as tokens are good once, and real requests."""

import itertools
import os

import external_system  # noqa: F401
import requests
import schemathesis

TOKENS = os.environ["REPLAY_TOKENS"]
HEADERS = {"Authorization": f"Bearer {os.environ['REPLAY_ADMIN_TOKEN']}", "Application": "shop"}
CERTIFICATE_REQUEST = os.environ["REPLAY_CERTIFICATE_REQUEST"]

turns = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    # A token that is to be missing or wrong stays so.
    if case.query and "token" in case.query:
        case.query["token"] = requests.post(TOKENS, headers=HEADERS, timeout=60).json()["token"]
    if next(turns) % 2 and isinstance(case.body, dict) and isinstance(case.body.get("csr"), str):
        case.body["csr"] = CERTIFICATE_REQUEST
