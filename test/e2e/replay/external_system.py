"""What every external system does: it finds the hosts of the installation, and takes a redirect for an answer."""

import socket

import schemathesis

resolve = socket.getaddrinfo


def resolve_loopback(host, *rest, **named):
    """RFC 6761 §6.3: names below .localhost are the loopback, which few resolvers know."""
    if isinstance(host, str) and host.endswith(".localhost"):
        host = "127.0.0.1"
    return resolve(host, *rest, **named)


socket.getaddrinfo = resolve_loopback


@schemathesis.hook("before_call")
def stay(context, case, kwargs):
    kwargs["allow_redirects"] = False
