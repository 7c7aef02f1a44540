#include "govern/keys.h"

#include <cstdlib>
#include <cstring>

#include "base/file.h"

namespace zhike::govern {
namespace {

constexpr const char* kVariable = "ZHIKE_MASTER_KEY";

int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

/// Base64 of exactly a key, either alphabet, with or without padding.
Result<crypto::Key> decode_key(std::string_view text) {
  while (!text.empty() && (text.back() == '=' || text.back() == '\n')) text.remove_suffix(1);
  crypto::Key key;
  if (text.size() != 43) return fail(Code::kKeyMissing, "{} is not 32 bytes in base64", kVariable);
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t at = 0;
  for (const char c : text) {
    const int value = digit(c);
    if (value < 0) return fail(Code::kKeyMissing, "{} is not base64", kVariable);
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    key.bytes[at++] = static_cast<unsigned char>(bits >> held & 0xff);
  }
  return key;
}

std::string subject_context(SubjectId subject) { return "subject/" + subject.str(); }

std::string_view view(const crypto::Key& key) {
  return {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()};
}

}  // namespace

Result<std::unique_ptr<Keys>> Keys::open(const std::filesystem::path& folder) {
  crypto::Key master;
  if (const char* given = std::getenv(kVariable); given != nullptr && *given != '\0') {
    CX_TRY(master, decode_key(given));
    return std::unique_ptr<Keys>(new Keys(master));
  }
  const std::filesystem::path path = folder / "master.key";
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    CX_TRY(const std::string bytes, read_file(path));
    if (bytes.size() != master.bytes.size())
      return fail(Code::kKeyMissing, "{} has {} bytes instead of {}", path.string(), bytes.size(),
                  master.bytes.size());
    std::memcpy(master.bytes.data(), bytes.data(), bytes.size());
    return std::unique_ptr<Keys>(new Keys(master));
  }
  // Only an empty folder gets a new key: beside other keys a missing one was lost, and a new one would make
  // what it sealed unreadable without a word.
  std::filesystem::create_directories(folder, error);
  if (!std::filesystem::is_empty(folder, error) || error)
    return fail(Code::kKeyMissing, "{} is not there, but {} is not empty", path.string(), folder.string());
  master = crypto::random_key();
  CX_TRY(write_file(path, view(master), 0600));
  return std::unique_ptr<Keys>(new Keys(master));
}

crypto::Key Keys::day(std::int32_t utc_day) const {
  return crypto::derive(master_, fmt::format("day/{}", utc_day));
}
crypto::Key Keys::identifiers() const { return crypto::derive(master_, "identifiers/1"); }
crypto::Key Keys::audit() const { return crypto::derive(master_, "audit/1"); }
crypto::Key Keys::search() const { return crypto::derive(master_, "search/1"); }
crypto::Key Keys::write_keys() const { return crypto::derive(master_, "write_keys/1"); }
crypto::Key Keys::idempotency() const { return crypto::derive(master_, "idempotency/1"); }
crypto::Key Keys::connectors() const { return crypto::derive(master_, "connectors/1"); }
crypto::Key Keys::surveys() const { return crypto::derive(master_, "surveys/1"); }
crypto::Key Keys::complaints() const { return crypto::derive(master_, "complaints/1"); }

Keys::SubjectKey Keys::make_subject_key(SubjectId subject) const {
  SubjectKey out{.key = crypto::random_key(), .wrapped = {}};
  out.wrapped = crypto::seal(wrapping_, view(out.key), subject_context(subject));
  return out;
}

Result<crypto::Key> Keys::unwrap_subject_key(SubjectId subject, std::string_view wrapped) const {
  CX_TRY(const std::string bytes, crypto::open(wrapping_, wrapped, subject_context(subject)));
  crypto::Key key;
  if (bytes.size() != key.bytes.size()) return fail(Code::kSealBroken, "key of {} bytes", bytes.size());
  std::memcpy(key.bytes.data(), bytes.data(), bytes.size());
  return key;
}

}  // namespace zhike::govern
