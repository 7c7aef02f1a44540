#include "warehouse/native.h"

namespace zhike::warehouse {

std::string write_native(std::uint64_t rows, std::span<const NativeColumn* const> columns) {
  std::size_t bytes = 32;
  for (const NativeColumn* c : columns) bytes += c->bytes() + c->name_.size() + c->type_.size() + 4;
  std::string out;
  out.reserve(bytes);
  NativeColumn::put_length(out, columns.size());
  NativeColumn::put_length(out, rows);
  for (const NativeColumn* c : columns) {
    NativeColumn::put_text(out, c->name_);
    NativeColumn::put_text(out, c->type_);
    out += c->head_;
    out += c->body_;
    out += c->tail_;
  }
  return out;
}

}  // namespace zhike::warehouse
