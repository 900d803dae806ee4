"""Just enough HTTP/2 to call the hub, and to misbehave: frames by hand, headers without compression (RFC 7540, 7541)."""
import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1


class Closed(Exception):
    """The hub ended the connection."""


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def headers(path, encoding=None):
    """A gRPC call's request headers, each a literal without indexing."""
    def text(value):
        assert len(value) < 127
        return bytes([len(value)]) + value.encode()
    fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "hub"), ("te", "trailers"),
              ("content-type", "application/grpc")] + ([("grpc-encoding", encoding)] if encoding else [])
    return b"".join(b"\0" + text(name) + text(value) for name, value in fields)


def message(payload, declared=None, compressed=False):
    return bytes([compressed]) + struct.pack(">I", len(payload) if declared is None else declared) + payload


class Connection:
    def __init__(self, port, timeout=300, source="127.0.0.1"):
        self.timeout = timeout
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout, source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""
        self.next_stream = 1
        self.goaway = None  # the debug text of GOAWAY
        self.window = self.initial_window = 65535  # what the hub takes of DATA: on the connection, and on a new stream
        self.windows = {}
        # Windows that are never the limit.
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1 << 30)) +
                            frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 30)))

    def read_what_came(self, seconds):
        """All frames, until none comes for so long."""
        self.socket.settimeout(seconds)
        try:
            while True:
                self.read()
        except (socket.timeout, BlockingIOError):
            self.socket.settimeout(self.timeout)

    def close(self):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Closed() from error

    def read(self):
        """One frame: kind, flags, stream, payload. Settings and pings are answered, and told all the same."""
        while True:
            if len(self.pending) >= 9:
                size = int.from_bytes(self.pending[:3], "big")
                if len(self.pending) >= 9 + size:
                    kind, flags, stream = self.pending[3], self.pending[4], int.from_bytes(self.pending[5:9], "big")
                    payload, self.pending = self.pending[9:9 + size], self.pending[9 + size:]
                    break
            try:
                more = self.socket.recv(1 << 16)
            except ConnectionResetError as error:
                raise Closed() from error
            if not more:
                raise Closed()
            self.pending += more
        if kind == SETTINGS and not flags & ACK:
            for i in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[i:i + 6])
                if name == 4:
                    for known in self.windows:
                        self.windows[known] += value - self.initial_window
                    self.initial_window = value
        if kind == WINDOW_UPDATE:
            more = int.from_bytes(payload, "big")
            if stream == 0:
                self.window += more
            elif stream in self.windows:
                self.windows[stream] += more
        if kind in (SETTINGS, PING) and not flags & ACK:
            self.send(frame(kind, ACK, 0, payload if kind == PING else b""))
        if kind == GOAWAY:
            self.goaway = payload[8:].decode("latin-1")
        return kind, flags, stream, payload

    def stream(self):
        self.next_stream += 2
        return self.next_stream - 2

    def begin_call(self, path, body, declared=None, encoding=None, end=0):
        """Sends headers and the message as the hub takes them. Returns the stream, and what was answered meanwhile: bytes, and whether it is over."""
        stream = self.stream()
        self.windows[stream] = self.initial_window
        self.send(frame(HEADERS, END_HEADERS, stream, headers(path, encoding)))
        left, answer, over = memoryview(message(body, declared, encoding is not None)), b"", False
        while left and not over:
            room = min(self.window, self.windows[stream], 16384)
            if room > 0:
                part, left = left[:room], left[room:]
                self.window -= len(part)
                self.windows[stream] -= len(part)
                self.send(frame(DATA, 0 if left else end, stream, bytes(part)))
            else:
                more, over = self.read_of(stream)
                answer += more
        return stream, answer, over

    def read_of(self, stream):
        """One frame: what it has of the stream's answer, and whether the stream is over."""
        kind, flags, of, payload = self.read()
        if of != stream:
            return b"", False
        if kind == DATA and payload:
            self.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", len(payload))))
        return payload if kind == DATA else b"", bool(kind == RST_STREAM or flags & END_STREAM and kind in (DATA, HEADERS))

    def call(self, path, body, declared=None, encoding=None):
        """A unary call, or the first message of a stream. The bytes of the answer; empty when it was refused."""
        stream, answer, over = self.begin_call(path, body, declared, encoding, END_STREAM)
        while not over:
            more, over = self.read_of(stream)
            answer += more
        del self.windows[stream]
        return answer

    def status(self):
        """An honest caller's question; true if it is answered."""
        return len(self.call("/relief.v1.AdminService/GetStatus", b"")) > 5
