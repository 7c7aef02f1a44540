#include "ledger/hot.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "ledger/hot_cache.h"
#include "ledger/hot_codec.h"

namespace zhike::ledger {
namespace {

/// Rows are some hundred bytes and change at random: small pages mean that less is written for each.
constexpr std::uint32_t kPageBytes = 2048;

Result<std::uint64_t> number(Tx& tx, std::string_view name) {
  Statement& row = tx.sql("SELECT value FROM numbers WHERE name = $1").bind(1, name);
  CX_TRY(const bool there, row.step());
  if (!there) return fail(Code::kLedgerFailed, "hot.db has no '{}'", name);
  return row.u64(0);
}

Result<void> set_number(Tx& tx, std::string_view name, std::uint64_t value) {
  CX_TRY(tx.sql("UPDATE numbers SET value = $2 WHERE name = $1").bind(1, name).bind(2, value).run());
  return {};
}

/// Columns: customer, last_seen, profile, recent.
Result<HotProfile> profile_of(const Statement& row) {
  HotProfile out;
  out.customer = {row.u64(0)};
  out.last_seen = {row.i64(1)};
  CX_TRY(decode_profile(row.blob(2), out));
  CX_TRY(decode_recent(row.blob(3), out));
  return out;
}

Result<std::optional<HotProfile>> load(Tx& tx, CustomerId customer) {
  Statement& row = tx.sql("SELECT customer, last_seen, profile, recent FROM customers WHERE customer = $1");
  CX_TRY(const bool there, row.bind(1, customer).step());
  if (!there) return std::nullopt;
  return profile_of(row);
}

Result<void> write(Tx& tx, CustomerId customer, const HotCache::Entry& entry) {
  if (!entry.present) {
    if (entry.stored) CX_TRY(tx.sql("DELETE FROM customers WHERE customer = $1").bind(1, customer).run());
    return {};
  }
  constexpr std::string_view kUpdate =
      "UPDATE customers SET last_seen = $2, unit_mask = $3, profile = $4, recent = $5 WHERE customer = $1";
  constexpr std::string_view kInsert =
      "INSERT INTO customers (customer, last_seen, unit_mask, profile, recent) VALUES ($1, $2, $3, $4, $5)";
  Statement& put = tx.sql(entry.stored ? kUpdate : kInsert);
  const std::string profile = encode_profile(entry.profile), recent = encode_recent(entry.profile.recent);
  put.bind(1, customer).bind(2, entry.profile.last_seen).bind(3, unit_mask(entry.profile.units));
  CX_TRY(put.bind(4, Blob{profile}).bind(5, Blob{recent}).run());
  return {};
}

/// Newest first, as lists are ordered.
std::pair<std::int64_t, std::uint64_t> order_of(const HotProfile& p) {
  return {p.last_seen.ms, p.customer.value};
}

bool is_in_scope(const HotProfile& profile, std::span<const std::string> units) {
  const auto wanted = [&](const std::string& unit) { return std::ranges::find(units, unit) != units.end(); };
  return units.empty() || std::ranges::any_of(profile.units, wanted);
}

class LedgerHot final : public Hot {
 public:
  LedgerHot(std::unique_ptr<Db> db, std::size_t memory_bytes) : db_(std::move(db)), cache_(memory_bytes) {}

  Result<void> restore() {
    CX_TRY(const std::uint64_t block, read_number("block"));
    CX_TRY(const std::uint64_t customers, read_number("customers"));
    applied_ = flushed_ = block;
    customers_ = static_cast<std::int64_t>(customers);
    return {};
  }

  using Hot::apply;
  Result<void> apply(BlockId block, std::span<const HotMerge> merges, std::span<const HotChange> changes,
                     std::span<const HotReplace> replaced) override {
    const std::lock_guard turn(writing_);
    if (block.value <= applied_) return {};
    CX_TRY(db_->read([&](Tx& tx) {
      return cache_.apply(
          block, merges, changes, replaced, [&](CustomerId customer) -> Result<HotCache::Entry> {
            CX_TRY(auto stored, load(tx, customer));
            if (!stored) return HotCache::Entry{};
            return HotCache::Entry{.profile = *std::move(stored), .stored = true, .present = true};
          });
    }));
    applied_ = block.value;
    return {};
  }

  Result<void> flush() override {
    const std::lock_guard turn(writing_);
    if (applied_ == flushed_) return {};
    const std::int64_t customers = customers_ + cache_.growth();
    CX_TRY(db_->write([&](Tx& tx) -> Result<void> {
      for (const auto& [customer, entry] : cache_.dirty()) CX_TRY(write(tx, customer, *entry));
      CX_TRY(set_number(tx, "customers", static_cast<std::uint64_t>(customers)));
      return set_number(tx, "block", applied_);
    }));
    const std::unique_lock lock(counting_);
    customers_ = customers;
    flushed_ = applied_;
    cache_.settle();
    return {};
  }

