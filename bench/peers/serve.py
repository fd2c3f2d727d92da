"""A peer's side of a row: reads commands from stdin, a line each, and answers with a line each (see ../worker.mjs)."""

import importlib
import sys
from pathlib import Path
from time import perf_counter, process_time

import numpy


def read_columns(folder):
    """Columns by name, as arrays of doubles."""
    values = numpy.fromfile(Path(folder, "columns.bin"), dtype="<f8")
    columns, at = {}, 0
    for line in Path(folder, "columns.txt").read_text().split("\n")[:-1]:
        name, length = line.split(" ")
        columns[name] = values[at : at + int(length)].copy()
        at += int(length)
    return columns


class Server:
    """Holds the work of the row in hand. A row is a function of columns that gives (run, digest) or (run, digest, note)."""

    def __init__(self):
        self.run = None

    def prepare(self, file, row, folder):
        self.run, digest, *note = getattr(importlib.import_module(file), row)(read_columns(folder))
        last = self.run()
        return ["answer", note[0](last) if note else "", *(repr(float(x)) for x in digest(last))]

    def repeat(self, times, clock):
        run = self.run
        started = clock()
        for _ in range(int(times)):
            run()
        return ["ms", repr(1000 * (clock() - started))]

    def time(self, times):
        return self.repeat(times, perf_counter)

    def spend(self, times):
        return self.repeat(times, process_time)


def main():
    server = Server()
    print("ready", f"Python {sys.version.split()[0]}, NumPy {numpy.__version__}", sep="\t", flush=True)
    for line in sys.stdin:
        command, *arguments = line.rstrip("\n").split("\t")
        try:
            fields = getattr(server, command)(*arguments)
        except ImportError as error:
            fields = ["missing", str(error)]
        except Exception as error:
            fields = ["failed", " ".join(str(error).split())]
        print(*fields, sep="\t", flush=True)


main()
