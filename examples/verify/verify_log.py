#!/usr/bin/env python3
"""Checks an exported log of comd against a signed checkpoint, without comd.

    python3 verify_log.py LOG.bin CHECKPOINT.json

The log is what `comctl log export LOG.bin` writes (docs/log-format.md), from its first record on. Exit code 0: the signature is that of
the key in the checkpoint, and the records up to its position are those it was signed for. Compare the key itself with the one you know.
"""
import base64
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile

MAGIC = b"comdlog1"
HEADER = struct.Struct(">8sQ32s")  # magic, position of the first record, chain before it
RECORD = struct.Struct(">QI")  # position, length; position zero: the end
CHECK = 8  # bytes behind each record


def records(path):
    """Position and bytes of every record, and nothing else: what the file says of itself is not trusted."""
    with open(path, "rb") as log:
        header = log.read(HEADER.size)
        if len(header) < HEADER.size or header[:8] != MAGIC:
            raise ValueError("Expected a log exported by comctl, but the file does not begin like one.")
        while True:
            head = log.read(RECORD.size)
            if len(head) < RECORD.size:
                raise ValueError("Expected a trailer at the end of the file, but it is cut off.")
            position, length = RECORD.unpack(head)
            if position == 0:
                return
            record = log.read(length)
            if len(record) < length or len(log.read(CHECK)) < CHECK:
                raise ValueError(f"Expected {length} bytes at position {position}, but the file ends.")
            yield position, record


def signed(checkpoint):
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: os.path.join(folder, name) for name in ("text", "signature", "key")}
        for name, content in (("text", checkpoint["text"].encode()), ("signature", base64.b64decode(checkpoint["signature"])),
                              ("key", checkpoint["publicKey"].encode())):
            with open(paths[name], "wb") as out:
                out.write(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths["key"], "-rawin", "-in", paths["text"],
                   "-sigfile", paths["signature"]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        checkpoint = json.load(file)
    if not signed(checkpoint):
        sys.exit("The signature does not fit the text and the key of the checkpoint.")
    says = dict(line.split(": ", 1) for line in checkpoint["text"].splitlines()[1:])
    want, upto = says["hash"], int(says["position"])
    value, last = bytes(32), 0
    for position, record in records(sys.argv[1]):
        if position != last + 1:
            sys.exit(f"Expected the record at position {last + 1}, but the next one is at {position}.")
        value, last = hashlib.sha256(value + hashlib.sha256(record).digest()).digest(), position
        if position == upto:
            break
    if last != upto:
        sys.exit(f"Expected records up to position {upto}, but the log ends at {last}.")
    if value.hex() != want:
        sys.exit(f"The records up to position {upto} are not those that were signed: {value.hex()} instead of {want}.")
    print(f"Good: {upto} records are those that were signed at {says['time']}.\nThe key:\n{checkpoint['publicKey']}", end="")


if __name__ == "__main__":
    main()
