#include "server/idempotency.h"

#include <boost/json.hpp>

#include <cstring>

#include "base/log.h"

namespace zhike::server {
namespace {

constexpr std::size_t kKeyMax = 200;

std::string bytes_of(const crypto::Hash128& hash) {
  std::string out(16, '\0');
  std::memcpy(out.data(), &hash.high, 8);
  std::memcpy(out.data() + 8, &hash.low, 8);
  return out;
}

std::string pack(const Response& response) {
  boost::json::array headers;
  for (const auto& [name, value] : response.headers) headers.push_back(boost::json::array{name, value});
  return boost::json::serialize(boost::json::object{{"status", response.status},
                                                    {"type", response.type},
                                                    {"body", response.body},
                                                    {"headers", std::move(headers)}});
}

Response unpack(std::string_view text) {
  const auto value = boost::json::parse(text);  // our own, and authenticated
  Response response;
  response.status = static_cast<int>(value.at("status").as_int64());
  response.type = std::string(value.at("type").as_string());
  response.body = std::string(value.at("body").as_string());
  for (const auto& header : value.at("headers").as_array())
    response.headers.emplace_back(std::string(header.at(0).as_string()),
                                  std::string(header.at(1).as_string()));
  return response;
}

}  // namespace

Idempotency::Idempotency(ledger::Db& db, const crypto::Key& key, const Clock& clock)
    : db_(db), clock_(clock), hashing_(crypto::derive(key, "hash")), sealing_(crypto::derive(key, "seal")) {}

Idempotency::Print Idempotency::print_of(const Request& request, std::string_view who) const {
  std::string asked = request.method + '\n' + request.path + '\n';
  for (const auto& [name, value] : request.query) asked += name + '=' + value + '\n';
  return {bytes_of(crypto::keyed_hash(
              hashing_, std::string(who) + '\n' + std::string(request.header("idempotency-key")))),
          bytes_of(crypto::keyed_hash(hashing_, asked + '\n' + request.body))};
}

Result<void> Idempotency::forget_old(ledger::Tx& tx) {
  CX_TRY(tx.sql("DELETE FROM idempotency WHERE at < $1").bind(1, clock_.now() - kAge).run());
  CX_TRY(tx.sql("DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency ORDER BY at DESC LIMIT "
                "1000000000 OFFSET $1)")
             .bind(1, static_cast<std::int64_t>(kKept))
             .run());
  return {};
}

Result<std::optional<Response>> Idempotency::answer_of(const ledger::Statement& row, const Print& print) {
  if (row.blob(0) != print.request) return fail(Code::kKeyReused);
  if (running_.contains(print.key))
    return fail(Code::kServerBusy, "the first request with this key is still running");
  if (row.is_null(1)) return fail(Code::kOutcomeUnknown);
  CX_TRY(const std::string packed, crypto::open(sealing_, row.blob(1), print.key));
  return unpack(packed);
}

Result<std::optional<Response>> Idempotency::begin(const Request& request, std::string_view who) {
  const auto key = request.header("idempotency-key");
  if (key.empty()) return std::nullopt;
  if (key.size() > kKeyMax) return fail(Code::kBadField, "Idempotency-Key: longer than {} bytes", kKeyMax);
  const Print print = print_of(request, who);
  const std::lock_guard lock(mutex_);
  Result<std::optional<Response>> before = std::optional<Response>{};
  bool known = false;
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(forget_old(tx));
    {
      ledger::Statement& row = tx.sql("SELECT request, answer FROM idempotency WHERE key = $1");
      CX_TRY(known, row.bind(1, ledger::Blob{print.key}).step());
      if (known) before = answer_of(row, print);
    }
    if (known) return {};
    CX_TRY(tx.sql("INSERT INTO idempotency (key, request, at) VALUES ($1, $2, $3)")
               .bind(1, ledger::Blob{print.key})
               .bind(2, ledger::Blob{print.request})
               .bind(3, clock_.now())
               .run());
    return {};
  }));
  if (!known) running_.insert(print.key);
  return before;
}

void Idempotency::finish(const Request& request, std::string_view who, const Response& response) {
  if (request.header("idempotency-key").empty()) return;
  const Print print = print_of(request, who);
  const auto written = db_.write([&](ledger::Tx& tx) -> Result<void> {
    if (response.status >= 400) {
      CX_TRY(tx.sql("DELETE FROM idempotency WHERE key = $1").bind(1, ledger::Blob{print.key}).run());
      return {};
    }
    const std::string sealed = crypto::seal(sealing_, pack(response), print.key);
    CX_TRY(tx.sql("UPDATE idempotency SET answer = $2 WHERE key = $1")
               .bind(1, ledger::Blob{print.key})
               .bind(2, ledger::Blob{sealed})
               .run());
    return {};
  });
  if (!written) log::error("answer_not_kept", written.error());
  const std::lock_guard lock(mutex_);
  running_.erase(print.key);
}

}  // namespace zhike::server
