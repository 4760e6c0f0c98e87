#ifndef FAAS_TESTING_VICTIM_DELIVERY_H_
#define FAAS_TESTING_VICTIM_DELIVERY_H_

#include <string>

namespace faas::victim {

// A Delivery is what came over /control.sock.
struct Delivery {
  // The client's connection, or -1.
  int socket = -1;
  // The number of descriptors that came.
  int descriptors = 0;
  // The bytes of the control message.
  std::string message;
};

// Connects to /control.sock and receives one message. On an error, prints it to
// stderr and returns a socket of -1.
Delivery ReceiveDelivery();

// Do the same in two steps, for callers that keep the connection to
// /control.sock. ConnectControl returns it, or -1; the caller closes it.
// ReceiveFrom receives the message from it.
int ConnectControl();
Delivery ReceiveFrom(int control);

// Writes all of `data`. Returns false when the client has gone.
bool SendAll(int socket, const std::string& data);

// Reads until the end of an HTTP request's head or the end of the stream.
std::string ReadHead(int socket);

// Sends a complete HTTP/1.1 answer. Returns false when the client has gone.
bool SendText(int socket, const std::string& body);

}  // namespace faas::victim

#endif  // FAAS_TESTING_VICTIM_DELIVERY_H_
