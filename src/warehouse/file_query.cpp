#include "warehouse/file_query.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace zhike::warehouse {
namespace {

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kRowMax = 16U << 20;

/// In memory, so that a program that does not read holds nobody up.
Result<Fd> request_of(const FileQuery& query) {
  std::string text(query.sql);
  const auto add = [&](std::string_view part) { text.append(1, '\0').append(part); };
  Params params = query.params;
  params.set("format", query.format).set("structure", query.structure);
  for (const auto& [name, value] : params.encoded()) {
    add(name);
    add(value);
  }
  text += '\0';
  Fd out(::memfd_create("question", MFD_CLOEXEC));
  if (!out.is_open()) return fail(Code::kEngineFailed, "memfd: {}", std::strerror(errno));
  CX_TRY(write_all(out.get(), text, "memory"));
  if (::lseek(out.get(), 0, SEEK_SET) != 0) return fail(Code::kEngineFailed, "lseek");
  return out;
}

/// Takes rows of RowBinary apart.
class Rows {
 public:
  explicit Rows(const FileQuery& query) : columns_(query.columns), nullable_(query.nullable) {}

  /// How many bytes of whole rows at the front went to the sink; `enough` when it wants no more.
  Result<std::size_t> give(std::string_view bytes, const TextRowSink& sink, bool& enough) {
    std::size_t done = 0;
    while (!enough) {
      std::size_t at = done;
      cells_.clear();
      while (cells_.size() < columns_ && cell(bytes, at)) {
      }
      if (cells_.size() < columns_) break;
      CX_TRY(const bool more, sink(cells_));
      enough = !more;
      done = at;
    }
    return done;
  }

 private:
  bool cell(std::string_view bytes, std::size_t& at) {
    std::size_t from = at;
    if (nullable_) {
      if (from == bytes.size()) return false;
      if (bytes[from++] != 0) {
        cells_.emplace_back();
        at = from;
        return true;
      }
    }
    std::uint64_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (from == bytes.size() || shift > 56) return false;
      const auto byte = static_cast<unsigned char>(bytes[from++]);
      length |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) break;
    }
    if (bytes.size() - from < length) return false;
    cells_.emplace_back(bytes.substr(from, length));
    at = from + length;
    return true;
  }

  const std::size_t columns_;
  const bool nullable_;
  std::vector<std::optional<std::string_view>> cells_;
};

/// "0 Code: 47. DB::Exception: ..."
FileFailure failure_of(std::string_view words) {
  FileFailure out;
  const char* const end = words.data() + words.size();
  const auto [stop, error] = std::from_chars(words.data(), end, out.file);
  if (error == std::errc{} && stop != end)
    words.remove_prefix(static_cast<std::size_t>(stop - words.data()) + 1);
  constexpr std::string_view kCode = "Code: ";
  if (words.starts_with(kCode)) std::from_chars(words.data() + kCode.size(), end, out.code);
  out.text = std::string(words);
  return out;
}

Result<void> ended(EngineChild& child, FileFailure& failure) {
  const auto end = child.end();
  if (end.clean) return {};
  if (end.died) return fail(Code::kEngineFailed, "the reader died");
  constexpr int kMemory = 241, kTime = 159;
  failure = failure_of(end.words);
  if (failure.code == kMemory) return fail(Code::kQueryTooLarge, "memory");
  if (failure.code == kTime) return fail(Code::kQueryTooSlow, "");
  return fail(Code::kQueryFailed, "engine code {}", failure.code);
}

}  // namespace

Result<void> ask_files(const FileQuery& query, std::span<const Fd> files,
                       const std::filesystem::path& program, const EngineChild::Limits& limits,
                       const TextRowSink& sink, FileFailure& failure) {
  CX_TRY(const Fd request, request_of(query));
  const auto left =
      std::chrono::duration_cast<std::chrono::seconds>(limits.deadline - std::chrono::steady_clock::now());
  const auto seconds = std::clamp<std::int64_t>(left.count() + 1, 1, 3600);
  CX_TRY(EngineChild child, EngineChild::start(program,
                                               {"--ask", std::to_string(files.size()), "--delimiter",
                                                std::string(1, query.delimiter), "--query-memory",
                                                std::to_string(limits.memory_bytes_max), "--query-seconds",
                                                std::to_string(seconds)},
                                               request, files));
  // The library itself takes some, which it does not count.
  constexpr std::uint64_t kOwn = 256ULL << 20;
  const EngineChild::Limits outer{
      .deadline = limits.deadline,
      .memory_bytes_max = limits.memory_bytes_max == 0 ? 0 : limits.memory_bytes_max + kOwn};
  Rows rows(query);
  std::string bytes;
  for (bool enough = false; !enough;) {
    const std::size_t before = bytes.size();
    if (before > kRowMax) return fail(Code::kQueryTooLarge, "a row of more than {} MiB", kRowMax >> 20);
    bytes.resize(before + kChunk);
    const auto got = child.read({bytes.data() + before, kChunk}, outer);
    bytes.resize(before + got.value_or(0));
    if (!got) return std::unexpected(got.error());
    if (*got == 0) return ended(child, failure);
    CX_TRY(const std::size_t done, rows.give(bytes, sink, enough));
    bytes.erase(0, done);
  }
  return {};
}

}  // namespace zhike::warehouse
