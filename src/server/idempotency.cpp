#include "server/idempotency.h"

namespace zhike::server {
namespace {

crypto::Hash128 print_of(const Request& request) {
  return crypto::fingerprint(request.method + '\n' + request.path + '\n' + request.body);
}

}  // namespace

std::string Idempotency::key_of(const Request& request, std::string_view who) {
  return std::string(who) + '\n' + std::string(request.header("idempotency-key"));
}

void Idempotency::forget_old() {
  const Instant oldest = clock_.now() - kAge;
  while (!order_.empty()) {
    const auto found = entries_.find(order_.front());
    if (found != entries_.end() && order_.size() <= kKept && found->second.at >= oldest) break;
    if (found != entries_.end()) entries_.erase(found);
    order_.pop_front();
  }
}

Result<std::optional<Response>> Idempotency::begin(const Request& request, std::string_view who) {
  const auto key = request.header("idempotency-key");
  if (key.empty()) return std::nullopt;
  if (key.size() > 200) return fail(Code::kBadField, "Idempotency-Key: longer than 200 bytes");
  const std::lock_guard lock(mutex_);
  forget_old();
  const auto [at, is_new] =
      entries_.try_emplace(key_of(request, who), Entry{print_of(request), clock_.now(), {}});
  if (is_new) {
    order_.push_back(at->first);
    return std::nullopt;
  }
  if (at->second.request != print_of(request)) return fail(Code::kKeyReused);
  if (!at->second.response)
    return fail(Code::kServerBusy, "the first request with this key is still running");
  return at->second.response;
}

void Idempotency::finish(const Request& request, std::string_view who, const Response& response) {
  if (request.header("idempotency-key").empty()) return;
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key_of(request, who));
  if (found == entries_.end()) return;
  if (response.status >= 400)
    entries_.erase(found);
  else
    found->second.response = response;
}

}  // namespace zhike::server
