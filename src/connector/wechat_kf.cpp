#include "connector/wechat_kf.h"

#include <algorithm>
#include <boost/json.hpp>
#include <deque>

#include "connector/kinds.h"
#include "connector/wechat.h"
#include "connector/worker.h"

namespace zhike::connector {
namespace {

namespace json = boost::json;

constexpr std::string_view kAccounts = "accounts";
constexpr std::size_t kPageMax = 1000, kAccountsMax = 200;

WechatApi api_of(const Connector& c, const Ports& ports, const std::atomic<bool>& stopping) {
  return WechatApi({.base = c.text("api_url"),
                    .id = c.text("corp_id"),
                    .secret = c.text("corp_secret"),
                    .enterprise = true},
                   ports.hosts, stopping, ports.clock);
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

class WechatKf final : public Worker {
 public:
  WechatKf(Store::Entry connector, std::shared_ptr<Activity> activity, const Ports& ports)
      : c_(std::move(connector)),
        activity_(std::move(activity)),
        ports_(ports),
        api_(api_of(*c_, ports, stopping_)),
        interval_(seconds(c_->number("interval_seconds"))) {}
  ~WechatKf() override { end(); }

  /// A call of the platform: its message, with the account and a token for the next fetch.
  void told(std::string_view message) override {
    boost::system::error_code wrong;
    const json::value root = json::parse(message, wrong);
    if (wrong || !root.is_object()) return;
    Call call{text_at(root.as_object(), "OpenKfId"), text_at(root.as_object(), "Token")};
    if (call.account.empty() || call.account.size() > 128 || call.token.size() > 512) return;
    {
      const std::lock_guard lock(calls_mutex_);
      if (calls_.size() < kAccountsMax) calls_.push_back(std::move(call));
    }
    wake();
  }

 private:
  struct Call {
    std::string account, token;
  };

  void run() override {
    for (unsigned failures = 0; !stopping();) {
      const auto done = round();
      if (done) {
        failures = 0;
        activity_->set_state("working");
        wait(interval_);
      } else if (!stopping()) {
        activity_->failed("failed", done.error());
        activity_->set_state("failing");
        wait(back_off(++failures, ports_.retry_first, ports_.retry_most));
      }
    }
  }

  /// Every account that was named or has called, once. Calls alone need not be kept: what they announce is
  /// fetched by the cursor of its account in any later round.
  Result<void> round() {
    std::deque<Call> calls;
    {
      const std::lock_guard lock(calls_mutex_);
      calls.swap(calls_);
    }
    CX_TRY(const std::string kept, ports_.store.state(c_->id, kAccounts));
    std::vector<std::string> accounts = c_->list("accounts");
    for (std::size_t from = 0; from < kept.size();) {
      const auto end = std::min(kept.find('\n', from), kept.size());
      accounts.push_back(kept.substr(from, end - from));
      from = end + 1;
    }
    std::string added = kept;
    for (const Call& call : calls)
      if (std::ranges::find(accounts, call.account) == accounts.end() && accounts.size() < kAccountsMax) {
        accounts.push_back(call.account);
        added += (added.empty() ? "" : "\n") + call.account;
      }
    if (added != kept) {
      CX_TRY(ports_.store.set_state(c_->id, kAccounts, added));
    }
    for (const std::string& account : accounts) {
      const auto call = std::ranges::find(calls, account, &Call::account);
      CX_TRY(fetch(account, call == calls.end() ? "" : call->token));
    }
    return {};
  }

  Result<void> fetch(const std::string& account, const std::string& token) {
    const std::string place = "cursor/" + account;
    CX_TRY(std::string cursor, ports_.store.state(c_->id, place));
    for (bool more = true; more && !stopping();) {
      json::object asked{{"open_kfid", account}, {"limit", kPageMax}};
      if (!cursor.empty()) asked["cursor"] = cursor;
      if (!token.empty()) asked["token"] = token;
      CX_TRY(const std::string answer, api_.post("/cgi-bin/kf/sync_msg", json::serialize(asked)));
      const json::object page = json::parse(answer).as_object();
      std::vector<Inbound> messages;
      if (const auto* list = page.if_contains("msg_list"); list != nullptr && list->is_array())
        for (const json::value& message : list->as_array())
          messages.push_back({json::serialize(message), {{"account", account}}});
      if (!messages.empty()) {
        CX_TRY(ports_.inlet.take(*c_, messages));
      }
      const std::string next = text_at(page, "next_cursor");
      const auto* has_more = page.if_contains("has_more");
      more = has_more != nullptr && has_more->is_int64() && has_more->as_int64() == 1 && !next.empty() &&
             next != cursor;
      if (!next.empty() && next != cursor) {
        CX_TRY(ports_.store.set_state(c_->id, place, next));
        cursor = next;
      }
    }
    return {};
  }

  const Store::Entry c_;
  const std::shared_ptr<Activity> activity_;
  const Ports ports_;
  WechatApi api_;
  const Millis interval_;
  std::mutex calls_mutex_;
  std::deque<Call> calls_;  // guarded by calls_mutex_
};

}  // namespace

Result<std::unique_ptr<Hook>> make_wechat_kf_hook(const Connector& c) {
  return make_wechat_hook({.token = c.text("token"),
                           .id = c.text("corp_id"),
                           .aes_key = c.text("aes_key"),
                           .safe = true,
                           .announces = true,
                           .window = seconds(c.number("window_seconds"))});
}

Result<std::unique_ptr<Runner>> make_wechat_kf(const Store::Entry& c,
                                               const std::shared_ptr<Activity>& activity,
                                               const Ports& ports) {
  CX_TRY(const Address address, parse_address(c->text("api_url")));
  CX_TRY(ports.hosts.check(address.host));
  return std::unique_ptr<Runner>(std::make_unique<WechatKf>(c, activity, ports));
}

Result<std::string> try_wechat_kf(const Connector& c, const Ports& ports) {
  const std::atomic<bool> never{false};
  WechatApi api = api_of(c, ports, never);
  CX_TRY(api.sign_in());
  return std::string("access token");
}

}  // namespace zhike::connector
