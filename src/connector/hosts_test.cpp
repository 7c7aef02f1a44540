#include "connector/hosts.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace zhike::connector {
namespace {

sockaddr_storage at(const char* text) {
  sockaddr_storage out{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
  if (::inet_pton(AF_INET, text, &v4->sin_addr) == 1)
    v4->sin_family = AF_INET;
  else if (::inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
    v6->sin6_family = AF_INET6;
  else
    ADD_FAILURE() << text;
  return out;
}

bool special(const char* text) {
  const auto address = at(text);
  return is_special_address(reinterpret_cast<const sockaddr*>(&address));
}

TEST(Addresses, OfOnesOwnNetworkAreSpecial) {
  for (const char* text :
       {"127.0.0.1",       "127.255.255.254", "0.0.0.0",         "10.1.2.3",    "172.16.0.1",
        "172.31.255.255",  "192.168.1.1",     "169.254.169.254", "100.64.0.1",  "224.0.0.1",
        "255.255.255.255", "192.0.2.1",       "198.18.0.1",      "::1",         "::",
        "fe80::1",         "fc00::1",         "fd12::1",         "ff02::1",     "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1",  "2002:7f00:1::",   "2001:db8::1", "2001::1"})
    EXPECT_TRUE(special(text)) << text;
  for (const char* text : {"8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.128.0.1", "223.255.255.255",
                           "2606:4700::1", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"})
    EXPECT_FALSE(special(text)) << text;
}

TEST(Hosts, AreThoseThatWereNamed) {
  const Hosts hosts("example.com, *.shop.example , API.Example.org", "127.0.0.1,broker.internal");
  for (const char* good : {"example.com", "EXAMPLE.com", "example.com.", "a.shop.example", "a.b.shop.example",
                           "api.example.org", "127.0.0.1", "broker.internal"})
    EXPECT_TRUE(hosts.check(good)) << good;
  for (const char* bad : {"", ".", "www.example.com", "shop.example", "evilshop.example",
                          "example.com.evil.net", "localhost", "127.0.0.2", "[::1]"}) {
    const auto checked = hosts.check(bad);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().code, Code::kHostNotAllowed);
  }
  EXPECT_FALSE(Hosts("", "").check("example.com"));
  const auto loopback = at("127.0.0.1"), outside = at("8.8.8.8");
  const auto* own = reinterpret_cast<const sockaddr*>(&loopback);
  EXPECT_FALSE(hosts.may_lie_at("example.com", own)) << "a name that leads home is refused";
  EXPECT_TRUE(hosts.may_lie_at("broker.internal", own));
  EXPECT_TRUE(hosts.may_lie_at("example.com", reinterpret_cast<const sockaddr*>(&outside)));
}

TEST(Address, IsReadStrictly) {
  const auto good = parse_address("HTTPS://Example.com:8443/a/b?c=d");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->scheme, "https");
  EXPECT_EQ(good->host, "Example.com");
  EXPECT_EQ(good->port, "8443");
  EXPECT_EQ(good->path, "/a/b?c=d");
  EXPECT_EQ(parse_address("http://[::1]:80")->host, "[::1]");
  EXPECT_EQ(parse_address("http://a")->path, "/");
  EXPECT_EQ(parse_address("http://a?b")->path, "/?b");
  for (const char* bad : {"", "example.com", "http://", "http://user@host/", "http://good.com\\@evil.com/",
                          "http://a b/", "http://a:99999/", "http://a:x/", "http://a\n/"})
    EXPECT_FALSE(parse_address(bad)) << bad;
}

}  // namespace
}  // namespace zhike::connector
