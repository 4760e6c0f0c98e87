#!/usr/bin/env python3
"""A client of faasd written from its .proto files alone.

    grpc_client.py TARGET GENERATED_DIR ARCHIVE BROKEN_ARCHIVE [TOKEN]

GENERATED_DIR holds what `protoc --python_out` made of the .proto files; there
are no generated stubs. Deploys, lists, watches, updates and deletes at TARGET,
and prints what it saw as JSON.
"""

import functools
import json
import queue
import sys
import threading

import grpc

target, generated, archive_path, broken_path = sys.argv[1:5]
TOKEN = sys.argv[5] if len(sys.argv) > 5 else None
sys.path.insert(0, generated)

from faas.v1 import function_service_pb2 as pb  # noqa: E402
from grpc_health import health_pb2  # noqa: E402

SERVICE = "/faas.v1.FunctionService/"
CHUNK = 1 << 20
TIMEOUT = 240


def method(kind, name, request, response, service=SERVICE):
    call = getattr(channel, kind)(
        service + name,
        request_serializer=request.SerializeToString,
        response_deserializer=response.FromString,
    )
    # What the control listener wants of every call; the unix socket does not.
    metadata = (("authorization", "Bearer " + TOKEN),) if TOKEN else ()
    return functools.partial(call, metadata=metadata)


def unary(rpc, **fields):
    request = getattr(pb, rpc + "Request")(**fields)
    response = getattr(pb, rpc + "Response")
    return method("unary_unary", rpc, type(request), response)(
        request, timeout=TIMEOUT
    )


def upload(rpc, header, data):
    """Sends a header and chunks; returns the function of the last answer."""
    request_type = getattr(pb, rpc + "Request")
    response_type = getattr(pb, rpc + "Response")

    def requests():
        yield request_type(header=header)
        for offset in range(0, len(data), CHUNK):
            yield request_type(chunk=data[offset:offset + CHUNK])

    call = method("stream_stream", rpc, request_type, response_type)
    answers = list(call(requests(), timeout=TIMEOUT))
    return answers[-1].function


def error_of(action):
    """The code's name, and whether the details name a reason."""
    try:
        action()
    except grpc.RpcError as error:
        trailers = dict(error.trailing_metadata() or ())
        details = trailers.get("grpc-status-details-bin", b"")
        return [error.code().name, details.decode("latin-1")]
    return ["OK", ""]


def watch(events, synced):
    call = method("unary_stream", "WatchFunctions", pb.WatchFunctionsRequest,
                  pb.WatchFunctionsResponse)
    names = pb.WatchFunctionsResponse.EventType.Name
    try:
        for event in call(pb.WatchFunctionsRequest(), timeout=TIMEOUT):
            events.put((names(event.type), event.function.name,
                        event.generation))
            if names(event.type) == "EVENT_TYPE_SYNCED":
                synced.set()
            if names(event.type) == "EVENT_TYPE_DELETED":
                return
    except grpc.RpcError as error:
        events.put(("error", error.code().name, 0))


channel = grpc.insecure_channel(target)
report = {}

health = method("unary_unary", "Check", health_pb2.HealthCheckRequest,
                health_pb2.HealthCheckResponse, "/grpc.health.v1.Health/")
report["health"] = health(health_pb2.HealthCheckRequest(),
                          timeout=TIMEOUT).status

events, synced = queue.Queue(), threading.Event()
watcher = threading.Thread(target=watch, args=(events, synced), daemon=True)
watcher.start()
report["synced"] = synced.wait(TIMEOUT)

with open(archive_path, "rb") as file:
    archive = file.read()
with open(broken_path, "rb") as file:
    broken = file.read()

header = pb.CreateFunctionHeader()
header.function.name = "from-python"
created = upload("CreateFunction", header, archive)
report["created"] = {"address": created.address, "revision": created.revision,
                     "command": list(created.command),
                     "digest": created.image.digest}

header = pb.UpdateFunctionHeader()
header.function.name = "from-python"
report["updated"] = upload("UpdateFunction", header,
                           archive).revision

report["listed"] = [f.name for f in unary("ListFunctions").functions]
report["got"] = unary("GetFunction", name="from-python").function.address

header = pb.CreateFunctionHeader()
report["errors"] = {
    "unknown": error_of(lambda: unary("GetFunction", name="nowhere")),
    "bad_name": error_of(lambda: upload(
        "CreateFunction",
        pb.CreateFunctionHeader(function={"name": "Bad Name"}), archive)),
    "exists": error_of(lambda: upload(
        "CreateFunction",
        pb.CreateFunctionHeader(function={"name": "from-python"}), archive)),
    "bad_image": error_of(lambda: upload(
        "CreateFunction",
        pb.CreateFunctionHeader(function={"name": "broken"}), broken)),
    "no_header": error_of(lambda: list(method(
        "stream_stream", "CreateFunction", pb.CreateFunctionRequest,
        pb.CreateFunctionResponse)(
            iter([pb.CreateFunctionRequest(chunk=b"x")]), timeout=TIMEOUT))),
}

# Two more, for pages.
for name in ("page-a", "page-b"):
    upload("CreateFunction", pb.CreateFunctionHeader(function={"name": name}), archive)
pages, token = [], ""
while True:
    page = unary("ListFunctions", page_size=2, page_token=token)
    pages.append([f.name for f in page.functions])
    token = page.next_page_token
    if not token:
        break
report["pages"] = pages

unary("DeleteFunction", name="from-python")
report["after"] = [f.name for f in unary("ListFunctions").functions]
for name in ("page-a", "page-b"):
    unary("DeleteFunction", name=name)
watcher.join(TIMEOUT)
report["events"] = [event[:2] for event in events.queue]
generations = [event[2] for event in events.queue]
report["generations_grow"] = generations == sorted(generations)

print(json.dumps(report, indent=1))
