#include "warehouse/native_reader.h"

#include <algorithm>
#include <utility>

namespace zhike::warehouse {
namespace {

/// Bytes of one value; 0: a text.
std::size_t width_of(std::string_view type) {
  if (type == "String") return 0;
  if (type == "UInt8") return 1;
  return type.ends_with("32") ? 4 : 8;
}

}  // namespace

bool NativeReader::read_length(std::size_t& at, std::uint64_t& out) const {
  out = 0;
  for (unsigned shift = 0; at < bytes_.size() && shift <= 56; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes_[at++]);
    out |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return true;
  }
  return false;
}

bool NativeReader::read_text(std::size_t& at, std::string_view& out) const {
  std::uint64_t size = 0;
  if (!read_length(at, size) || bytes_.size() - at < size) return false;
  out = std::string_view(bytes_).substr(at, size);
  at += size;
  return true;
}

NativeReader::Head NativeReader::read_head() {
  std::size_t at = 0;
  std::uint64_t columns = 0;
  if (!read_length(at, columns)) return Head::kCut;
  if (columns != types_.size()) return Head::kStrange;
  if (!read_length(at, rows_)) return Head::kCut;
  at_ = at;
  return Head::kRead;
}

NativeReader::Head NativeReader::read_column_head(std::string_view type) {
  std::size_t at = at_;
  std::string_view name, written;
  if (!read_text(at, name) || !read_text(at, written)) return Head::kCut;
  if (written != type) return Head::kStrange;
  at_ = at;
  return Head::kRead;
}

bool NativeReader::skip_texts() {
  for (; texts_ < rows_; ++texts_) {
    std::size_t at = at_;
    std::string_view text;
    if (!read_text(at, text)) return false;
    at_ = at;
  }
  return true;
}

/// Goes on where it stopped: what was read of a block is not read again with each further piece.
bool NativeReader::find_block() {
  const auto is_read = [&](Head head) {
    is_strange_ = is_strange_ || head == Head::kStrange;
    return head == Head::kRead;
  };
  if (bytes_.empty()) return false;
  if (!has_head_) has_head_ = is_read(read_head());
  if (!has_head_) return false;
  for (; columns_ < types_.size(); ++columns_, is_open_ = false) {
    const std::string_view type = types_[columns_];
    if (!is_open_) is_open_ = is_read(read_column_head(type));
    if (!is_open_) return false;
    if (texts_ == 0 || width_of(type) != 0) starts_[columns_] = at_;
    if (const std::size_t width = width_of(type); width != 0) {
      if ((bytes_.size() - at_) / width < rows_) return false;
      at_ += rows_ * width;
    } else {
      if (!skip_texts()) return false;
      texts_ = 0;
    }
  }
  return true;
}

void NativeReader::next_block() {
  bytes_.erase(0, at_);
  at_ = columns_ = 0;
  rows_ = texts_ = 0;
  has_head_ = is_open_ = false;
}

}  // namespace zhike::warehouse
