#include "profile/match_memory.h"

#include <algorithm>
#include <unordered_map>

#include "base/file.h"
#include "match/bytes.h"

namespace zhike::profile {
namespace {

using match::ByteReader;
using match::put;

constexpr std::string_view kContext = "matching/1";  // also the version of the format
constexpr std::string_view kUnfinished = "matching-unfinished/2";
constexpr std::uint64_t kOnlyNew = 1, kMerges = 2;  ///< part of that format

crypto::Key key_of(const govern::Keys& keys, std::string_view context) {
  return crypto::derive(keys.search(), context);
}

using Prints = std::vector<std::pair<SubjectId, std::uint64_t>>;

void put_all(std::string& out, const Prints& prints) {
  for (const auto& [subject, print] : prints) {
    put(out, subject.value);
    put(out, print);
  }
}

/// To the end.
Prints prints_of(ByteReader& in) {
  Prints out;
  while (in.ok() && !in.at_end()) {
    const SubjectId subject{in.number()};
    out.emplace_back(subject, in.number());
  }
  return out;
}

Prints prints_of(const Candidates& candidates) {
  Prints out;
  out.reserve(candidates.subjects.size());
  for (std::size_t row = 0; row < candidates.subjects.size(); ++row)
    out.emplace_back(candidates.subjects[row], candidates.prints[row]);
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
  MatchMemory out{.model = std::move(model), .prints = prints_of(candidates)};
  std::ranges::sort(out.prints);
  return out;
}

std::optional<MatchMemory> MatchMemory::load(const std::filesystem::path& file, const govern::Keys& keys) {
  const auto bytes = open_file(file, keys, kContext);
  if (!bytes) return std::nullopt;
  ByteReader in(*bytes);
  MatchMemory out{.model = std::string(in.text()), .prints = prints_of(in)};
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

Result<void> MatchMemory::save(const std::filesystem::path& file, const govern::Keys& keys) const {
  std::string bytes;
  bytes.reserve(8 + model.size() + 16 * prints.size());
  put(bytes, std::string_view(model));
  put_all(bytes, prints);
  return write_file(file, crypto::seal(key_of(keys, kContext), bytes, kContext));
}

bool MatchMemory::knows(SubjectId subject, std::uint64_t print) const {
  return std::ranges::binary_search(prints, std::pair(subject, print));
}

UnfinishedRun UnfinishedRun::of(match::Unfinished done, const Candidates& candidates) {
  return {.done = std::move(done), .records = prints_of(candidates)};
}

match::Unfinished UnfinishedRun::go_on(const Candidates& candidates) const {
  constexpr std::uint32_t kGone = 0xffffffff;
  std::unordered_map<std::uint64_t, std::uint32_t> rows;
  rows.reserve(candidates.subjects.size());
  for (std::uint32_t row = 0; row < candidates.subjects.size(); ++row)
    rows.emplace(candidates.subjects[row].value, row);
  match::Unfinished out = done;
  out.compared.assign(candidates.subjects.size(), 0);
  std::vector<std::uint32_t> now(records.size(), kGone);
  for (std::size_t then = 0; then < records.size(); ++then) {
    const auto row = rows.find(records[then].first.value);
    if (row == rows.end() || candidates.prints[row->second] != records[then].second) continue;
    out.compared[row->second] = 1;
    now[then] = row->second;
  }
  for (match::Edge& edge : out.edges) {
    const std::uint32_t a = now[edge.a], b = now[edge.b];
    edge.a = std::min(a, b);
    edge.b = std::max(a, b);
  }
  std::erase_if(out.edges, [](const match::Edge& edge) { return edge.b == kGone; });
  return out;
}

std::optional<UnfinishedRun> UnfinishedRun::load(const std::filesystem::path& file,
                                                 const govern::Keys& keys) {
  const auto bytes = open_file(file, keys, kUnfinished);
  if (!bytes) return std::nullopt;
  ByteReader in(*bytes);
  UnfinishedRun out;
  const std::uint64_t flags = in.number();
  const double merge_from = in.real();
  out.only_new = (flags & kOnlyNew) != 0;
  if ((flags & kMerges) != 0) out.merge_from = merge_from;
  const std::string_view done = in.text();
  out.records = prints_of(in);
  auto parsed = match::parse_unfinished(done, out.records.size());
  if (!in.ok() || !parsed) return std::nullopt;
  out.done = std::move(*parsed);
  return out;
}

Result<void> UnfinishedRun::save(const std::filesystem::path& file, const govern::Keys& keys) const {
  std::string bytes;
  put(bytes, (only_new ? kOnlyNew : 0) | (merge_from ? kMerges : 0));
  put(bytes, merge_from.value_or(0));
  put(bytes, std::string_view(to_bytes(done)));
  put_all(bytes, records);
  return write_file(file, crypto::seal(key_of(keys, kUnfinished), bytes, kUnfinished));
}

}  // namespace zhike::profile
