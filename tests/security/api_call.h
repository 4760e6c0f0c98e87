#ifndef FAAS_TESTS_SECURITY_API_CALL_H_
#define FAAS_TESTS_SECURITY_API_CALL_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <string>

namespace faas::testing {

// An ApiCall is one call of the API as an attacker would make it, without its
// stubs.
struct ApiCall {
  // The server: "unix:/path" or "127.0.0.1:8080".
  std::string target;
  // The method: "/faas.v1.FunctionService/ListFunctions".
  std::string method;
  // The header "authorization", and the host that the call is for. If empty,
  // they are those of the library.
  std::string authorization;
  std::string authority;
  // The request, serialised.
  std::string request;
  // Certificates and the key, in PEM. Without them the call does not use TLS.
  // The server's name is localhost.
  std::string roots, key, cert;
};

// Returns OK once a first answer has come, as a watch does not end by itself.
::grpc::Status CallApi(const ApiCall& call);

// Returns the code's name: "UNAUTHENTICATED" and so on.
std::string CodeName(const ::grpc::Status& status);

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_API_CALL_H_
