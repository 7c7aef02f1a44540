#include "reputation/brands.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/lines.h"

namespace zhike::reputation {
namespace {

constexpr std::size_t kKeyBytesMax = 60;
constexpr double kWeightMax = 1e6;
constexpr std::size_t kDetailMax = 500;

Result<void> check_fields(const Brand& brand) {
  if (brand.key.empty() || brand.key.size() > kKeyBytesMax || has_control(brand.key))
    return fail(Code::kBadField, "a key of 1 to {} bytes is needed", kKeyBytesMax);
  if (brand.name_en.empty() && brand.name_zh.empty())
    return fail(Code::kBadField, "{}: a name is needed", brand.key);
  if (brand.names.size() > kNamesMax || brand.exclusions.size() > kNamesMax)
    return fail(Code::kBadField, "{}: more than {} names or exclusions", brand.key, kNamesMax);
  std::vector<std::string_view> all{brand.name_en, brand.name_zh};
  all.insert(all.end(), brand.names.begin(), brand.names.end());
  all.insert(all.end(), brand.exclusions.begin(), brand.exclusions.end());
  for (const std::string_view name : all) {
    if (name.size() > kNameBytesMax || has_control(name))
      return fail(Code::kBadField, "{}: a name is longer than {} bytes, or has control characters", brand.key,
                  kNameBytesMax);
    if (!name.empty() && text::MentionFinder::key_of(name).empty())
      return fail(Code::kBadField, "{}: '{}' has no letter to be found by", brand.key, name);
  }
  return {};
}

Result<void> check_weights(const Weights& weights) {
  for (const double weight : {weights.followers, weights.likes, weights.comments, weights.shares})
    if (!std::isfinite(weight) || weight < 0 || weight > kWeightMax)
      return fail(Code::kBadField, "a weight is not a number from 0 to {}", kWeightMax);
  return {};
}

/// What posts may call it.
std::vector<std::string> names_of(const Brand& brand) {
  std::vector<std::string> out = brand.names;
  for (const std::string* name : {&brand.name_en, &brand.name_zh})
    if (!name->empty()) out.push_back(*name);
  return out;
}

Result<BrandBook> load(ledger::Db& db) {
  std::vector<Brand> brands;
  Weights weights;
  std::uint64_t version = 0;
  CX_TRY(db.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& settings =
        tx.sql("SELECT version, followers, likes, comments, shares FROM brand_settings WHERE id = 1");
    CX_TRY(const bool is_set, settings.step());
    if (is_set) {
      version = settings.u64(0);
      weights = {.followers = settings.real(1),
                 .likes = settings.real(2),
                 .comments = settings.real(3),
                 .shares = settings.real(4)};
    }
    ledger::Statement& row =
        tx.sql("SELECT key, own, name_en, name_zh, names, exclusions FROM brands ORDER BY position");
    brands.clear();
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      brands.push_back({.key = std::string(row.text(0)),
                        .is_own = row.i64(1) == 1,
                        .name_en = std::string(row.text(2)),
                        .name_zh = std::string(row.text(3)),
                        .names = lines_of(row.text(4)),
                        .exclusions = lines_of(row.text(5))});
    }
  }));
  return BrandBook::make(std::move(brands), weights, version);
}

Result<void> store(ledger::Tx& tx, const BrandBook& book, Instant now) {
  CX_TRY(tx.sql("DELETE FROM brands").run());
  std::int64_t position = 0;
  for (const Brand& brand : book.brands()) {
    ledger::Statement& put = tx.sql(
        "INSERT INTO brands (key, position, own, name_en, name_zh, names, exclusions) VALUES ($1, $2, $3, "
        "$4, "
        "$5, $6, $7)");
    put.bind(1, brand.key).bind(2, position++).bind(3, brand.is_own).bind(4, brand.name_en);
    put.bind(5, brand.name_zh).bind(6, join_lines(brand.names)).bind(7, join_lines(brand.exclusions));
    CX_TRY(put.run());
  }
  const Weights& weights = book.weights();
  ledger::Statement& put = tx.sql(
      "INSERT INTO brand_settings (id, version, followers, likes, comments, shares, changed) VALUES (1, $1, "
      "$2, "
      "$3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET version = excluded.version, followers = "
      "excluded.followers, likes = excluded.likes, comments = excluded.comments, shares = excluded.shares, "
      "changed = excluded.changed");
  put.bind(1, book.version()).bind(2, weights.followers).bind(3, weights.likes).bind(4, weights.comments);
  CX_TRY(put.bind(5, weights.shares).bind(6, now).run());
  return {};
}

}  // namespace

