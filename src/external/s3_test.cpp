#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "external/files.h"
#include "external/s3_client.h"
#include "external/test_hostile.h"

namespace zhike::external {
namespace {

using testing::HasSubstr;

// The examples of the Amazon S3 API reference, "Authenticating Requests: Using the Authorization Header".
const S3Identity kExample{.region = "us-east-1",
                          .access_key = "AKIAIOSFODNN7EXAMPLE",
                          .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
const Instant kThen{1'369'353'600'000};  // 2013-05-24T00:00:00Z

std::string authorization(const S3Request& request) {
  return s3_signed(request, kExample, kThen).back().second;
}

TEST(S3Sign, AgreesWithThePublishedExamples) {
  EXPECT_EQ(authorization({.host = "examplebucket.s3.amazonaws.com",
                           .path = "/test.txt",
                           .headers = {{"range", "bytes=0-9"}}}),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_THAT(authorization({.host = "examplebucket.s3.amazonaws.com",
                             .path = "/",
                             .query = {{"prefix", "J"}, {"max-keys", "2"}}}),
              HasSubstr("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
  EXPECT_THAT(
      authorization({.host = "examplebucket.s3.amazonaws.com", .path = "/", .query = {{"lifecycle", ""}}}),
      HasSubstr("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

TEST(S3Sign, EncodesAsIsSigned) {
  EXPECT_EQ(s3_encoded("a b/ü~+*", true), "a%20b/%C3%BC~%2B%2A");
  EXPECT_EQ(s3_encoded("a/b", false), "a%2Fb");
  EXPECT_EQ(s3_query({.query = {{"prefix", "a b"}, {"list-type", "2"}}}), "list-type=2&prefix=a%20b");
}

TEST(S3List, TakesKeysAndSizes) {
  const auto list = parse_s3_list(
      "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<IsTruncated>true</IsTruncated><NextContinuationToken>n/1=</NextContinuationToken>"
      "<Contents><Key>a &amp; b.csv</Key><Size>12</Size></Contents><Contents><Key>c</Key><Size>0</Size>"
      "</Contents></ListBucketResult>");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->objects.size(), 2U);
  EXPECT_EQ(list->objects[0].key, "a & b.csv");
  EXPECT_EQ(list->objects[0].bytes, 12U);
  EXPECT_EQ(list->next, "n/1=");
  for (const char* wrong :
       {"", "{}", "<html></html>", "<ListBucketResult>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><ListBucketResult><Contents><Key>&a;</Key></Contents>"
        "</ListBucketResult>"})
    EXPECT_FALSE(parse_s3_list(wrong)) << wrong;
}

Source object_at(int port) {
  Source s;
  s.key = "sales";
  s.kind = find_kind("s3");
  s.settings = {{"url", "http://127.0.0.1:" + std::to_string(port)},
                {"bucket", "b"},
                {"object", "a.csv"},
                {"access_key", "k"}};
  s.secrets = {{"secret_key", "hush hush"}};
  return s;
}

TEST(S3, AStoreThatDoesNotAnswerHoldsNobodyUp) {
  const Reach reach{.hosts = connector::Hosts("", "127.0.0.1"), .folders = {}, .engine = {}};
  for (const std::string answer : {"", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nphone"})
    for (const int drip : {0, 100}) {
      const Hostile server(answer, std::chrono::milliseconds(drip));
      const auto began = std::chrono::steady_clock::now();
      const Source source = object_at(server.port);
      const auto out = open_s3(source, reach, began + std::chrono::seconds(1));
      ASSERT_FALSE(out);
      EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
      EXPECT_THAT(out.error().detail, testing::Not(HasSubstr("hush")));
    }
}

TEST(S3, GoesOnlyWhereItMay) {
  const auto code = [](const Reach& reach, const std::string& url) {
    Source source = object_at(1);
    source.settings["url"] = url;
    return open_s3(source, reach, std::chrono::steady_clock::now() + std::chrono::seconds(2)).error().code;
  };
  const Reach nothing, named{.hosts = connector::Hosts("127.0.0.1", ""), .folders = {}, .engine = {}},
      here{.hosts = connector::Hosts("", "127.0.0.1"), .folders = {}, .engine = {}};
  EXPECT_EQ(code(nothing, "http://127.0.0.1:1"), Code::kVirtualHostNotAllowed);
  EXPECT_EQ(code(named, "http://127.0.0.1:1"), Code::kVirtualHostNotAllowed) << "a loopback address";
  EXPECT_EQ(code(here, "http://127.0.0.1:1"), Code::kVirtualUnreachable);
  for (const char* url :
       {"file:///etc", "ftp://127.0.0.1", "http://127.0.0.1/elsewhere", "http://a@127.0.0.1", ""})
    EXPECT_EQ(code(here, url), Code::kBadVirtualSource) << url;
  // A redirect is not followed: it could lead anywhere.
  const Hostile server("HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(code(here, "http://127.0.0.1:" + std::to_string(server.port)), Code::kVirtualFailed);
}

}  // namespace
}  // namespace zhike::external
