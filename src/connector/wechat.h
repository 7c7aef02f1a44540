// WeChat official accounts: calls of the platform in, customer-service messages out.
//
// In: GET with echostr is answered with it; POST brings one message as XML, encrypted in safe mode. Its
// signature is checked (signature over token, timestamp and nonce; in safe mode msg_signature over Encrypt
// too), and it is answered with "success" once it is on disk. The platform sends again what is not answered
// within five seconds; the mapping's message ids (MsgId; of events the sender, its time and its name) make a
// repeat count once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "connector/connector.h"
#include "connector/http_out.h"
#include "connector/runner.h"

namespace zhike::connector {

/// Errors: kBadConnector.
[[nodiscard]] Result<std::unique_ptr<Hook>> make_wechat_hook(const Connector& connector);
/// The same for the platform's other kinds of accounts.
struct WechatCalls {
  std::string token, id, aes_key;
  bool safe = true;
  bool announces = false;  ///< a call only says that there is something to fetch
  Millis window;
};
[[nodiscard]] Result<std::unique_ptr<Hook>> make_wechat_hook(const WechatCalls& calls);

struct WechatAccount {
  std::string base;  ///< "https://api.weixin.qq.com"
  std::string id, secret;
  bool enterprise = false;  ///< of WeCom: another way to a token
};

/// Calls of api.weixin.qq.com, or of `api_url`, with an access token that is fetched when there is none or
/// the platform says that it has ended. One thread.
class WechatApi {
 public:
  /// Borrows hosts, stopping and clock.
  WechatApi(WechatAccount account, const Hosts& hosts, const std::atomic<bool>& stopping, const Clock& clock);

  /// A text to one who wrote within 48 hours. Errors: kConnectorRefused (the platform's errcode),
  /// kConnectorFailed, kHostNotAllowed, kBadField (no openid, text empty or above 2048 bytes).
  [[nodiscard]] Result<void> send_text(std::string_view open_id, std::string_view text);
  /// Posts JSON to a path of the platform and gives its answer. Errors: as above.
  [[nodiscard]] Result<std::string> post(std::string_view path, const std::string& body);
  /// A token now: whether the credentials are right. Errors: as above.
  [[nodiscard]] Result<void> sign_in();

 private:
  Result<void> fetch_token();
  HttpOut http_;
  const WechatAccount account_;
  const Clock& clock_;
  std::string token_;
  Instant token_ends_;
};

/// Errors: as WechatApi.
[[nodiscard]] Result<std::string> try_wechat(const Connector& connector, const Ports& ports);
[[nodiscard]] std::unique_ptr<Writer> make_wechat_writer(const Connector& connector, const Ports& ports,
                                                         const std::atomic<bool>& stopping);

}  // namespace zhike::connector
