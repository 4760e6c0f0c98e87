#!/usr/bin/env python3
import socket, array, sys

control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
control.connect('/control.sock')

fds = array.array('i')
msg, ancdata, _, _ = control.recvmsg(1024, socket.CMSG_SPACE(4))

for level, type, data in ancdata:
    if level == socket.SOL_SOCKET and type == socket.SCM_RIGHTS:
        fds.frombytes(data)

sock = socket.fromfd(fds[0], socket.AF_INET, socket.SOCK_STREAM)

# Read request
data = sock.recv(4096)

# Send response
response = b"HTTP/1.1 200 OK\r\n\r\nHello from handler #2!"
sock.sendall(response)
sock.close()