Result<BrandBook> BrandBook::make(std::vector<Brand> brands, Weights weights, std::uint64_t version) {
  CX_TRY(check_weights(weights));
  if (brands.size() > kBrandsMax) return fail(Code::kBadField, "more than {} brands", kBrandsMax);
  BrandBook out;
  std::set<std::string_view> keys;
  std::vector<text::KnownName> known;
  for (std::size_t i = 0; i < brands.size(); ++i) {
    const Brand& brand = brands[i];
    CX_TRY(check_fields(brand));
    if (!keys.insert(brand.key).second) return fail(Code::kBadField, "{} stands there twice", brand.key);
    const auto owner = static_cast<std::uint32_t>(i);
    for (std::string& name : names_of(brand)) {
      const auto [at, is_new] = out.by_name_.try_emplace(text::MentionFinder::key_of(name), i);
      if (!is_new && at->second != i)
        return fail(Code::kBadField, "'{}' is a name of {} and of {}", name, brands[at->second].key,
                    brand.key);
      if (is_new) known.push_back({.text = std::move(name), .owner = owner});
    }
    for (const std::string& name : brand.exclusions) known.push_back({name, owner, true});
  }
  for (const text::KnownName& name : known) {
    const auto at = out.by_name_.find(text::MentionFinder::key_of(name.text));
    if (name.is_exclusion && at != out.by_name_.end() && at->second == name.owner)
      return fail(Code::kBadField, "{}: '{}' is a name and an exclusion", brands[name.owner].key, name.text);
  }
  out.finder_ = text::MentionFinder(known);
  // Posts may declare a brand by its key as well, where no other brand is called so.
  for (std::size_t i = 0; i < brands.size(); ++i)
    if (const std::string key = text::MentionFinder::key_of(brands[i].key); !key.empty())
      out.by_name_.try_emplace(key, i);
  out.brands_ = std::move(brands);
  out.weights_ = weights;
  out.version_ = version;
  return out;
}

std::uint64_t BrandBook::mentioned(std::string_view text, std::string_view declared) const {
  std::uint64_t out = 0;
  for (const text::NameMention& mention : finder_.find(text)) out |= std::uint64_t{1} << mention.owner;
  if (declared.empty()) return out;
  const auto at = by_name_.find(text::MentionFinder::key_of(declared));
  return at == by_name_.end() ? out : out | std::uint64_t{1} << at->second;
}

std::optional<std::size_t> BrandBook::find(std::string_view key) const {
  const auto at = std::ranges::find(brands_, key, &Brand::key);
  if (at == brands_.end()) return std::nullopt;
  return static_cast<std::size_t>(at - brands_.begin());
}

Result<std::unique_ptr<Brands>> Brands::open(ledger::Db& db, const govern::Audit& audit, const Clock& clock) {
  CX_TRY(auto book, load(db));
  return std::unique_ptr<Brands>(new Brands(db, audit, clock, std::move(book)));
}

std::shared_ptr<const BrandBook> Brands::current() const {
  const std::lock_guard lock(mutex_);
  return book_;
}

Result<void> Brands::put(const Grant& grant, std::vector<Brand> brands, Weights weights,
                         std::uint64_t based_on) {
  if (!grant.may(Permission::kManageData)) return fail(Code::kPermissionMissing, "manage_data");
  const std::lock_guard one(writing_);
  const auto before = current();
  if (before->version() != based_on)
    return fail(Code::kLedgerConflict, "brands: version {} is in force, not {}; read them anew",
                before->version(), based_on);
  CX_TRY(auto book, BrandBook::make(std::move(brands), weights, based_on + 1));
  std::string names;
  for (const Brand& brand : book.brands())
    if (names.size() < kDetailMax) names += (names.empty() ? "" : ", ") + brand.key;
  const Instant now = clock_.now();
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(store(tx, book, now));
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "brands_changed",
                              .target = "brands",
                              .detail = names});
  }));
  const std::lock_guard lock(mutex_);
  book_ = std::make_shared<const BrandBook>(std::move(book));
  return {};
}

}  // namespace zhike::reputation
