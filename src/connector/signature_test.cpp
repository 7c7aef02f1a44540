#include "connector/signature.h"

#include <gtest/gtest.h>

#include "connector/kinds.h"

namespace zhike::connector {
namespace {

using Headers = std::map<std::string, std::string, std::less<>>;
constexpr Instant kNow{1'700'000'000'000};

auto look(const Headers& headers) {
  return [&headers](std::string_view name) -> std::string_view {
    const auto at = headers.find(name);
    return at == headers.end() ? std::string_view{} : at->second;
  };
}

Code code_of(const Result<void>& result) { return result ? Code::kInternal : result.error().code; }

// RFC 4231, test case 2.
TEST(Hmac, IsThatOfTheStandard) {
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Encodings, RefuseWhatIsNone) {
  EXPECT_EQ(from_hex("00ff"), std::string("\0\xff", 2));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("zz"));
  EXPECT_EQ(from_base64("aGk="), "hi");
  EXPECT_EQ(from_base64("aGk"), "hi");
  EXPECT_FALSE(from_base64("a!"));
}

SignatureRule rule(std::string format, std::string payload) {
  return {.secret = "It's a Secret to Everybody",
          .header = "x-signature",
          .format = std::move(format),
          .payload = std::move(payload),
          .timestamp_header = "x-timestamp",
          .id_header = "x-id",
          .window = minutes(5)};
}

// The example of GitHub's documentation on validating webhook deliveries.
TEST(Signature, OfThePublishedExampleHolds) {
  SignatureRule github = rule("sha256={hex}", "{body}");
  github.window = {};
  const Headers good{
      {"x-signature", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}};
  EXPECT_TRUE(verify(github, look(good), "Hello, World!", kNow));
  EXPECT_EQ(code_of(verify(github, look(good), "Hello, World?", kNow)), Code::kBadSignature);
  EXPECT_EQ(code_of(verify(github, look({}), "Hello, World!", kNow)), Code::kBadSignature);
  const Headers other{{"x-signature", "757107ea"}};
  EXPECT_EQ(code_of(verify(github, look(other), "Hello, World!", kNow)), Code::kBadSignature);
}

TEST(Signature, IsWrittenAndReadInEveryFormat) {
  for (const char* format : {"sha256={hex}", "{base64}", "t={timestamp},v1={hex}", "v1,{base64}", "{hex}"})
    for (const char* payload : {"{body}", "{timestamp}.{body}", "{id}.{timestamp}.{body}"}) {
      const SignatureRule r = rule(format, payload);
      const auto signed_headers = sign(r, "msg_1", "{\"a\":1}", kNow);
      const Headers headers(signed_headers.begin(), signed_headers.end());
      EXPECT_TRUE(verify(r, look(headers), "{\"a\":1}", kNow)) << format << " " << payload;
      EXPECT_EQ(code_of(verify(r, look(headers), "{\"a\":2}", kNow)), Code::kBadSignature) << format;
      Headers moved = headers;
      moved["x-id"] = "msg_2";
      const bool id_counts = std::string_view(payload).find("{id}") != std::string_view::npos;
      EXPECT_EQ(bool(verify(r, look(moved), "{\"a\":1}", kNow)), !id_counts) << format << " " << payload;
    }
}

TEST(Signature, OneOfSeveralIsEnough) {
  const SignatureRule r = rule("t={timestamp},v1={hex}", "{timestamp}.{body}");
  const std::string good = to_hex(hmac_sha256(r.secret, "1700000000.{}"));
  const std::string other = to_hex(hmac_sha256("an older secret", "1700000000.{}"));
  const Headers headers{{"x-signature", "v1=" + other + ", v1=" + good + ",t=1700000000"}};
  EXPECT_TRUE(verify(r, look(headers), "{}", kNow));
  const SignatureRule spaced = rule("v1,{base64}", "{body}");
  const Headers two{{"x-signature", "v1,AAAA v1," + to_base64(hmac_sha256(spaced.secret, "{}"))},
                    {"x-timestamp", "1700000000"}};
  EXPECT_TRUE(verify(spaced, look(two), "{}", kNow));
}

TEST(Signature, ExpiresToBothSides) {
  const SignatureRule r = rule("{hex}", "{timestamp}.{body}");
  for (const auto& [seconds_apart, good] :
       {std::pair{0, true}, {299, true}, {-299, true}, {301, false}, {-301, false}}) {
    const auto signed_headers = sign(r, "", "{}", kNow + seconds(seconds_apart));
    const Headers headers(signed_headers.begin(), signed_headers.end());
    const auto outcome = verify(r, look(headers), "{}", kNow);
    EXPECT_EQ(bool(outcome), good) << seconds_apart;
    if (!good) {
      EXPECT_EQ(outcome.error().code, Code::kSignatureExpired);
    }
  }
  Headers timeless{{"x-signature", to_hex(hmac_sha256(r.secret, "soon.{}"))}, {"x-timestamp", "soon"}};
  EXPECT_EQ(code_of(verify(r, look(timeless), "{}", kNow)), Code::kSignatureExpired);
  timeless = {{"x-signature", to_hex(hmac_sha256(r.secret, ".{}"))}};
  EXPECT_EQ(code_of(verify(r, look(timeless), "{}", kNow)), Code::kSignatureExpired);
}

TEST(SignatureRule, RefusesSettingsThatContradictEachOther) {
  Connector c{.key = "shop", .name = "Shop", .kind = find_kind("webhook_in")};
  c.secrets["secret"] = "a secret of some length";
  EXPECT_TRUE(SignatureRule::of(c));
  const auto wrong = [&](Settings settings) {
    c.settings = std::move(settings);
    const auto made = SignatureRule::of(c);
    return made ? std::string() : made.error().detail;
  };
  EXPECT_NE(wrong({{"signature_format", "sha256"}}), "");
  EXPECT_NE(wrong({{"signed_payload", "{timestamp}"}}), "");
  EXPECT_NE(wrong({{"signed_payload", "{body}"}}), "") << "a window without a time";
  EXPECT_EQ(wrong({{"signed_payload", "{body}"}, {"window_seconds", "0"}}), "");
  EXPECT_NE(wrong({{"signed_payload", "{id}.{timestamp}.{body}"}}), "") << "no id header";
  EXPECT_NE(wrong({{"secret_encoding", "hex"}}), "");
}

}  // namespace
}  // namespace zhike::connector
