#include "testing/http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

namespace faas::testing {
namespace {

TEST(HttpTest, ResponseIsTakenApart) {
  const HttpResponse response = ParseHttpResponse(
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
      "X-Faasd-Error:  overloaded\r\n\r\nbody\r\n\r\n");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("retry-after"), "1");
  EXPECT_EQ(response.Header("X-Faasd-Error"), "overloaded");
  EXPECT_EQ(response.body, "body\r\n\r\n");
}

TEST(HttpTest, OtherBytesHaveNoStatus) {
  EXPECT_EQ(ParseHttpResponse("").status, 0);
  EXPECT_EQ(ParseHttpResponse("SSH-2.0-x\r\n\r\n").status, 0);
  EXPECT_EQ(ParseHttpResponse("HTTP/1.1 abc\r\n\r\n").status, 0);
}

TEST(HttpTest, AddressesOfASharedNetworkAreRefused) {
  EXPECT_EQ(HttpGet("192.0.2.1", 80, "/").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(HttpTest, GetReadsToTheEndOfTheStream) {
  base::UniqueFd listener(socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(bind(listener.get(), generic, size), 0);
  ASSERT_EQ(listen(listener.get(), 1), 0);
  ASSERT_EQ(getsockname(listener.get(), generic, &size), 0);
  std::thread server([&listener] {
    base::UniqueFd client(accept(listener.get(), nullptr, nullptr));
    char request[1024];
    (void)!read(client.get(), request, sizeof(request));
    for (const char* part : {"HTTP/1.1 200 ", "OK\r\n\r\n", "hello"}) {
      send(client.get(), part, strlen(part), 0);
    }
  });
  const auto response = HttpGet("127.0.0.1", ntohs(address.sin_port), "/");
  server.join();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
}

}  // namespace
}  // namespace faas::testing
