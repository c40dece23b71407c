#!/usr/bin/env python3
"""What a fleet costs its server, as docs/scale.md tells it: bytes of a pin, of a message and of a reading of everything,
and the server's own time for each, from INFO, so that a busy machine does not change them much.

It starts a redis-server of its own on a free port, with a folder of its own, and needs nothing but Python and that:

    contrib/fleet/scale.py [--pins 1000000] [--subscribers 1,10,100,1000]
"""

import argparse
import json
import os
import resource
import selectors
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "../../src/store/redis")


class Server:
    """One connection to it, and what it is asked."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.file = self.socket.makefile("rb", 1 << 20)
        self.read_bytes = 0

    def send(self, *commands):
        self.socket.sendall(b"".join(encoded(command) for command in commands))

    def answer(self):
        line = self.file.readline()
        self.read_bytes += len(line)
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind in b"+:":
            return rest
        count = int(rest)
        if count < 0:
            return None
        if kind == b"$":
            text = self.file.read(count + 2)
            self.read_bytes += count + 2
            return text[:-2]
        return [self.answer() for _ in range(count)]

    def ask(self, *command):
        self.send(command)
        return self.answer()

    def info(self):
        lines = self.ask("INFO", "all").decode().splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def cpu(self):
        info = self.info()
        return float(info["used_cpu_sys"]) + float(info["used_cpu_user"])


def encoded(command):
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
    return b"".join(parts)


def name(number):
    """A chat of Telegram, as it is named on the server."""
    return "modelpin:main:pin:{session/main/telegram%%3a%d}" % (5_000_000_000 + number)


def record(number, version=1_770_000_000_000):
    """A model and a profile that a person pinned, with nothing before it."""
    profile = {"provider": "anthropic", "id": "anthropic:work", "strict": True}
    profile["account"] = "3f6c0a52-7f0e-4d0b-9d53-0c1b5a7e9d11"
    profile["email"] = "someone@example.org"
    model = {"provider": "anthropic", "name": "claude-opus-4-5", "strict": True}
    pin = {"model": model, "profiles": [profile]}
    pin.update({"by": "telegram:%d" % (7_000_000_000 + number), "at": version})
    text = json.dumps({"lasting": pin, "history": [{}]}, separators=(",", ":"))
    return "%d 0123456789abcdef-%x %s" % (version, number, text)


def message(number):
    told = {"from": "0123456789abcdef", "key": name(number), "record": record(number)}
    return json.dumps(told, separators=(",", ":"))


def tell(what, figure, unit=""):
    print(f"{what:58} {figure:>14,.1f} {unit}", flush=True)


def fill(server, count):
    before = int(server.info()["used_memory"])
    for first in range(0, count, 1000):
        some = range(first, min(first + 1000, count))
        server.send(*(("SET", name(number), record(number)) for number in some))
        for _ in some:
            server.answer()
    return (int(server.info()["used_memory"]) - before) / count


def read_all(server):
    """As a gateway reads everything: SCAN, and a GET of each name. Returns how many, and the slowest step in seconds."""
    cursor, count, slowest = b"0", 0, 0.0
    while True:
        began = time.monotonic()
        cursor, names = server.ask("SCAN", cursor, "MATCH", "modelpin:main:pin:{*", "COUNT", 1000)
        server.send(*(("GET", one) for one in names))
        for _ in names:
            server.answer()
        slowest = max(slowest, time.monotonic() - began)
        count += len(names)
        if cursor == b"0":
            return count, slowest


def listen(port, count, until):
    """Subscribers in a process of their own, which reads what comes and throws it away."""
    ready, told = os.pipe()
    child = os.fork()
    if child:
        os.close(told)
        os.read(ready, 1)
        os.close(ready)
        return child
    selector = selectors.DefaultSelector()
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(encoded(("SUBSCRIBE", "news")))
        one.recv(1 << 16)
        one.setblocking(False)
        selector.register(one, selectors.EVENT_READ)
    os.write(told, b".")
    left = until * count
    while left > 0:
        for key, _ in selector.select():
            left -= len(key.fileobj.recv(1 << 18))
    os._exit(0)


def fan_out(server, port, subscribers, publishes, at_once):
    """Messages a second, and the server's time for one. Those that come at once share their way to a subscriber."""
    text = message(1)
    push = len(encoded(("message", "news", text)))
    child = listen(port, subscribers, push * publishes)
    cpu, began = server.cpu(), time.monotonic()
    for _ in range(publishes // at_once):
        server.send(*[("PUBLISH", "news", text)] * at_once)
        for _ in range(at_once):
            server.answer()
    os.waitpid(child, 0)
    return publishes / (time.monotonic() - began), (server.cpu() - cpu) / publishes


def costs(server, count, command):
    """The server's time for one of many, in microseconds."""
    cpu = server.cpu()
    for _ in range(count // 100):
        commands = [one for at in range(100) for one in command(at)]
        server.send(*commands)
        for _ in commands:
            server.answer()
    return (server.cpu() - cpu) / count * 1e6


def beats(server, port, count):
    """The server's time for a heartbeat of one of many machines, in microseconds."""
    machines = [Server(port) for _ in range(count)]
    cpu = server.cpu()
    for _ in range(10):
        for machine in machines:
            machine.send(("TIME",), ("GET", "modelpin:main:fleet"))
        for machine in machines:
            machine.answer(), machine.answer()
    return (server.cpu() - cpu) / count / 10 * 1e6


def script(server, file):
    with open(os.path.join(SCRIPTS, file), encoding="utf-8") as text:
        return server.ask("SCRIPT", "LOAD", text.read())


def measure(server, port, pins, subscribers):
    print(f"redis-server {server.info()['redis_version']}")
    tell("a pin: its name", len(name(0)), "bytes")
    tell("a pin: its record", len(record(0)), "bytes")
    tell("a message", len(message(0)), "bytes")
    tell("a message as it is pushed", len(encoded(("message", "modelpin:main:news:pins", message(0)))), "bytes")
    tell(f"memory of a pin, of {pins:,}", fill(server, pins), "bytes")
    cpu, began, server.read_bytes = server.cpu(), time.monotonic(), 0
    count, slowest = read_all(server)
    tell("everything read: pins", count)
    tell("everything read: time", time.monotonic() - began, "s")
    tell("everything read: the server's time", server.cpu() - cpu, "s")
    tell("everything read: bytes a pin", server.read_bytes / count, "bytes")
    tell("everything read: slowest of its steps", slowest * 1000, "ms")
    tell("a heartbeat of one of 1,000: the server's time", beats(server, port, 1_000), "µs")
    save, restore = script(server, "save.lua"), script(server, "restore.lua")
    late = 1 << 45

    def saved(at):
        return [("EVALSHA", save, 1, f"fresh:{{{at}}}", 0, record(at), late, "", "n", message(at)), ("DEL", f"fresh:{{{at}}}")]

    def restored(at):
        return [("EVALSHA", restore, 1, name(at), 1, record(at), "", "n", message(at))]

    tell("a change that nobody hears: the server's time", costs(server, 20_000, saved), "µs")
    tell("bringing back what is there: the server's time", costs(server, 20_000, restored), "µs")
    for count in subscribers:
        for at_once in (1, 10):
            publishes = max(200, min(10_000, 200_000 // count))
            rate, cpu = fan_out(server, port, count, publishes, at_once)
            tell(f"a message to {count:,}, {at_once} at once: a second", rate)
            tell(f"a message to {count:,}, {at_once} at once: the server's time", cpu * 1e6, "µs")


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--pins", type=int, default=1_000_000)
    words.add_argument("--subscribers", default="1,10,100,1000")
    words = words.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
        process = subprocess.Popen(["redis-server", *settings], stdout=subprocess.DEVNULL)
        try:
            for _ in range(100):
                try:
                    server = Server(port)
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            measure(server, port, words.pins, [int(count) for count in words.subscribers.split(",")])
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