  void forget() override {
    const std::lock_guard turn(writing_);
    if (applied_ == flushed_) cache_.forget();
  }

  bool is_full() const override { return cache_.is_full(); }

  Result<BlockId> stamp() override {
    const std::shared_lock lock(counting_);
    return BlockId{flushed_};
  }

  Result<HotProfile> find(CustomerId customer) override {
    std::optional<HotProfile> out;
    const bool is_here = cache_.find(customer, [&](const HotCache::Entry* entry) {
      if (entry != nullptr && entry->present) out = entry->profile;
      return entry != nullptr;
    });
    if (!is_here)
      CX_TRY(db_->read([&](Tx& tx) -> Result<void> {
        CX_TRY(out, load(tx, customer));
        return {};
      }));
    if (!out) return fail(Code::kNotFound, "customer {}", customer.value);
    return std::move(*out);
  }

  Result<std::vector<HotProfile>> list(Instant before_seen, CustomerId before,
                                       std::span<const std::string> units, std::size_t count) override {
    const bool from_newest = before_seen.ms == 0 && !before.is_set();
    const std::pair from{from_newest ? std::numeric_limits<std::int64_t>::max() : before_seen.ms,
                         before.value};
    std::vector<HotProfile> out;
    // The snapshot begins with the first row that is read: with the memory held still, so that they agree.
    CX_TRY(db_->read([&](Tx& tx) {
      return cache_.all([&](const Entries& entries) -> Result<void> {
        out = changed(entries, from, units, count);
        return stored(tx, entries, from, units, count, out);
      });
    }));
    std::ranges::sort(out, std::ranges::greater{}, order_of);
    if (out.size() > count) out.resize(count);
    return out;
  }

  Result<std::uint64_t> count() override {
    const std::shared_lock lock(counting_);
    return static_cast<std::uint64_t>(customers_ + cache_.growth());
  }

 private:
  using Entries = std::unordered_map<CustomerId, HotCache::Entry>;
  using Place = std::pair<std::int64_t, std::uint64_t>;

  static std::vector<HotProfile> changed(const Entries& entries, Place from,
                                         std::span<const std::string> units, std::size_t count) {
    std::vector<const HotProfile*> found;
    for (const auto& [customer, entry] : entries)
      if (entry.dirty && entry.present && order_of(entry.profile) < from && is_in_scope(entry.profile, units))
        found.push_back(&entry.profile);
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(count, found.size()));
    std::ranges::partial_sort(found, end, std::ranges::greater{}, [](const auto* p) { return order_of(*p); });
    std::vector<HotProfile> out;
    for (auto at = found.begin(); at != end; ++at) out.push_back(**at);
    return out;
  }

  /// Appends the rows that nothing in memory replaces, newest first.
  static Result<void> stored(Tx& tx, const Entries& entries, Place from, std::span<const std::string> units,
                             std::size_t count, std::vector<HotProfile>& out) {
    constexpr std::string_view kAll =
        "SELECT customer, last_seen, profile, recent FROM customers WHERE (last_seen, customer) < ($1, $2) "
        "ORDER BY last_seen DESC, customer DESC";
    constexpr std::string_view kOfUnits =
        "SELECT customer, last_seen, profile, recent FROM customers WHERE (last_seen, customer) < ($1, $2) "
        "AND (unit_mask & $3) <> 0 ORDER BY last_seen DESC, customer DESC";
    Statement& row = tx.sql(units.empty() ? kAll : kOfUnits);
    row.bind(1, from.first).bind(2, from.second);
    if (!units.empty()) row.bind(3, unit_mask(units));
    for (std::size_t n = 0; n < count;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      const auto newer = entries.find(CustomerId{row.u64(0)});
      if (newer != entries.end() && newer->second.dirty) continue;
      CX_TRY(HotProfile profile, profile_of(row));
      if (!is_in_scope(profile, units)) continue;
      out.push_back(std::move(profile));
      ++n;
    }
    return {};
  }

  Result<std::uint64_t> read_number(std::string_view name) {
    std::uint64_t out = 0;
    CX_TRY(db_->read([&](Tx& tx) -> Result<void> {
      CX_TRY(out, number(tx, name));
      return {};
    }));
    return out;
  }

  std::unique_ptr<Db> db_;
  HotCache cache_;
  std::mutex writing_;          // apply and flush take turns
  std::uint64_t applied_ = 0;   // under writing_
  std::shared_mutex counting_;  // of what follows
  std::uint64_t flushed_ = 0;
  std::int64_t customers_ = 0;  // rows at the last flush
};

}  // namespace

Result<std::unique_ptr<Hot>> Hot::open(const Db::Options& options, std::size_t memory_bytes) {
  Db::Options hot = options;
  hot.page_bytes = kPageBytes;
  CX_TRY(auto db, Db::open(hot));
  auto out = std::make_unique<LedgerHot>(std::move(db), memory_bytes);
  CX_TRY(out->restore());
  return out;
}

}  // namespace zhike::ledger
