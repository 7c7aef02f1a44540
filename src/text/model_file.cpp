#include "text/model_file.h"

#include <zstd.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/crypto.h"
#include "base/encoding.h"

namespace zhike::text {
namespace {

namespace json = boost::json;

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::string_view kMagic = "ZKTEXT1\n";
constexpr std::size_t kPrint = 16;
constexpr std::size_t kHeadMax = 1 << 20;
constexpr int kPacking = 19;
constexpr double kLargest = 1e6;  // of any weight, bias or temperature

void append_u32(std::string& out, std::uint32_t value) {
  std::array<char, 4> bytes{};
  std::memcpy(bytes.data(), &value, bytes.size());
  out.append(bytes.data(), bytes.size());
}

std::optional<std::uint32_t> take_u32(std::string_view& from) {
  std::uint32_t value = 0;
  if (from.size() < sizeof value) return std::nullopt;
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return value;
}

std::string print_of(std::string_view bytes) {
  const crypto::Hash128 hash = crypto::fingerprint(bytes);
  std::string out(kPrint, '\0');
  std::memcpy(out.data(), &hash.high, sizeof hash.high);
  std::memcpy(out.data() + sizeof hash.high, &hash.low, sizeof hash.low);
  return out;
}

json::array floats(const std::vector<float>& from) { return json::array(from.begin(), from.end()); }

/// As many finite numbers as there are columns.
Result<std::vector<float>> take_floats(const json::object& head, std::string_view name, std::size_t count) {
  std::vector<float> out;
  const json::value* const at = head.if_contains(name);
  if (at == nullptr || !at->is_array() || at->get_array().size() != count)
    return fail(Code::kBadTextModel, "{}", name);
  for (const json::value& value : at->get_array()) {
    boost::system::error_code wrong;
    const auto number = value.to_number<double>(wrong);
    if (wrong || !(std::abs(number) <= kLargest)) return fail(Code::kBadTextModel, "{}", name);
    out.push_back(static_cast<float>(number));
  }
  return out;
}

Result<std::string> take_text(const json::object& head, std::string_view name) {
  const json::value* const at = head.if_contains(name);
  if (at == nullptr || !at->is_string()) return fail(Code::kBadTextModel, "{}", name);
  return std::string(at->get_string());
}

Result<void> take_classes(const json::object& head, Model& out) {
  const json::value* const classes = head.if_contains("classes");
  if (classes == nullptr || !classes->is_array() || classes->get_array().size() < 2 ||
      classes->get_array().size() > kClassesMax)
    return fail(Code::kBadTextModel, "classes");
  for (const json::value& name : classes->get_array()) {
    if (!name.is_string() || !is_valid_utf8(name.get_string())) return fail(Code::kBadTextModel, "classes");
    out.classes.emplace_back(name.get_string());
  }
  return {};
}

Result<Model> take_head(std::string_view text) {
  boost::system::error_code wrong;
  const json::value parsed = json::parse(text, wrong);
  if (wrong || !parsed.is_object()) return fail(Code::kBadTextModel, "the head is no JSON object");
  const json::object& head = parsed.get_object();
  Model out;
  CX_TRY(take_classes(head, out));
  CX_TRY(const std::string language, take_text(head, "language"));
  CX_TRY(const std::string grams, take_text(head, "grams"));
  const auto known = parse_language(language);
  if (!known || (grams != "characters" && grams != "words"))
    return fail(Code::kBadTextModel, "language, grams");
  out.language = *known;
  out.grams = grams == "characters" ? Grams::kCharacters : Grams::kWords;
  const json::value* const bits = head.if_contains("bits");
  if (bits == nullptr || !bits->is_int64() || bits->get_int64() < kBitsMin || bits->get_int64() > kBitsMax)
    return fail(Code::kBadTextModel, "bits");
  out.bits = static_cast<unsigned>(bits->get_int64());
  if (out.shape().weights() > kWeightsMax)
    return fail(Code::kBadTextModel, "too many classes for its buckets");
  const std::size_t columns = out.shape().columns();
  CX_TRY(out.bias, take_floats(head, "bias", columns));
  CX_TRY(out.scale, take_floats(head, "scale", columns));
  CX_TRY(const std::vector<float> temperature, take_floats(head, "temperature", 1));
  out.temperature = temperature[0];
  if (!(out.temperature > 0)) return fail(Code::kBadTextModel, "temperature");
  const json::value* const card = head.if_contains("card");
  if (card == nullptr || !card->is_object()) return fail(Code::kBadTextModel, "card");
  out.card = card->get_object();
  return out;
}

}  // namespace

std::string to_bytes(const Model& model) {
  json::array classes(model.classes.begin(), model.classes.end());
  const std::string head =
      json::serialize(json::object{{"classes", std::move(classes)},
                                   {"language", to_string(model.language)},
                                   {"grams", model.grams == Grams::kCharacters ? "characters" : "words"},
                                   {"bits", static_cast<std::int64_t>(model.bits)},
                                   {"temperature", json::array{model.temperature}},
                                   {"bias", floats(model.bias)},
                                   {"scale", floats(model.scale)},
                                   {"card", model.card}});
  std::string body;
  append_u32(body, kFeatureVersion);
  append_u32(body, static_cast<std::uint32_t>(head.size()));
  body += head;
  std::string packed(ZSTD_compressBound(model.weights.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), model.weights.data(), model.weights.size(), kPacking);
  cx_check(ZSTD_isError(size) == 0, "weights fit their bound");
  packed.resize(size);
  body += packed;
  return std::string(kMagic) + print_of(body) + body;
}

Result<Model> parse_model(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return fail(Code::kBadTextModel, "not a text model");
  bytes.remove_prefix(kMagic.size());
  if (bytes.size() < kPrint) return fail(Code::kBadTextModel, "cut off");
  const std::string_view print = bytes.substr(0, kPrint);
  bytes.remove_prefix(kPrint);
  if (print_of(bytes) != print) return fail(Code::kBadTextModel, "damaged: its fingerprint differs");
  const auto version = take_u32(bytes);
  const auto length = take_u32(bytes);
  if (!version || !length || *length > kHeadMax || *length > bytes.size())
    return fail(Code::kBadTextModel, "cut off");
  if (*version != kFeatureVersion)
    return fail(Code::kBadTextModel, "made for features of version {}, not {}", *version, kFeatureVersion);
  CX_TRY(Model out, take_head(bytes.substr(0, *length)));
  bytes.remove_prefix(*length);
  out.weights.resize(out.shape().weights());
  const std::size_t size =
      ZSTD_decompress(out.weights.data(), out.weights.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0 || size != out.weights.size()) return fail(Code::kBadTextModel, "weights");
  return out;
}

}  // namespace zhike::text
