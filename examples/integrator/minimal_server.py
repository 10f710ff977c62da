#!/usr/bin/python3
"""A minimal activation system for comd: accepts every service order, and completes it by a report.

  /usr/bin/python3 examples/integrator/minimal_server.py --listen 127.0.0.1:7633 --feedback 127.0.0.1:7622

Needs Debian's python3-grpcio, python3-grpc-tools and python3-pkg-resources. docs/integrators.md explains the rules it follows.
It keeps what it knows in memory; a real one keeps it where a crash cannot reach it, before it answers.
"""
import argparse
import json
import pathlib
import sys
import tempfile
import threading
import time
from concurrent import futures

import grpc
from grpc_tools import protoc

PROTOS = pathlib.Path(__file__).resolve().parents[2] / "protos"
generated = tempfile.TemporaryDirectory(prefix="comd-protos-")
if protoc.main(["protoc", f"-I{PROTOS}", f"--python_out={generated.name}", f"--grpc_python_out={generated.name}",
                "comd/activation/v1/activation.proto"]) != 0:
    sys.exit(f"Expected to generate Python code from {PROTOS}, but protoc failed.")
sys.path.insert(0, generated.name)
from comd.activation.v1 import activation_pb2 as pb  # noqa: E402
from comd.activation.v1 import activation_pb2_grpc as rpc  # noqa: E402


class Reports:
    """Sends reports until comd has recorded them: at least once, in order, always with the same report id."""

    def __init__(self, address):
        self.feedback = rpc.FeedbackServiceStub(grpc.insecure_channel(address))
        self.worker = futures.ThreadPoolExecutor(max_workers=1)

    def send(self, report):
        self.worker.submit(self._until_recorded, report)

    def _until_recorded(self, report):
        while True:
            try:
                ack = self.feedback.Report(report, timeout=10)
                if ack.code == 0:
                    return
                reason, hopeless = ack.message, ack.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
            except grpc.RpcError as error:
                reason, hopeless = error.details(), error.code() == grpc.StatusCode.INVALID_ARGUMENT
            print(f"report {report.report_id} was not recorded: {reason}", file=sys.stderr, flush=True)
            if hopeless:
                return
            time.sleep(0.5)


class Activation(rpc.ActivationServiceServicer):
    def __init__(self, reports):
        self.reports, self.lock = reports, threading.Lock()
        self.by_key = {}      # idempotency key → service order: the same key is the same intention
        self.latest = {}      # (service order id, attempt) → latest report: what Get answers

    def GetCapabilities(self, request, context):
        return pb.Capabilities(system="minimal_server.py", delivery=pb.DELIVERY_IDEMPOTENT, streaming=False)

    def Submit(self, request, context):
        order, key = request.service_order, request.call.idempotency_key
        with self.lock:
            if key not in self.by_key:  # new: remember it first, then answer. A repeat is only answered again.
                self.by_key[key] = order
                self._report(order, "acknowledged", kind=pb.REPORT_KIND_ACKNOWLEDGED)
                threading.Timer(0.2, self._activate, [order]).start()
        return pb.SubmitResponse(reference=f"{order.id}/{order.attempt}")

    def Get(self, request, context):
        with self.lock:
            report = self.latest.get((request.service_order_id, request.attempt))
        if report is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"service order {request.service_order_id} was never received")
        return pb.GetResponse(report=report)

    def Cancel(self, request, context):
        # FAILED_PRECONDITION is the honest answer of a system that cannot stop what it began.
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "this system cannot cancel")

    def _activate(self, order):
        """Here the real work would be done: create, change or remove the service order.service_id."""
        print(f"{pb.Action.Name(order.action)} {order.specification} for {order.service_id}", flush=True)
        outputs = {} if order.action == pb.ACTION_DELETE else {
            name: json.dumps(value) for name, value in  # values are JSON text
            {"portId": f"PORT-{order.service_id}", "vlan": 100, "olt": "olt-1", "ipv4Address": "192.0.2.10",
             "imsi": "001010000000001", "vpnId": f"VPN-{order.service_id}"}.items()}
        with self.lock:
            self._report(order, "completed", kind=pb.REPORT_KIND_COMPLETED, outputs=outputs)

    def _report(self, order, name, **what):
        report = pb.ServiceOrderReport(report_id=f"{order.id}/{order.attempt}/{name}", service_order_id=order.id,
                                       attempt=order.attempt, reporter="minimal_server.py", **what)
        self.latest[(order.id, order.attempt)] = report
        self.reports.send(report)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--listen", default="127.0.0.1:7633", help="address comd calls (default %(default)s)")
    arguments.add_argument("--feedback", default="127.0.0.1:7622", help="comd's address (default %(default)s)")
    arguments = arguments.parse_args()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    rpc.add_ActivationServiceServicer_to_server(Activation(Reports(arguments.feedback)), server)
    if server.add_insecure_port(arguments.listen) == 0:
        sys.exit(f"Expected to listen on {arguments.listen}, but cannot.")
    server.start()
    print(f"minimal_server.py ready on {arguments.listen}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
