#include "profile/match_memory.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

#include "base/file.h"

namespace zhike::profile {
namespace {

constexpr std::string_view kContext = "matching/1";  // also the version of the format
constexpr std::string_view kUnfinished = "matching-unfinished/1";
constexpr std::uint64_t kOnlyNew = 1, kMerges = 2, kLearned = 4;  ///< part of that format

crypto::Key key_of(const govern::Keys& keys, std::string_view context) {
  return crypto::derive(keys.search(), context);
}

void put(std::string& out, std::uint64_t number) {
  char bytes[8];
  std::memcpy(bytes, &number, 8);
  out.append(bytes, 8);
}
void put(std::string& out, double number) { put(out, std::bit_cast<std::uint64_t>(number)); }

/// Reads what put() wrote; past the end it is not ok, and reads zeros.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  std::uint64_t number() {
    if (in_.size() < 8) return ok_ = false, 0;
    std::uint64_t out = 0;
    std::memcpy(&out, in_.data(), 8);
    in_.remove_prefix(8);
    return out;
  }
  double real() { return std::bit_cast<double>(number()); }
  /// How many entries of `size` bytes follow.
  std::size_t count(std::size_t size) {
    const std::uint64_t out = number();
    if (out <= in_.size() / size) return out;
    return ok_ = false, 0;
  }
  std::string text() {
    const std::size_t length = count(1);
    std::string out(in_.substr(0, length));
    in_.remove_prefix(length);
    return out;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }

 private:
  std::string_view in_;
  bool ok_ = true;
};

void put(std::string& out, const MatchMemory& memory) {
  put(out, std::uint64_t{memory.model.size()});
  out += memory.model;
  for (const auto& [subject, print] : memory.prints) {
    put(out, subject.value);
    put(out, print);
  }
}

/// Calls visit(number) for those of a model that are learned, in one order.
template <class Visit>
void each_number(match::Model& model, const Visit& visit) {
  for (double* const one : {&model.prior, &model.merge_at, &model.review_at}) visit(*one);
  for (match::Comparison& comparison : model.comparisons)
    for (match::ByLevel* const levels : {&comparison.m, &comparison.u, &comparison.u_told})
      for (double& one : *levels) visit(one);
}

/// To the end.
MatchMemory memory_of(Reader& in) {
  MatchMemory out{.model = in.text(), .prints = {}};
  while (in.ok() && !in.at_end()) {
    const SubjectId subject{in.number()};
    out.prints.emplace_back(subject, in.number());
  }
  return out;
}

std::optional<std::string> open_file(const std::filesystem::path& file, const govern::Keys& keys,
                                     std::string_view context) {
  const auto sealed = read_file(file);
  if (!sealed) return std::nullopt;
  auto bytes = crypto::open(key_of(keys, context), *sealed, context);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

}  // namespace

MatchMemory MatchMemory::of(std::string model, const Candidates& candidates) {
  MatchMemory out{.model = std::move(model), .prints = {}};
  out.prints.reserve(candidates.subjects.size());
  for (std::size_t row = 0; row < candidates.subjects.size(); ++row)
    out.prints.emplace_back(candidates.subjects[row], candidates.prints[row]);
  std::ranges::sort(out.prints);
  return out;
}

