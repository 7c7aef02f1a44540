// Params, RowWriter and the readers of cells: how values look on their way in and out.
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "warehouse/client.h"

namespace zhike::warehouse {
namespace {

/// The store reads parameter values as tab-separated text.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\0':
        out += "\\0";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// An element of an array: quoted, so the quote is escaped too.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : escaped(text)) {
    if (c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

template <class Number>
Number parse_or_zero(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? value : Number{};
}

template <class Number>
Number integer_of(const boost::json::value& cell) {
  if (const auto* text = cell.if_string()) return parse_or_zero<Number>({text->data(), text->size()});
  if (const auto* number = cell.if_int64()) return static_cast<Number>(*number);
  if (const auto* number = cell.if_uint64()) return static_cast<Number>(*number);
  if (const auto* number = cell.if_double()) return static_cast<Number>(*number);
  if (const auto* truth = cell.if_bool()) return *truth ? 1 : 0;
  return 0;
}

}  // namespace

Params& Params::set(std::string_view name, std::string_view value) {
  values_.emplace_back(name, escaped(value));
  return *this;
}
Params& Params::set(std::string_view name, std::int64_t value) {
  values_.emplace_back(name, std::to_string(value));
  return *this;
}
Params& Params::set(std::string_view name, std::uint64_t value) {
  values_.emplace_back(name, std::to_string(value));
  return *this;
}
Params& Params::set(std::string_view name, double value) {
  // The shortest text that reads back as the same number; inf and nan are understood too.
  char text[40];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  values_.emplace_back(name, std::string(text, end));
  return *this;
}
Params& Params::set(std::string_view name, Instant value) {
  std::string text = format_utc(value);  // 2017-07-09T21:57:05.123Z
  if (text.size() > 10) text[10] = ' ';
  if (text.ends_with('Z')) text.pop_back();
  values_.emplace_back(name, std::move(text));
  return *this;
}
Params& Params::set(std::string_view name, const std::vector<std::string>& values) {
  std::string text = "[";
  for (const std::string& value : values) text += (text.size() > 1 ? "," : "") + in_quotes(value);
  values_.emplace_back(name, text + "]");
  return *this;
}
Params& Params::set(std::string_view name, const std::vector<std::uint64_t>& values) {
  std::string text = "[";
  for (const std::uint64_t value : values) text += (text.size() > 1 ? "," : "") + std::to_string(value);
  values_.emplace_back(name, text + "]");
  return *this;
}

std::int64_t as_i64(const boost::json::value& cell) { return integer_of<std::int64_t>(cell); }
std::uint64_t as_u64(const boost::json::value& cell) { return integer_of<std::uint64_t>(cell); }

double as_double(const boost::json::value& cell) {
  if (const auto* number = cell.if_double()) return *number;
  if (const auto* number = cell.if_int64()) return static_cast<double>(*number);
  if (const auto* number = cell.if_uint64()) return static_cast<double>(*number);
  if (const auto* text = cell.if_string()) {  // quoted 64-bit numbers, decimals, "inf", "nan"
    double value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error == std::errc{}) return value;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

std::string as_text(const boost::json::value& cell) {
  if (const auto* text = cell.if_string()) return {text->data(), text->size()};
  if (const auto* number = cell.if_int64()) return std::to_string(*number);
  if (const auto* number = cell.if_uint64()) return std::to_string(*number);
  if (const auto* truth = cell.if_bool()) return *truth ? "true" : "false";
  if (const auto* number = cell.if_double()) {
    char digits[40];
    return {digits, std::to_chars(digits, digits + sizeof digits, *number).ptr};
  }
  return {};
}

namespace {
template <class Value>
void put(std::string& bytes, Value value) {  // little-endian, as every supported machine
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}
}  // namespace

void RowWriter::u8(std::uint8_t v) { put(bytes_, v); }
void RowWriter::u32(std::uint32_t v) { put(bytes_, v); }
void RowWriter::u64(std::uint64_t v) { put(bytes_, v); }
void RowWriter::i64(std::int64_t v) { put(bytes_, v); }
void RowWriter::f32(float v) { put(bytes_, v); }
void RowWriter::text(std::string_view v) {
  length(v.size());
  bytes_.append(v);
}
void RowWriter::length(std::size_t n) {
  while (n >= 0x80) {
    bytes_ += static_cast<char>((n & 0x7F) | 0x80);
    n >>= 7;
  }
  bytes_ += static_cast<char>(n);
}

}  // namespace zhike::warehouse
