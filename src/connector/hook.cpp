#include "connector/hook.h"

#include <algorithm>
#include <array>

#include "connector/kinds.h"
#include "connector/signature.h"
#include "connector/wechat.h"
#include "connector/wechat_kf.h"

namespace zhike::connector {
namespace {

/// Headers of a signed call that a mapping may use: none that is about the connection or a secret.
bool is_told(std::string_view header) {
  constexpr std::array kHidden{
      "authorization", "cookie",          "proxy-authorization", "host",      "connection", "content-length",
      "accept",        "accept-encoding", "x-forwarded-for",     "forwarded", "x-real-ip"};
  return std::ranges::find(kHidden, header) == kHidden.end();
}

class SignedHook final : public Hook {
 public:
  explicit SignedHook(SignatureRule rule) : rule_(std::move(rule)) {}

  Result<HookVerdict> take(const HookRequest& request) const override {
    if (request.method != "POST") return fail(Code::kMethodNotAllowed, "POST");
    CX_TRY(verify(rule_, request.header, request.body, request.now));
    Inbound message{.body = std::string(request.body), .transport = {}};
    for (const auto& [name, value] : request.headers)
      if (is_told(name) && name != rule_.header && message.transport.size() < 40)
        message.transport.emplace_back("header/" + name, value.substr(0, 1000));
    HookVerdict verdict;
    verdict.messages.push_back(std::move(message));
    return verdict;
  }

 private:
  SignatureRule rule_;
};

Result<std::unique_ptr<Hook>> signed_hook(const Connector& c) {
  CX_TRY(auto rule, SignatureRule::of(c));
  return std::unique_ptr<Hook>(std::make_unique<SignedHook>(std::move(rule)));
}

struct Maker {
  std::string_view kind;
  Result<std::unique_ptr<Hook>> (*make)(const Connector&);
};
constexpr std::array kMakers{Maker{"webhook_in", signed_hook}, Maker{"wechat", make_wechat_hook},
                             Maker{"wechat_kf", make_wechat_kf_hook}};

}  // namespace

Result<std::unique_ptr<Hook>> make_hook(const Connector& c) {
  const auto at = std::ranges::find(kMakers, c.kind->key, &Maker::kind);
  if (at == kMakers.end()) return std::unique_ptr<Hook>();
  return at->make(c);
}

}  // namespace zhike::connector
