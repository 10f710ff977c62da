"""./dev run: fulfils the orders of examples/orders and compares what became of each with examples/orders/expected.yaml."""

import argparse
import glob
import os
import signal
import sys

import yaml

from stack import Failure, Stack

ORDERS = "examples/orders"


def load_expected():
    with open(os.path.join(ORDERS, "expected.yaml"), encoding="utf-8") as file:
        expected = yaml.safe_load(file)["orders"]
    present = {os.path.basename(path) for path in glob.glob(os.path.join(ORDERS, "*.json"))}
    if present != set(expected):
        raise Failure(f"Expected every order of {ORDERS} in expected.yaml and the other way round, but these are in one only: "
                      f"{', '.join(sorted(present ^ set(expected)))}")
    return expected


def waves(expected):
    """Orders in groups: all of a group may run together, and what they come after is in an earlier group."""
    done, rest = set(), dict(expected)
    while rest:
        group = [name for name, order in rest.items() if set(order.get("after", [])) <= done]
        if not group:
            raise Failure(f"Expected the orders in expected.yaml to follow each other, but these wait in a circle: {', '.join(rest)}")
        yield group
        done.update(group)
        for name in group:
            del rest[name]


def heading(text):
    print(f"\n── {text}", flush=True)


def submit(stack, name, order):
    answer = stack.comctl_json("order", "submit", os.path.join(ORDERS, name))["orders"][0]
    order_id = answer["orderId"]
    print(f"   {name}: {order_id} {answer['state']}", flush=True)
    if "cancel" in order:
        print(f"   {name}: cancel ({order['cancel']})", flush=True)
        stack.comctl("order", "cancel", order_id, "--reason", order["cancel"])
    return order_id


def verdict(stack, order_id, order):
    """What is not as expected, in words."""
    wrong = []
    state = stack.comctl_json("order", "get", order_id)["summary"]["tmfState"]
    if state != order["state"]:
        wrong.append(f"Expected it to end {order['state']}, but it is {state}: comctl order explain {order_id}")
    for product, status in (order.get("products") or {}).items():
        found = stack.comctl_json("inventory", "product", "get", product)["summary"]["status"]
        if found != status:
            wrong.append(f"Expected product {product} to be {status}, but it is {found}: comctl inventory product get {product}")
    return wrong


def fulfil(stack, expected):
    """Order ids by file, and what was wrong by file."""
    ids, wrong = {}, {}
    for number, group in enumerate(waves(expected), 1):
        heading(f"Submitting {len(group)} orders{' that change what the first ones made' if number > 1 else ''}")
        for name in group:
            ids[name] = submit(stack, name, expected[name])
        heading("Following them to their end")
        stack.comctl("order", "watch", "--since", "0", "--for", "3m", *(ids[name] for name in group), check=False, show=True)
        for name in group:
            wrong[name] = verdict(stack, ids[name], expected[name])
    return ids, wrong


def where_next(stack, ids, stay):
    heading("Where to look next" + ("" if stay else ": ./dev run --stay leaves the servers up for this"))
    comctl = os.path.relpath(f"{stack.bin}/comctl") + ("" if stack.grpc == 7622 else f" --server {stack.server}")
    example = next(iter(ids.values()))
    print(f"""   gRPC            {stack.server}
   metrics, health http://127.0.0.1:{stack.http}/metrics
   data, logs      {stack.work}/
   {comctl} order list
   {comctl} order plan {example}
   {comctl} order timeline {example}
   {comctl} inventory product list
   {comctl} status""", flush=True)


def wait_for_interrupt():
    try:
        signal.pause()
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)


def run(arguments):
    expected = load_expected()
    catalogs = sorted(glob.glob("examples/catalog*.yaml"), key=lambda path: (len(path), path))  # the unnumbered one is the oldest
    heading("Starting comd and activation-sim")
    with Stack(arguments.bin, arguments.work, catalogs, "examples/activation-sim.yaml") as stack:
        print(f"   comd {stack.server}, metrics 127.0.0.1:{stack.http}, activation-sim 127.0.0.1:{stack.sim}; catalogues: {', '.join(catalogs)}")
        ids, wrong = fulfil(stack, expected)
        for name, order_id in ids.items():
            heading(f"Timeline of {name}")
            stack.comctl("order", "timeline", order_id, show=True)
        heading("What became of them")
        for name, order_id in ids.items():
            print(f"   {'not as expected' if wrong[name] else 'as expected':16} {expected[name]['state']:10} {name:36} {order_id}")
            for text in wrong[name]:
                print(f"      {text}")
        where_next(stack, ids, arguments.stay)
        failed = sum(bool(texts) for texts in wrong.values())
        print(f"\n{len(ids) - failed} of {len(ids)} orders ended as expected.", flush=True)
        if arguments.stay:
            print("The servers stay up. Ctrl-C stops them.", flush=True)
            wait_for_interrupt()
        return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(prog="./dev run", description=__doc__)
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--stay", action="store_true", help="leave the servers up until Ctrl-C")
    arguments = parser.parse_args()
    arguments.bin, arguments.work = os.path.abspath(arguments.bin), os.path.abspath(arguments.work)
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(run(arguments))
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
