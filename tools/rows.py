"""What a store has written, row by row: read from RocksDB's write-ahead log, which holds every change since the tables were last flushed.

The formats are RocksDB's: db/log_format.h (records in blocks of 32 KiB) and db/write_batch.cc (what a batch is made of).
"""

import collections
import glob
import os
import struct

BLOCK = 32 * 1024
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4
WITH_VALUE = {1: "put", 5: "put"}
WITHOUT_VALUE = {0: "delete", 4: "delete"}
OF_A_FAMILY = {4, 5}
NOOP = 13

# storage/rocks_store.h kFamilyNames, storage/keys.h Kind, domain/agenda.h Table
FAMILIES = {1: "record", 2: "stream index", 6: "chain"}
WORK = {"T": "timer", "E": "effect", "M": "tell", "C": "counter"}
VIEWS = {1: "order", 2: "order index", 3: "product", 4: "product index", 5: "service", 6: "service index", 8: "person"}

Row = collections.namedtuple("Row", "name change size")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def batches(data):
    """The write batches of one log file."""
    parts, at = b"", 0
    while at < len(data):
        left = BLOCK - at % BLOCK
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        if kind == 0:  # what is behind the last record of a file that was allocated ahead
            at += left
            continue
        if kind > LAST:
            raise ValueError(f"Expected a log file that is not recycled, but a record at {at} is of type {kind}")
        part, at = data[at + 7:at + 7 + length], at + 7 + length
        parts = part if kind in (FULL, FIRST) else parts + part
        if kind in (FULL, LAST):
            yield parts


def rows_of(batch):
    at = 12  # sequence number and count
    while at < len(batch):
        kind, at, family = batch[at], at + 1, 0
        if kind == NOOP:
            continue
        if kind in OF_A_FAMILY:
            family, at = varint(batch, at)
        if kind not in WITH_VALUE and kind not in WITHOUT_VALUE:
            raise ValueError(f"Expected a put or a delete, but got a change of type {kind}")
        length, at = varint(batch, at)
        key, at = batch[at:at + length], at + length
        size = length
        if kind in WITH_VALUE:
            length, at = varint(batch, at)
            size, at = size + length, at + length
        yield Row(name_of(family, key), WITH_VALUE.get(kind) or WITHOUT_VALUE[kind], size)


def name_of(family, key):
    if family in FAMILIES:
        return FAMILIES[family]
    if key[:1] == b"V":
        return VIEWS.get(key[1], f"view {key[1]}")
    return WORK.get(key[:1].decode(errors="replace"), "other")


def written(directory):
    """(puts, deletes, bytes) by kind of row, of everything in the store's write-ahead log."""
    out = collections.defaultdict(lambda: [0, 0, 0])
    for path in sorted(glob.glob(os.path.join(directory, "*.log"))):
        with open(path, "rb") as file:
            for batch in batches(file.read()):
                for row in rows_of(batch):
                    sums = out[row.name]
                    sums[0 if row.change == "put" else 1] += 1
                    sums[2] += row.size
    return dict(out)
