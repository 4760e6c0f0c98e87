#ifndef FAAS_TESTING_VICTIM_DELIVERY_H_
#define FAAS_TESTING_VICTIM_DELIVERY_H_

#include <string>

namespace faas::victim {

// What comes over /control.sock.
struct Delivery {
  // The client's connection, or -1.
  int socket = -1;
  // How many descriptors came.
  int descriptors = 0;
  // The bytes of the control message.
  std::string message;
};

// Connects to /control.sock and receives one message. Prints what went wrong
// to stderr and gives a socket of -1.
Delivery ReceiveDelivery();

// The same in two steps, for those that keep the connection to /control.sock:
// that connection, which is the caller's, or -1; and the message from it.
int ConnectControl();
Delivery ReceiveFrom(int control);

// Writes all of `data`; false when the client has gone.
bool SendAll(int socket, const std::string& data);

// Reads until the end of an HTTP request's head or the end of the stream.
std::string ReadHead(int socket);

// Sends a complete HTTP/1.1 answer.
bool SendText(int socket, const std::string& body);

}  // namespace faas::victim

#endif  // FAAS_TESTING_VICTIM_DELIVERY_H_
