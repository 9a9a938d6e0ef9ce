"""How schemathesis is to call the registry: as an external system would, with requests that build on each other."""

import itertools

import external_system  # noqa: F401
import schemathesis

SERVICES = "/{application}/v1/metadata/services"
SERVICE = SERVICES + "/{serviceId}"

# Refused for what is registered already, not for what was sent: no schema can say that.
REFUSED_FOR_STATE = (
    " already exists",
    "Cannot change service name to ",
    " has no generated certificate",
    " has no specification that can be fetched",
    "there is no stored value that it could stand for",
    "continue is not what a page before gave",
)

# The example in the document, which is sent nearly always.
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"

turns = itertools.count()
# By id, what was sent of each service that is there.
registered = {}


@schemathesis.hook
def before_call(context, case, kwargs):
    turn = next(turns)
    path, method = case.operation.path, case.operation.method.upper()
    if path == SERVICES and method == "POST":
        # Each is new: a failure that is tried again must fail again.
        rename(case.body, lambda name: f"{name} {turn}")
        if turn % 4:
            keep(case, turn)
    elif turn % 4:
        build_on_what_is_there(case, turn)


def build_on_what_is_there(case, turn):
    """Names never change, and most services have neither: nearly all that is generated would be refused."""
    path, method = case.operation.path, case.operation.method.upper()
    if path == SERVICE and method == "PUT":
        keep(case, turn)
        choose(case, turn, lambda sent: True)
        known = registered.get(case.path_parameters.get("serviceId"))
        if known:
            rename(case.body, lambda name: known["name"])
    if path == SERVICE and method == "DELETE":
        choose(case, turn, lambda sent: not has_certificate(sent))
    if path.startswith(SERVICE + "/specs/{type}"):
        choose(case, turn, DOCUMENTS.get(str(case.path_parameters.get("type")), lambda sent: True))
    if path == SERVICE and turn % 2 and case.headers:
        # No tag that is generated is that of a service.
        case.headers.pop("If-Match", None)
    if path == SERVICE + "/certificate/rotate":
        choose(case, turn, has_certificate)
    if path == SERVICE + "/specs/refresh":
        choose(case, turn, has_address)


def keep(case, turn):
    """Half of all that is tried would leave nothing to build on, and so would what has the key of another one."""
    if case.query and case.query.get("dryRun") == "true":
        case.query["dryRun"] = "false"
    if case.headers and case.headers.get("Idempotency-Key") == KEY:
        case.headers["Idempotency-Key"] = f"{KEY}-{turn}"


def rename(body, change):
    if isinstance(body, dict) and isinstance(body.get("name"), str) and body["name"]:
        body["name"] = change(body["name"])


def choose(case, turn, wanted):
    """Puts a service for which the operation makes sense in the place of the one that was generated."""
    ids = [service for service, sent in list(registered.items()) if wanted(sent)]
    if ids and "serviceId" in case.path_parameters:
        case.path_parameters["serviceId"] = ids[turn % len(ids)]


def has_certificate(sent):
    credentials = (sent.get("api") or {}).get("credentials") or {}
    return bool((credentials.get("certificateGen") or {}).get("commonName"))


def has_address(sent):
    return bool((sent.get("api") or {}).get("specificationUrl"))


def is_odata(sent):
    return ((sent.get("api") or {}).get("apiType") or "").lower() == "odata"


# By type, whether a service has such a document.
DOCUMENTS = {
    "openapi": lambda sent: not is_odata(sent) and ((sent.get("api") or {}).get("spec") or has_address(sent)),
    "odata": lambda sent: is_odata(sent),
    "asyncapi": lambda sent: (sent.get("events") or {}).get("spec"),
    "docs": lambda sent: sent.get("documentation"),
}


@schemathesis.hook
def after_call(context, case, response):
    path, method = case.operation.path, case.operation.method.upper()
    is_kept = response.status_code == 200 and isinstance(case.body, dict) and not is_dry(response)
    if path == SERVICES and method == "POST" and is_kept:
        registered[response.json()["id"]] = case.body
    if path == SERVICE and method == "PUT" and is_kept:
        registered[case.path_parameters["serviceId"]] = case.body
    if path == SERVICE and method == "DELETE" and response.status_code == 204:
        registered.pop(case.path_parameters["serviceId"], None)


def is_dry(response):
    return "dryRun" in response.json()


@schemathesis.hook
def filter_failure(context, failure, case, response):
    is_for_state = response.status_code == 400 and any(text in response.text for text in REFUSED_FOR_STATE)
    return not (is_for_state and type(failure).__name__ == "RejectedPositiveData")
