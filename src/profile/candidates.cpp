#include "profile/candidates.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "base/ascii.h"
#include "govern/mask.h"
#include "ingest/classify.h"

namespace zhike::profile {
namespace {

constexpr std::array<std::string_view, 13> kColumns{
    "name",    "first_name", "last_name", "phone",    "email",  "national_id", "birthday",
    "address", "city",       "province",  "postcode", "gender", "company"};

struct KindRule {
  IdentifierKind kind;
  std::string_view column;
};
constexpr std::array kKinds{KindRule{IdentifierKind::kPhone, "phone"},
                            KindRule{IdentifierKind::kEmail, "email"},
                            KindRule{IdentifierKind::kNationalId, "national_id"}};

/// The last part of a trait's key, lower case, letters and digits alone → the column it fills.
struct KeyRule {
  std::string_view key, column;
};
constexpr std::array kKeys{KeyRule{"name", "name"},
                           KeyRule{"fullname", "name"},
                           KeyRule{"realname", "name"},
                           KeyRule{"customername", "name"},
                           KeyRule{"contactname", "name"},
                           KeyRule{"姓名", "name"},
                           KeyRule{"客户姓名", "name"},
                           KeyRule{"firstname", "first_name"},
                           KeyRule{"givenname", "first_name"},
                           KeyRule{"lastname", "last_name"},
                           KeyRule{"surname", "last_name"},
                           KeyRule{"familyname", "last_name"},
                           KeyRule{"phone", "phone"},
                           KeyRule{"mobile", "phone"},
                           KeyRule{"phonenumber", "phone"},
                           KeyRule{"手机", "phone"},
                           KeyRule{"手机号", "phone"},
                           KeyRule{"电话", "phone"},
                           KeyRule{"email", "email"},
                           KeyRule{"mail", "email"},
                           KeyRule{"emailaddress", "email"},
                           KeyRule{"邮箱", "email"},
                           KeyRule{"nationalid", "national_id"},
                           KeyRule{"idcard", "national_id"},
                           KeyRule{"身份证", "national_id"},
                           KeyRule{"身份证号", "national_id"},
                           KeyRule{"birthday", "birthday"},
                           KeyRule{"birthdate", "birthday"},
                           KeyRule{"dateofbirth", "birthday"},
                           KeyRule{"dob", "birthday"},
                           KeyRule{"生日", "birthday"},
                           KeyRule{"出生日期", "birthday"},
                           KeyRule{"address", "address"},
                           KeyRule{"street", "address"},
                           KeyRule{"homeaddress", "address"},
                           KeyRule{"地址", "address"},
                           KeyRule{"详细地址", "address"},
                           KeyRule{"city", "city"},
                           KeyRule{"城市", "city"},
                           KeyRule{"province", "province"},
                           KeyRule{"state", "province"},
                           KeyRule{"省份", "province"},
                           KeyRule{"postcode", "postcode"},
                           KeyRule{"postalcode", "postcode"},
                           KeyRule{"zip", "postcode"},
                           KeyRule{"zipcode", "postcode"},
                           KeyRule{"邮编", "postcode"},
                           KeyRule{"gender", "gender"},
                           KeyRule{"sex", "gender"},
                           KeyRule{"性别", "gender"},
                           KeyRule{"company", "company"},
                           KeyRule{"employer", "company"},
                           KeyRule{"公司", "company"}};

std::size_t place_of(std::string_view column) {
  return static_cast<std::size_t>(std::ranges::find(kColumns, column) - kColumns.begin());
}

std::optional<std::size_t> column_of(std::string_view key) {
  if (const auto dot = key.rfind('.'); dot != std::string_view::npos) key.remove_prefix(dot + 1);
  std::string plain = ascii::lower(key);
  std::erase_if(plain, [](char c) { return c == '_' || c == '-' || c == ' '; });
  const auto rule = std::ranges::find(kKeys, plain, &KeyRule::key);
  if (rule == kKeys.end()) return std::nullopt;
  return place_of(rule->column);
}

/// What a record says in each column: identifiers first, then the newest trait.
std::array<std::string, kColumns.size()> cells_of(const identity::MatchRecord& record) {
  std::array<std::string, kColumns.size()> out;
  for (const auto& one : record.identifiers) {
    const auto rule = std::ranges::find(kKinds, one.kind, &KindRule::kind);
    if (rule != kKinds.end()) out[place_of(rule->column)] = one.value;
  }
  std::array<Instant, kColumns.size()> at{};
  for (const identity::Trait& trait : record.traits) {
    const auto column = column_of(trait.key);
    if (!column || trait.value.empty()) continue;
    const bool by_trait = at[*column].ms != 0;
    if (!out[*column].empty() && (!by_trait || at[*column] >= trait.at)) continue;
    out[*column] = trait.value;
    at[*column] = trait.at;
  }
  return out;
}

constexpr std::uint16_t kinds_read() {
  std::uint16_t out = 0;
  for (const KindRule& rule : kKinds) out |= identity::kind_bit(rule.kind);
  return out;
}

class Builder {
 public:
  Builder(std::size_t records_max, const crypto::Key& key) : records_max_(records_max), key_(key) {
    for (const std::string_view column : kColumns)
      out_.table.columns.push_back({.name = std::string(column), .values = {}, .codes = {}});
  }
  bool add(const identity::MatchRecord& record) {
    const auto cells = cells_of(record);
    if (std::ranges::all_of(cells, [](const std::string& cell) { return cell.empty(); })) return true;
    if (out_.customers.size() == records_max_) return out_.cut = true, false;
    const auto row = static_cast<std::uint32_t>(out_.customers.size());
    for (std::size_t c = 0; c < cells.size(); ++c)
      out_.table.columns[c].codes.push_back(out_.table.columns[c].values.add(cells[c]));
    out_.table.ids.push_back(record.subjects.front().str());
    out_.table.sources.push_back(0);
    out_.customers.push_back(record.customer);
    out_.subjects.push_back(record.subjects.front());
    out_.prints.push_back(print_of(cells));
    for (const SubjectId subject : record.subjects) row_of_.emplace(subject.value, row);
    return true;
  }
  Candidates finish(const std::vector<identity::Said>& said) {
    for (const identity::Said& pair : said) {
      const auto left = row_of_.find(pair.left.value), right = row_of_.find(pair.right.value);
      if (left == row_of_.end() || right == row_of_.end() || left->second == right->second) continue;
      out_.labels.push_back({.a = left->second, .b = right->second, .is_match = pair.is_match});
    }
    std::erase_if(out_.table.columns, [](const match::Column& column) { return column.values.size() == 1; });
    return std::move(out_);
  }

