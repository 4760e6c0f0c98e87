#ifndef FAAS_TESTS_SECURITY_API_CALL_H_
#define FAAS_TESTS_SECURITY_API_CALL_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <string>

namespace faas::testing {

// One call of the API as an attacker would make it, without its stubs.
struct ApiCall {
  // "unix:/path" or "127.0.0.1:8080".
  std::string target;
  // "/faas.v1.FunctionService/ListFunctions".
  std::string method;
  // The header "authorization", and the host that the call is for; those of the
  // library if empty.
  std::string authorization;
  std::string authority;
  // The request, serialised.
  std::string request;
  // In PEM; in the clear if all are empty. The server has the name localhost.
  std::string roots, key, cert;
};

// OK once a first answer has come: a watch does not end by itself.
::grpc::Status CallApi(const ApiCall& call);

// "UNAUTHENTICATED" and so on.
std::string CodeName(const ::grpc::Status& status);

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_API_CALL_H_