std::optional<MatchMemory> MatchMemory::load(const std::filesystem::path& file, const govern::Keys& keys) {
  const auto bytes = open_file(file, keys, kContext);
  if (!bytes) return std::nullopt;
  Reader in(*bytes);
  MatchMemory out = memory_of(in);
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

Result<void> MatchMemory::save(const std::filesystem::path& file, const govern::Keys& keys) const {
  std::string bytes;
  bytes.reserve(8 + model.size() + 16 * prints.size());
  put(bytes, *this);
  return write_file(file, crypto::seal(key_of(keys, kContext), bytes, kContext));
}

bool MatchMemory::knows(SubjectId subject, std::uint64_t print) const {
  return std::ranges::binary_search(prints, std::pair(subject, print));
}

UnfinishedRun UnfinishedRun::of(const match::Unfinished& done, const Candidates& candidates) {
  UnfinishedRun out{.expected_matches = done.expected_matches,
                    .rules = done.rules,
                    .compared_pairs = done.compared_pairs,
                    .pairs = {},
                    .seen = MatchMemory::of(match::to_toml(done.model), candidates)};
  match::Model model = done.model;
  each_number(model, [&](double number) { out.numbers.push_back(number); });
  out.pairs.reserve(done.edges.size());
  for (const match::Edge& edge : done.edges)
    out.pairs.push_back({candidates.subjects[edge.a], candidates.subjects[edge.b], edge.weight});
  return out;
}

Result<match::Unfinished> UnfinishedRun::go_on(const Candidates& candidates) const {
  match::Unfinished out{.expected_matches = expected_matches,
                        .rules = rules,
                        .compared_pairs = compared_pairs,
                        .edges = {},
                        .compared = {}};
  CX_TRY(out.model, match::parse_model(seen.model));
  std::size_t at = 0;
  each_number(out.model, [&](double& number) {
    if (at < numbers.size()) number = numbers[at];
    ++at;
  });
  out.compared.assign(candidates.subjects.size(), 0);
  std::unordered_map<std::uint64_t, std::uint32_t> rows;
  rows.reserve(candidates.subjects.size());
  for (std::uint32_t row = 0; row < candidates.subjects.size(); ++row) {
    if (!seen.knows(candidates.subjects[row], candidates.prints[row])) continue;
    out.compared[row] = 1;
    rows.emplace(candidates.subjects[row].value, row);
  }
  out.edges.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    const auto a = rows.find(pair.a.value), b = rows.find(pair.b.value);
    if (a == rows.end() || b == rows.end()) continue;
    out.edges.push_back({std::min(a->second, b->second), std::max(a->second, b->second), pair.weight});
  }
  return out;
}

std::optional<UnfinishedRun> UnfinishedRun::load(const std::filesystem::path& file,
                                                 const govern::Keys& keys) {
  const auto bytes = open_file(file, keys, kUnfinished);
  if (!bytes) return std::nullopt;
  Reader in(*bytes);
  UnfinishedRun out;
  const std::uint64_t flags = in.number();
  const double merge_from = in.real(), matches = in.real();
  out.only_new = (flags & kOnlyNew) != 0;
  if ((flags & kMerges) != 0) out.merge_from = merge_from;
  if ((flags & kLearned) != 0) out.expected_matches = matches;
  out.rules = in.number();
  out.compared_pairs = in.real();
  out.numbers.resize(in.count(8));
  for (double& number : out.numbers) number = in.real();
  out.pairs.resize(in.count(24));
  for (Pair& pair : out.pairs) {
    pair.a = {in.number()};
    pair.b = {in.number()};
    pair.weight = static_cast<float>(in.real());
  }
  out.seen = memory_of(in);
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

Result<void> UnfinishedRun::save(const std::filesystem::path& file, const govern::Keys& keys) const {
  std::string bytes;
  bytes.reserve(64 + 8 * numbers.size() + 24 * pairs.size() + seen.model.size() + 16 * seen.prints.size());
  put(bytes, (only_new ? kOnlyNew : 0) | (merge_from ? kMerges : 0) | (expected_matches ? kLearned : 0));
  put(bytes, merge_from.value_or(0));
  put(bytes, expected_matches.value_or(0));
  put(bytes, std::uint64_t{rules});
  put(bytes, compared_pairs);
  put(bytes, std::uint64_t{numbers.size()});
  for (const double number : numbers) put(bytes, number);
  put(bytes, std::uint64_t{pairs.size()});
  for (const Pair& pair : pairs) {
    put(bytes, pair.a.value);
    put(bytes, pair.b.value);
    put(bytes, static_cast<double>(pair.weight));
  }
  put(bytes, seen);
  return write_file(file, crypto::seal(key_of(keys, kUnfinished), bytes, kUnfinished));
}

}  // namespace zhike::profile
