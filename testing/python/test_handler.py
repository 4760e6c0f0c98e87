#!/usr/bin/env python3
import array
import socket
import sys


def log(message):
    print(f"[handler] {message}", file=sys.stderr, flush=True)


def main():
    log("Starting FaaS handler")

    # Connect to the control socket
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    control.connect('/control.sock')
    log("Connected to control socket")

    # Receive the client's socket
    fds = array.array('i')
    msg, ancdata, _, _ = control.recvmsg(1024, socket.CMSG_SPACE(4))

    for level, type, data in ancdata:
        if level == socket.SOL_SOCKET and type == socket.SCM_RIGHTS:
            fds.frombytes(data)

    if not fds:
        log("No FD received")
        return 1
    log(f"Received FD: {fds[0]}")

    sock = socket.fromfd(fds[0], socket.AF_INET, socket.SOCK_STREAM)

    # Read request
    request = sock.recv(4096).decode('utf-8', 'replace')
    request_line = request.split('\r\n', 1)[0]
    log(f"Request: {request_line}")

    # Send response
    body = f"Hello from FaaS handler!\n\nRequest: {request_line}\n".encode()
    response = (b"HTTP/1.1 200 OK\r\n"
                b"Content-Type: text/plain\r\n"
                b"Content-Length: %d\r\n"
                b"Connection: close\r\n"
                b"\r\n" % len(body)) + body
    sock.sendall(response)
    sock.close()
    log("Request handled successfully")
    return 0


if __name__ == '__main__':
    sys.exit(main())
