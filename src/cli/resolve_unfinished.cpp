#include "cli/resolve_unfinished.h"

#include "base/crypto.h"
#include "base/file.h"
#include "match/bytes.h"

namespace zhike::cli {
namespace {

constexpr std::string_view kMagic = "zhike resolve, unfinished/1\n";

/// A fingerprint of many bytes, a piece at a time.
class Print {
 public:
  void add(std::string_view bytes) {
    match::put(piece_, bytes);
    constexpr std::size_t kPiece = 1 << 20;
    if (piece_.size() > kPiece) fold();
  }
  template <class T>
  void add_all(std::span<const T> values) {
    add({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  }
  std::string value() {
    fold();
    return piece_;
  }

 private:
  void fold() {
    const crypto::Hash128 hash = crypto::fingerprint(piece_);
    piece_.clear();
    match::put(piece_, hash.low);
    match::put(piece_, hash.high);
  }
  std::string piece_;
};

}  // namespace

std::string print_of(const match::Table& table, std::string_view options,
                     std::span<const match::Label> taught, std::span<const std::uint32_t> known) {
  Print out;
  out.add(options);
  for (const match::Label& label : taught) {
    const std::uint32_t at[3] = {label.a, label.b, label.is_match ? 1U : 0U};
    out.add_all(std::span<const std::uint32_t>(at));
  }
  out.add_all(known);
  out.add_all(std::span<const std::uint8_t>(table.sources));
  for (const std::string& id : table.ids) out.add(id);
  for (const match::Column& column : table.columns) {
    out.add(column.name);
    for (std::uint32_t code = 0; code < column.values.size(); ++code) out.add(column.values.text(code));
    out.add_all(std::span<const std::uint32_t>(column.codes));
  }
  return out.value();
}

Result<void> save_unfinished(const std::filesystem::path& file, std::string_view print,
                             const match::Unfinished& done) {
  std::string bytes(kMagic);
  match::put(bytes, print);
  match::put(bytes, std::string_view(to_bytes(done)));
  return write_file(file, bytes);
}

std::optional<match::Unfinished> load_unfinished(const std::filesystem::path& file, std::string_view print,
                                                 std::size_t records) {
  const auto bytes = read_file(file);
  if (!bytes || !bytes->starts_with(kMagic)) return std::nullopt;
  match::ByteReader in(std::string_view(*bytes).substr(kMagic.size()));
  if (in.text() != print) return std::nullopt;
  const std::string_view done = in.text();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return match::parse_unfinished(done, records);
}

}  // namespace zhike::cli
