#include "event/codec.h"

#include <cstring>

namespace zhike {
namespace {

constexpr std::uint8_t kVersion = 1;

class Writer {
 public:
  void u8(std::uint8_t n) { out_.push_back(static_cast<char>(n)); }
  void number(std::uint64_t n) {  // LEB128
    while (n >= 0x80) {
      u8(static_cast<std::uint8_t>(n | 0x80));
      n >>= 7;
    }
    u8(static_cast<std::uint8_t>(n));
  }
  void signed_number(std::int64_t n) {  // zigzag
    number((static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63));
  }
  void text(std::string_view s) {
    number(s.size());
    out_.append(s);
  }
  template <class T>
  void fixed(T n) {
    char raw[sizeof n];
    std::memcpy(raw, &n, sizeof n);
    out_.append(raw, sizeof n);
  }
  void properties(const Properties& all) {
    number(all.size());
    for (const Property& p : all) {
      text(p.key);
      u8(static_cast<std::uint8_t>(p.value.index()));
      if (const bool* b = std::get_if<bool>(&p.value)) u8(*b ? 1 : 0);
      if (const auto* n = std::get_if<std::int64_t>(&p.value)) signed_number(*n);
      if (const double* d = std::get_if<double>(&p.value)) fixed(*d);
      if (const auto* s = std::get_if<std::string>(&p.value)) text(*s);
    }
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads with a sticky error: after the first fault every answer is empty, and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  std::uint8_t u8() {
    if (rest_.empty()) return fault();
    const auto n = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return n;
  }
  std::uint64_t number() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = u8();
      n |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return n;
    }
    return fault();
  }
  std::int64_t signed_number() {
    const std::uint64_t n = number();
    return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
  }
  std::string text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) return fault(), std::string{};
    std::string s(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return s;
  }
  template <class T>
  T fixed() {
    T n{};
    if (rest_.size() < sizeof n) return fault(), n;
    std::memcpy(&n, rest_.data(), sizeof n);
    rest_.remove_prefix(sizeof n);
    return n;
  }
  // A count of things that take at least one byte each, so that a lie cannot reserve memory.
  std::size_t count() {
    const std::uint64_t n = number();
    return n > rest_.size() ? fault() : n;
  }
  Properties properties() {
    Properties all(count());
    for (Property& p : all) {
      p.key = text();
      switch (u8()) {
        case 0:
          break;
        case 1:
          p.value = u8() != 0;
          break;
        case 2:
          p.value = signed_number();
          break;
        case 3:
          p.value = fixed<double>();
          break;
        case 4:
          p.value = text();
          break;
        default:
          fault();
      }
      if (!ok_) return {};
    }
    return all;
  }

 private:
  std::uint8_t fault() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

enum Flag : std::uint8_t { kHasAmount = 1, kHasScore = 2 };
constexpr unsigned kTraitOpShift = 2;  // above the flags, three bits

void write_event(Writer& w, const RawEvent& e) {
  w.u8(static_cast<std::uint8_t>(e.type));
  w.u8(static_cast<std::uint8_t>((e.amount ? kHasAmount : 0) | (e.score ? kHasScore : 0) |
                                 static_cast<unsigned>(e.trait_op) << kTraitOpShift));
  w.text(e.name);
  w.text(e.message_id);
  w.signed_number(e.occurred_at.ms);
  w.signed_number(e.received_at.ms);
  w.number(e.source.value);
  w.number(e.identifiers.size());
  for (const Identifier& id : e.identifiers) {
    w.u8(static_cast<std::uint8_t>(id.kind));
    w.text(id.value);
  }
  for (const std::string* s : {&e.channel, &e.unit, &e.session_id, &e.case_id, &e.instrument, &e.text})
    w.text(*s);
  if (e.amount) {
    w.signed_number(e.amount->minor);
    w.fixed(e.amount->currency.code);
  }
  if (e.score) w.fixed(*e.score);
  w.properties(e.properties);
  w.properties(e.traits);
  w.properties(e.context);
}

bool read_event(Reader& r, RawEvent& e) {
  const std::uint8_t type = r.u8(), flags = r.u8();
  if (type > static_cast<std::uint8_t>(EventType::kAlias)) return false;
  e.type = static_cast<EventType>(type);
  if (flags >> kTraitOpShift > static_cast<unsigned>(TraitOp::kDelete)) return false;
  e.trait_op = static_cast<TraitOp>(flags >> kTraitOpShift);
  e.name = r.text();
  e.message_id = r.text();
  e.occurred_at.ms = r.signed_number();
  e.received_at.ms = r.signed_number();
  e.source.value = r.number();
  e.identifiers.resize(r.count());
  for (Identifier& id : e.identifiers) {
    const std::uint8_t kind = r.u8();
    if (kind == 0 || kind > kIdentifierKindCount) return false;
    id.kind = static_cast<IdentifierKind>(kind);
    id.value = r.text();
  }
  for (std::string* s : {&e.channel, &e.unit, &e.session_id, &e.case_id, &e.instrument, &e.text})
    *s = r.text();
  if ((flags & kHasAmount) != 0) {
    Money money{r.signed_number(), {}};
    money.currency.code = r.fixed<decltype(money.currency.code)>();
    e.amount = money;
  }
  if ((flags & kHasScore) != 0) e.score = r.fixed<float>();
  e.properties = r.properties();
  e.traits = r.properties();
  e.context = r.properties();
  return r.ok();
}

}  // namespace

std::string encode(std::span<const RawEvent> events) {
  Writer w;
  w.u8(kVersion);
  w.number(events.size());
  for (const RawEvent& e : events) write_event(w, e);
  return w.take();
}

Result<std::vector<RawEvent>> decode(std::string_view bytes) {
  Reader r(bytes);
  if (r.u8() != kVersion) return fail(Code::kBadRecord, "version");
  std::vector<RawEvent> events(r.count());
  for (RawEvent& e : events)
    if (!read_event(r, e)) return fail(Code::kBadRecord, "event {} of {}", &e - events.data(), events.size());
  if (!r.ok() || !r.at_end()) return fail(Code::kBadRecord, "{} bytes left", r.left());
  return events;
}

}  // namespace zhike
