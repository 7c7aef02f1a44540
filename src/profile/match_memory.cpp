#include "profile/match_memory.h"

#include <algorithm>
#include <cstring>

#include "base/file.h"

namespace zhike::profile {
namespace {

constexpr std::string_view kContext = "matching/1";  // also the version of the format

crypto::Key key_of(const govern::Keys& keys) { return crypto::derive(keys.search(), kContext); }

void put(std::string& out, std::uint64_t number) {
  char bytes[8];
  std::memcpy(bytes, &number, 8);
  out.append(bytes, 8);
}

std::uint64_t take(std::string_view& in) {
  std::uint64_t out = 0;
  std::memcpy(&out, in.data(), 8);
  in.remove_prefix(8);
  return out;
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
  const auto sealed = read_file(file);
  if (!sealed) return std::nullopt;
  const auto bytes = crypto::open(key_of(keys), *sealed, kContext);
  if (!bytes || bytes->size() < 8) return std::nullopt;
  std::string_view rest = *bytes;
  const std::uint64_t length = take(rest);
  if (length > rest.size() || (rest.size() - length) % 16 != 0) return std::nullopt;
  MatchMemory out{.model = std::string(rest.substr(0, length)), .prints = {}};
  rest.remove_prefix(length);
  out.prints.reserve(rest.size() / 16);
  while (!rest.empty()) {
    const SubjectId subject{take(rest)};
    out.prints.emplace_back(subject, take(rest));
  }
  return out;
}

Result<void> MatchMemory::save(const std::filesystem::path& file, const govern::Keys& keys) const {
  std::string bytes;
  bytes.reserve(8 + model.size() + 16 * prints.size());
  put(bytes, model.size());
  bytes += model;
  for (const auto& [subject, print] : prints) {
    put(bytes, subject.value);
    put(bytes, print);
  }
  return write_file(file, crypto::seal(key_of(keys), bytes, kContext));
}

bool MatchMemory::knows(SubjectId subject, std::uint64_t print) const {
  return std::ranges::binary_search(prints, std::pair(subject, print));
}

}  // namespace zhike::profile
