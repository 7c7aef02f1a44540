#include "connector/wechat.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "connector/wechat_crypt.h"
#include "connector/xml_message.h"

namespace zhike::connector {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

class WechatHook final : public Hook {
 public:
  WechatHook(const WechatCalls& calls, std::string key)
      : token_(calls.token),
        app_id_(calls.id),
        key_(std::move(key)),
        safe_(calls.safe),
        announces_(calls.announces),
        window_(calls.window) {}

  Result<HookVerdict> take(const HookRequest& request) const override {
    const std::string_view timestamp = request.param("timestamp"), nonce = request.param("nonce");
    if (timestamp.empty() || timestamp.size() > 20 || nonce.size() > 200)
      return fail(Code::kBadSignature, "timestamp and nonce are missing");
    if (request.method == "GET") return echo(request, timestamp, nonce);
    if (request.method != "POST") return fail(Code::kMethodNotAllowed, "GET, POST");
    CX_TRY(std::string body, xml_to_json(request.body));
    if (safe_) {
      const std::string encrypted = text_at(json::parse(body).as_object(), "Encrypt");
      if (encrypted.empty()) return fail(Code::kBadMessage, "the message is not encrypted");
      CX_TRY(check(wechat_signature({token_, timestamp, nonce, encrypted}), request.param("msg_signature")));
      CX_TRY(check_time(timestamp, request.now));
      CX_TRY(const std::string xml, wechat_decrypt(key_, app_id_, encrypted));
      CX_TRY(body, xml_to_json(xml));
    } else {
      CX_TRY(check(wechat_signature({token_, timestamp, nonce}), request.param("signature")));
      CX_TRY(check_time(timestamp, request.now));
    }
    HookVerdict verdict;
    verdict.answer = {200, "text/plain", "success"};
    if (announces_) {
      verdict.at_once = true;
      verdict.announcement = std::move(body);
      return verdict;
    }
    verdict.messages.push_back({.body = std::move(body), .transport = {{"app_id", app_id_}}});
    return verdict;
  }

 private:
  Result<HookVerdict> echo(const HookRequest& request, std::string_view timestamp,
                           std::string_view nonce) const {
    const std::string_view text = request.param("echostr");
    if (text.empty() || text.size() > 4096) return fail(Code::kBadMessage, "echostr is missing");
    HookVerdict verdict{.at_once = true, .answer = {200, "text/plain", std::string(text)}, .messages = {}};
    if (const auto given = request.param("msg_signature");
        !given.empty() && !key_.empty()) {  // encrypted echo
      CX_TRY(check(wechat_signature({token_, timestamp, nonce, text}), given));
      CX_TRY(verdict.answer.body, wechat_decrypt(key_, app_id_, text));
      return verdict;
    }
    CX_TRY(check(wechat_signature({token_, timestamp, nonce}), request.param("signature")));
    return verdict;
  }

  static Result<void> check(std::string_view own, std::string_view given) {
    if (crypto::equal_in_constant_time(own, ascii::lower(given))) return {};
    return fail(Code::kBadSignature);
  }

  Result<void> check_time(std::string_view timestamp, Instant now) const {
    if (window_.value == 0) return {};
    const auto at = ascii::parse_number<std::int64_t>(timestamp);
    if (!at || *at < 0 || *at > 9'999'999'999) return fail(Code::kSignatureExpired, "no time");
    const std::int64_t apart = std::abs(now.ms / 1000 - *at);
    if (apart * 1000 > window_.value) return fail(Code::kSignatureExpired, "{} s from now", apart);
    return {};
  }

  const std::string token_, app_id_, key_;
  const bool safe_, announces_;
  const Millis window_;
};

/// What the platform says went wrong; never what was sent.
Result<json::object> read_answer(const HttpAnswer& answer) {
  if (answer.status != 200) return fail(Code::kConnectorFailed, "HTTP {}", answer.status);
  boost::system::error_code wrong;
  const json::value root = json::parse(answer.body, wrong);
  if (wrong || !root.is_object()) return fail(Code::kConnectorFailed, "the answer is not JSON");
  return root.as_object();
}

std::int64_t errcode(const json::object& answer) {
  const json::value* code = answer.if_contains("errcode");
  return code != nullptr && code->is_int64() ? code->as_int64() : 0;
}

WechatAccount account_of(const Connector& c) {
  return {.base = c.text("api_url"), .id = c.text("app_id"), .secret = c.text("app_secret")};
}

class WechatWriter final : public Writer {
 public:
  WechatWriter(const Connector& c, const Ports& ports, const std::atomic<bool>& stopping)
      : api_(account_of(c), ports.hosts, stopping, ports.clock) {}
  Result<void> write(const Message& message) override { return api_.send_text(message.to, message.text); }

