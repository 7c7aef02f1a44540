#include "ledger/hot.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>

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

/// One block being applied: records are read once, changed in memory and written once.
class Application {
 public:
  Application(Tx& tx, BlockId block) : tx_(tx), block_(block) {}

  Result<void> merge(const HotMerge& merge) {
    const CustomerId survivor = standing(merge.survivor), absorbed = standing(merge.absorbed);
    if (survivor == absorbed) return {};
    CX_TRY(Entry* const from, entry(absorbed));
    moved_[absorbed] = survivor;
    if (!from->present) return {};
    const HotProfile taken = std::move(from->profile);
    from->profile = {};
    from->present = false;
    CX_TRY(Entry* const to, entry(survivor));
    add(*to, taken);
    return {};
  }

  Result<void> change(const HotChange& change) {
    CX_TRY(Entry* const to, entry(standing(change.customer)));
    add(*to, change.add);
    return {};
  }

  /// Answers how many more customers there are than before.
  Result<std::int64_t> write() {
    std::vector<std::pair<CustomerId, Entry*>> entries;
    entries.reserve(entries_.size());
    for (auto& [customer, entry] : entries_) entries.emplace_back(customer, &entry);
    std::ranges::sort(entries);  // neighbours share pages
    std::int64_t more = 0;
    for (const auto& [customer, entry] : entries) {
      more += static_cast<int>(entry->present) - static_cast<int>(entry->stored);
      CX_TRY(write(customer, *entry));
    }
    return more;
  }

 private:
  struct Entry {
    HotProfile profile;
    bool stored = false;   // a row is there
    bool present = false;  // a row shall be there
    bool dirty = false;
  };

  CustomerId standing(CustomerId customer) const {
    for (auto at = moved_.find(customer); at != moved_.end(); at = moved_.find(customer))
      customer = at->second;
    return customer;
  }

  Result<Entry*> entry(CustomerId customer) {
    const auto [at, added] = entries_.try_emplace(customer);
    if (added) {
      CX_TRY(auto stored, load(tx_, customer));
      if (stored) at->second = {.profile = std::move(*stored), .stored = true, .present = true};
    }
    return &at->second;
  }

  void add(Entry& entry, const HotProfile& more) {
    add_profile(entry.profile, more);
    entry.profile.block = block_.value;
    entry.present = entry.dirty = true;
  }

  Result<void> write(CustomerId customer, const Entry& entry) {
    if (!entry.present) {
      if (entry.stored) CX_TRY(tx_.sql("DELETE FROM customers WHERE customer = $1").bind(1, customer).run());
      return {};
    }
    if (!entry.dirty) return {};
    Statement& put = entry.stored ? tx_.sql(
                                        "UPDATE customers SET last_seen = $2, unit_mask = $3, profile = $4, "
                                        "recent = $5 WHERE customer = $1")
                                  : tx_.sql(
                                        "INSERT INTO customers (customer, last_seen, unit_mask, profile, "
                                        "recent) VALUES ($1, $2, $3, $4, $5)");
    const std::string profile = encode_profile(entry.profile), recent = encode_recent(entry.profile.recent);
    put.bind(1, customer).bind(2, entry.profile.last_seen).bind(3, unit_mask(entry.profile.units));
    CX_TRY(put.bind(4, Blob{profile}).bind(5, Blob{recent}).run());
    return {};
  }

  Tx& tx_;
  const BlockId block_;
  std::unordered_map<CustomerId, Entry> entries_;
  std::unordered_map<CustomerId, CustomerId> moved_;
};

bool is_in_scope(const HotProfile& profile, std::span<const std::string> units) {
  const auto wanted = [&](const std::string& unit) { return std::ranges::find(units, unit) != units.end(); };
  return units.empty() || std::ranges::any_of(profile.units, wanted);
}

class LedgerHot final : public Hot {
 public:
  explicit LedgerHot(std::unique_ptr<Db> db) : db_(std::move(db)) {}

  Result<void> apply(BlockId block, std::span<const HotMerge> merges,
                     std::span<const HotChange> changes) override {
    return db_->write([&](Tx& tx) -> Result<void> {
      CX_TRY(const std::uint64_t applied, number(tx, "block"));
      if (block.value <= applied) return {};
      Application application(tx, block);
      for (const HotMerge& merge : merges) CX_TRY(application.merge(merge));
      for (const HotChange& change : changes) CX_TRY(application.change(change));
      CX_TRY(const std::int64_t more, application.write());
      CX_TRY(const std::uint64_t customers, number(tx, "customers"));
      CX_TRY(set_number(tx, "customers", customers + static_cast<std::uint64_t>(more)));
      return set_number(tx, "block", block.value);
    });
  }

  Result<BlockId> stamp() override {
    CX_TRY(const std::uint64_t block, read_number("block"));
    return BlockId{block};
  }

  Result<HotProfile> find(CustomerId customer) override {
    std::optional<HotProfile> out;
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
    const std::int64_t seen = from_newest ? std::numeric_limits<std::int64_t>::max() : before_seen.ms;
    std::vector<HotProfile> out;
    CX_TRY(db_->read([&](Tx& tx) -> Result<void> {
      Statement& row =
          units.empty() ? tx.sql(
                              "SELECT customer, last_seen, profile, recent FROM customers "
                              "WHERE (last_seen, customer) < ($1, $2) ORDER BY last_seen DESC, customer DESC")
                        : tx.sql(
                              "SELECT customer, last_seen, profile, recent FROM customers "
                              "WHERE (last_seen, customer) < ($1, $2) AND (unit_mask & $3) <> 0 "
                              "ORDER BY last_seen DESC, customer DESC");
      row.bind(1, seen).bind(2, before);
      if (!units.empty()) row.bind(3, unit_mask(units));
      while (out.size() < count) {
        CX_TRY(const bool more, row.step());
        if (!more) break;
        CX_TRY(HotProfile profile, profile_of(row));
        if (is_in_scope(profile, units)) out.push_back(std::move(profile));
      }
      return {};
    }));
    return out;
  }

  Result<std::uint64_t> count() override { return read_number("customers"); }

 private:
  Result<std::uint64_t> read_number(std::string_view name) {
    std::uint64_t out = 0;
    CX_TRY(db_->read([&](Tx& tx) -> Result<void> {
      CX_TRY(out, number(tx, name));
      return {};
    }));
    return out;
  }

  std::unique_ptr<Db> db_;
};

}  // namespace

Result<std::unique_ptr<Hot>> Hot::open(const Db::Options& options) {
  Db::Options hot = options;
  hot.durable = false;  // after a power failure the missing blocks are seen by the stamp and applied again
  hot.page_bytes = kPageBytes;
  CX_TRY(auto db, Db::open(hot));
  return std::make_unique<LedgerHot>(std::move(db));
}

}  // namespace zhike::ledger