 private:
  std::uint64_t print_of(const std::array<std::string, kColumns.size()>& cells) {
    said_.clear();
    for (const std::string& cell : cells) said_.append(cell).push_back('\0');
    return crypto::keyed_hash(key_, said_).low;
  }
  const std::size_t records_max_;
  const crypto::Key key_;
  std::string said_;
  Candidates out_;
  std::unordered_map<std::uint64_t, std::uint32_t> row_of_;  // by subject
};

}  // namespace

Result<Candidates> read_candidates(ledger::Db& identity_db, const govern::Keys& keys,
                                   const ReadOptions& options) {
  constexpr std::size_t kStride = 1024;  // records between two looks at whether to go on
  std::optional<Builder> builder;
  const crypto::Key key = crypto::derive(keys.search(), "matching/records");
  std::vector<identity::Said> said;
  CX_TRY(identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    builder.emplace(options.records_max, key);
    CX_TRY(const CustomerId newest, identity::newest_customer(tx));
    bool wanted = true;
    std::size_t seen = 0;
    CX_TRY(identity::each_record(tx, keys, kinds_read(), [&](const identity::MatchRecord& record) {
      if (options.watch && seen++ % kStride == 0)
        wanted = options.watch(static_cast<double>(record.customer.value) /
                               static_cast<double>(std::max(newest, record.customer).value));
      return wanted && builder->add(record);
    }));
    if (!wanted) return fail(Code::kStopping);
    CX_TRY(said, identity::said_by_people(tx));
    return {};
  }));
  return builder->finish(said);
}

std::string masked_cell(std::string_view column, const std::string& value) {
  if (value.empty()) return {};
  if (column == "national_id") return govern::mask_national_id(value);
  return ingest::shown_trait(column, value);
}

}  // namespace zhike::profile
