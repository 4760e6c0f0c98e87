#!/usr/bin/env python3
"""This is the smallest function in Python. hello.cc says what a handler does.

It needs only the standard library:

    docker build -t hello-python -f Dockerfile.python .
    docker save hello-python | faas new hello-python
"""

import socket
import sys

CONTROL_SOCKET = "/control.sock"


def receive_connection():
    """Receives the client's own TCP connection from the control socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
        control.connect(CONTROL_SOCKET)
        _, fds, _, _ = socket.recv_fds(control, 1024, 1)
    if not fds:
        sys.exit("hello: no connection from " + CONTROL_SOCKET)
    return socket.socket(fileno=fds[0])


def read_head(connection):
    """Reads up to the empty line that ends the head of an HTTP request."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(4096)
        if not data:
            break
        head += data
    return head.decode("latin-1")


def main():
    with receive_connection() as connection:
        request_line = read_head(connection).split("\r\n", 1)[0]
        print("hello:", request_line, file=sys.stderr)
        body = f"Hello from faasd!\n\nYou asked: {request_line}\n".encode()
        connection.sendall(
            b"HTTP/1.1 200 OK\r\n"
            b"Content-Type: text/plain; charset=utf-8\r\n"
            b"Content-Length: %d\r\n"
            b"Connection: close\r\n"
            b"\r\n" % len(body) + body
        )


if __name__ == "__main__":
    main()