 private:
  WechatApi api_;
};

constexpr bool is_token_error(std::int64_t code) { return code == 40001 || code == 40014 || code == 42001; }

}  // namespace

Result<std::unique_ptr<Hook>> make_wechat_hook(const WechatCalls& calls) {
  std::string key;
  if (calls.safe || !calls.aes_key.empty()) {
    CX_TRY(key, wechat_key(calls.aes_key));
  }
  return std::unique_ptr<Hook>(std::make_unique<WechatHook>(calls, std::move(key)));
}

Result<std::unique_ptr<Hook>> make_wechat_hook(const Connector& c) {
  return make_wechat_hook(WechatCalls{.token = c.text("token"),
                                      .id = c.text("app_id"),
                                      .aes_key = c.text("aes_key"),
                                      .safe = c.text("mode") == "safe",
                                      .window = seconds(c.number("window_seconds"))});
}

WechatApi::WechatApi(WechatAccount account, const Hosts& hosts, const std::atomic<bool>& stopping,
                     const Clock& clock)
    : http_(hosts, stopping), account_(std::move(account)), clock_(clock) {}

Result<void> WechatApi::fetch_token() {
  HttpCall call;
  if (account_.enterprise) {
    call.method = "GET";
    call.url = fmt::format("{}/cgi-bin/gettoken?corpid={}&corpsecret={}", account_.base, account_.id,
                           account_.secret);
  } else {
    call.url = account_.base + "/cgi-bin/stable_token";
    call.body = json::serialize(json::object{
        {"grant_type", "client_credential"}, {"appid", account_.id}, {"secret", account_.secret}});
    call.headers = {{"Content-Type", "application/json"}};
  }
  CX_TRY(const auto answer, http_.call(call));
  CX_TRY(const auto said, read_answer(answer));
  if (errcode(said) != 0) return fail(Code::kConnectorRefused, "errcode {}", errcode(said));
  token_ = text_at(said, "access_token");
  if (token_.empty() || token_.find_first_of("&#? \r\n") != std::string::npos)
    return fail(Code::kConnectorFailed, "the answer holds no access token");
  const json::value* lasts = said.if_contains("expires_in");
  const std::int64_t left =
      lasts != nullptr && lasts->is_int64() ? std::clamp<std::int64_t>(lasts->as_int64(), 60, 7200) : 60;
  token_ends_ = clock_.now() + seconds(left - 30);
  return {};
}

Result<void> WechatApi::sign_in() { return fetch_token(); }

Result<std::string> WechatApi::post(std::string_view path, const std::string& body) {
  for (bool again = false;; again = true) {
    if (token_.empty() || clock_.now() >= token_ends_) {
      CX_TRY(fetch_token());
    }
    CX_TRY(const auto answer,
           http_.call({.method = "POST",
                       .url = fmt::format("{}{}?access_token={}", account_.base, path, token_),
                       .body = body,
                       .headers = {{"Content-Type", "application/json"}}}));
    CX_TRY(const auto said, read_answer(answer));
    const std::int64_t code = errcode(said);
    if (code == 0) return answer.body;
    token_.clear();
    if (again || !is_token_error(code)) return fail(Code::kConnectorRefused, "errcode {}", code);
  }
}

Result<void> WechatApi::send_text(std::string_view open_id, std::string_view text) {
  constexpr std::size_t kTextMax = 2048, kOpenIdMax = 128;
  if (open_id.empty() || open_id.size() > kOpenIdMax) return fail(Code::kBadField, "'to' must be an openid");
  if (text.empty() || text.size() > kTextMax || !is_valid_utf8(text))
    return fail(Code::kBadField, "'text' must be 1 to {} bytes long", kTextMax);
  CX_TRY(post("/cgi-bin/message/custom/send",
              json::serialize(json::object{
                  {"touser", open_id}, {"msgtype", "text"}, {"text", json::object{{"content", text}}}})));
  return {};
}

Result<std::string> try_wechat(const Connector& c, const Ports& ports) {
  if (c.text("app_secret").empty()) return fail(Code::kBadConnector, "'app_secret' is needed to send");
  const std::atomic<bool> never{false};
  WechatApi api(account_of(c), ports.hosts, never, ports.clock);
  CX_TRY(api.sign_in());
  return std::string("access token");
}

std::unique_ptr<Writer> make_wechat_writer(const Connector& c, const Ports& ports,
                                           const std::atomic<bool>& stopping) {
  if (c.text("app_secret").empty()) return nullptr;
  return std::make_unique<WechatWriter>(c, ports, stopping);
}

}  // namespace zhike::connector
