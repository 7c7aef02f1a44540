#include "connector/wechat.h"

#include <gtest/gtest.h>

#include <map>

#include "connector/hook.h"
#include "connector/kinds.h"
#include "connector/test_http.h"
#include "connector/wechat_crypt.h"
#include "connector/xml_message.h"

namespace zhike::connector {
namespace {

// The sample of the platform's published message-security library.
constexpr std::string_view kToken = "QDG6eK", kAppId = "wx5823bf96d3bd56c7",
                           kAesKey = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
constexpr std::string_view kEncrypted =
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/"
    "sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+"
    "HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+"
    "BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/"
    "uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==";
constexpr std::string_view kEcho =
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==";

using Params = std::map<std::string, std::string, std::less<>>;

Result<HookVerdict> call(const Hook& hook, std::string_view method, const Params& params,
                         std::string_view body = {}, Instant now = {1'409'659'813'000}) {
  const auto param = [&params](std::string_view name) -> std::string_view {
    const auto at = params.find(name);
    return at == params.end() ? std::string_view{} : at->second;
  };
  return hook.take({.method = method,
                    .body = body,
                    .header = [](std::string_view) { return std::string_view{}; },
                    .param = param,
                    .headers = {},
                    .now = now});
}

std::unique_ptr<Hook> hook_of(const char* mode) {
  Connector c{.key = "wx", .name = "WeChat", .kind = find_kind("wechat")};
  c.settings = {{"app_id", std::string(kAppId)}, {"mode", mode}};
  c.secrets = {{"token", std::string(kToken)}, {"aes_key", std::string(kAesKey)}};
  EXPECT_TRUE(check(c));
  auto made = make_hook(c);
  EXPECT_TRUE(made);
  return std::move(*made);
}

std::string envelope(std::string_view encrypted) {
  return fmt::format("<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[{}]]></Encrypt></xml>",
                     encrypted);
}

TEST(WechatCrypt, OpensThePublishedSample) {
  EXPECT_EQ(wechat_signature({kToken, "1409659813", "1372623149", kEncrypted}),
            "477715d11cdb4164915debcba66cb864d751f3e6");
  const auto key = *wechat_key(kAesKey);
  const auto xml = wechat_decrypt(key, kAppId, kEncrypted);
  ASSERT_TRUE(xml) << to_string(xml.error());
  const auto message = xml_to_json(*xml);
  ASSERT_TRUE(message);
  for (const char* part : {R"("FromUserName":"mycreate")", R"("Content":"hello")", R"("MsgType":"text")"})
    EXPECT_NE(message->find(part), std::string::npos) << *message;
  EXPECT_EQ(wechat_decrypt(key, kAppId, kEcho), "1616140317555161061");
}

TEST(WechatCrypt, RefusesWhatWasChanged) {
  const auto key = *wechat_key(kAesKey);
  EXPECT_EQ(wechat_decrypt(key, "wx_another", kEncrypted).error().code, Code::kBadMessage);
  EXPECT_FALSE(
      wechat_decrypt(*wechat_key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"), kAppId, kEncrypted));
  for (const std::string_view bad : {"", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAAA=="})
    EXPECT_FALSE(wechat_decrypt(key, kAppId, bad)) << bad;
  std::string cut(kEncrypted.substr(0, 64));
  EXPECT_FALSE(wechat_decrypt(key, kAppId, cut));
  EXPECT_FALSE(wechat_key("short"));
  for (const std::string_view text : {"", "a", "好", "0123456789012345678901234567890123456789"})
    EXPECT_EQ(wechat_decrypt(key, kAppId, wechat_encrypt(key, kAppId, text, "0123456789abcdef")), text);
}

TEST(XmlMessage, BecomesJson) {
  EXPECT_EQ(*xml_to_json("<xml><A><![CDATA[1 & 2]]></A><B/><C><D>x</D><D>y</D></C></xml>"),
            R"({"A":"1 & 2","B":"","C":{"D":["x","y"]}})");
  EXPECT_EQ(*xml_to_json("<xml>text</xml>"), "{}");
}

TEST(XmlMessage, IsBounded) {
  for (const std::string& bad :
       {std::string(), std::string("<xml>"), std::string("{}"), std::string("<xml><a></xml>"),
        std::string("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><xml><a>&b;</a></xml>"),
        std::string("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><xml/>"),
        std::string("<xml><a>&unknown;</a></xml>"), std::string(kXmlBytesMax + 1, ' ')})
    EXPECT_EQ(xml_to_json(bad).error().code, Code::kBadMessage) << bad.substr(0, 60);
  std::string deep, wide = "<xml>";
  for (std::size_t i = 0; i <= kXmlDepthMax; ++i) deep += "<a>";
  for (std::size_t i = 0; i <= kXmlDepthMax; ++i) deep += "</a>";
  for (std::size_t i = 0; i <= kXmlElementsMax; ++i) wide += "<a/>";
  EXPECT_FALSE(xml_to_json(deep));
  EXPECT_FALSE(xml_to_json(wide + "</xml>"));
}

TEST(WechatHook, AnswersTheEcho) {
  const auto plain = hook_of("plain");
  const std::string signature = wechat_signature({kToken, "1409659813", "n"});
  const auto answer =
      call(*plain, "GET",
           {{"signature", signature}, {"timestamp", "1409659813"}, {"nonce", "n"}, {"echostr", "42"}});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->at_once);
  EXPECT_EQ(answer->answer.body, "42");
  EXPECT_EQ(answer->answer.type, "text/plain");
  EXPECT_EQ(call(*plain, "GET", {{"signature", "0"}, {"timestamp", "1"}, {"nonce", "n"}, {"echostr", "42"}})
                .error()
                .code,
            Code::kBadSignature);
  EXPECT_EQ(call(*plain, "GET", {}).error().code, Code::kBadSignature);
  const auto sealed = call(*hook_of("safe"), "GET",
                           {{"msg_signature", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"},
                            {"timestamp", "1409659589"},
                            {"nonce", "263014780"},
                            {"echostr", std::string(kEcho)}});
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->answer.body, "1616140317555161061");
}

TEST(WechatHook, TakesAMessageInSafeMode) {
  const auto safe = hook_of("safe");
  const Params good{{"msg_signature", "477715d11cdb4164915debcba66cb864d751f3e6"},
                    {"timestamp", "1409659813"},
                    {"nonce", "1372623149"}};
  const auto taken = call(*safe, "POST", good, envelope(kEncrypted));
  ASSERT_TRUE(taken) << to_string(taken.error());
  EXPECT_FALSE(taken->at_once);
  EXPECT_EQ(taken->answer.body, "success");
  ASSERT_EQ(taken->messages.size(), 1U);
  EXPECT_NE(taken->messages[0].body.find(R"("Content":"hello")"), std::string::npos);
  Params forged = good;
  forged["nonce"] = "1";
  EXPECT_EQ(call(*safe, "POST", forged, envelope(kEncrypted)).error().code, Code::kBadSignature);
  EXPECT_EQ(call(*safe, "POST", good, "<xml><Content>hello</Content></xml>").error().code, Code::kBadMessage)
      << "in safe mode nothing is taken in clear";
  EXPECT_EQ(call(*safe, "POST", good, envelope(kEncrypted), {1'409'659'813'000 + 3'600'000}).error().code,
            Code::kSignatureExpired);
  EXPECT_EQ(call(*safe, "POST", good, "no xml").error().code, Code::kBadMessage);
  EXPECT_EQ(call(*safe, "DELETE", good).error().code, Code::kMethodNotAllowed);
}

TEST(WechatApi, SendsWithATokenThatItFetchesWhenNeeded) {
  std::atomic<int> tokens{0};
  std::atomic<bool> ended{false}, refuses{false};
  TestHttp platform([&](const TestRequest& request) -> TestReply {
    if (request.line.starts_with("POST /cgi-bin/stable_token "))
      return {.body = fmt::format(R"({{"access_token":"t{}","expires_in":7200}})", ++tokens)};
    if (refuses) return {.body = R"({"errcode":45015,"errmsg":"response out of time limit"})"};
    if (ended && request.line.find("access_token=t1") != std::string::npos)
      return {.body = R"({"errcode":42001,"errmsg":"expired"})"};
    return {.body = R"({"errcode":0,"errmsg":"ok"})"};
  });
  const Hosts hosts("", "127.0.0.1");
  const std::atomic<bool> never{false};
  ManualClock clock{Instant{1'700'000'000'000}};
  WechatApi api({.base = platform.url(""), .id = std::string(kAppId), .secret = "app secret"}, hosts, never,
                clock);
  ASSERT_TRUE(api.send_text("openid-1", "您好 \"客户\""));
  ASSERT_TRUE(api.send_text("openid-1", "again"));
  EXPECT_EQ(tokens, 1);
  const auto sent = platform.requests().at(1);
  EXPECT_EQ(sent.line, "POST /cgi-bin/message/custom/send?access_token=t1 HTTP/1.1");
  EXPECT_EQ(sent.body, R"({"touser":"openid-1","msgtype":"text","text":{"content":"您好 \"客户\""}})");
  ended = true;
  ASSERT_TRUE(api.send_text("openid-1", "with a new token"));
  EXPECT_EQ(tokens, 2);
  clock.advance(hours(2));
  ASSERT_TRUE(api.send_text("openid-1", "later"));
  EXPECT_EQ(tokens, 3);
  refuses = true;
  const auto refused = api.send_text("openid-1", "too late");
  EXPECT_EQ(refused.error().code, Code::kConnectorRefused);
  EXPECT_EQ(refused.error().detail, "errcode 45015");
  EXPECT_EQ(api.send_text("", "x").error().code, Code::kBadField);
  EXPECT_EQ(api.send_text("o", std::string(3000, 'x')).error().code, Code::kBadField);
}

}  // namespace
}  // namespace zhike::connector
