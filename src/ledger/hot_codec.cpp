// Format. Numbers are varints (LEB128), signed ones zigzag, texts a length and their bytes.
//   profile  version byte (1 to 4), first_seen, events, orders, spend (from 3: count, then currency in three
//            bytes, amount and first event; before: amount and currency as a text), unit, units, channels,
//            three floats (little endian: nps, csat, ces), before 4: traits (key, value, source, at) and
//            identifiers, which are passed over; block; from 2: the times of unit, nps, csat and ces, of
//            those that are there, from first_seen on
//   recent   version byte (1 or 2), count, then per interaction, newest first: at and event id as differences
//            to the one before, kind, amount (2: where it is not 0, its currency in three bytes), score (0,
//            or 1 and a float); at most 43 bytes each
#include "ledger/hot_codec.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace zhike::ledger {
namespace {

constexpr unsigned char kProfileVersion = 4, kWithoutTraits = 4, kWithSpends = 3, kWithTimes = 2;
constexpr unsigned char kRecentVersion = 2;

class Writer {
 public:
  void number(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) bytes_.push_back(static_cast<char>(v | 0x80));
    bytes_.push_back(static_cast<char>(v));
  }
  void whole(std::int64_t v) {
    number(static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63));
  }
  void real(float v) {
    const auto bits = std::bit_cast<std::uint32_t>(v);
    for (int shift = 0; shift < 32; shift += 8) bytes_.push_back(static_cast<char>(bits >> shift));
  }
  void byte(unsigned char v) { bytes_.push_back(static_cast<char>(v)); }
  void text(std::string_view v) {
    number(v.size());
    bytes_.append(v);
  }
  void currency(const Currency& v) { bytes_.append(v.code.data(), v.code.size()); }
  void texts(std::span<const std::string> list) {
    number(list.size());
    for (const std::string& entry : list) text(entry);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// After the first mistake every read answers nothing, and good() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const unsigned char b = byte();
      v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if ((b & 0x80) == 0) return v;
    }
    good_ = false;
    return 0;
  }
  std::int64_t whole() {
    const std::uint64_t v = number();
    return static_cast<std::int64_t>(v >> 1 ^ (0 - (v & 1)));
  }
  float real() {
    std::uint32_t bits = 0;
    for (int shift = 0; shift < 32; shift += 8) bits |= static_cast<std::uint32_t>(byte()) << shift;
    return std::bit_cast<float>(bits);
  }
  unsigned char byte() {
    if (rest_.empty()) {
      good_ = false;
      return 0;
    }
    const auto b = static_cast<unsigned char>(rest_[0]);
    rest_.remove_prefix(1);
    return b;
  }
  std::string text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) {
      good_ = false;
      return {};
    }
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }
  Currency currency() {
    Currency out;
    for (char& c : out.code) c = static_cast<char>(byte());
    return out;
  }
  /// A count of entries that each take at least one byte.
  std::size_t count() {
    const std::uint64_t n = number();
    if (n <= rest_.size()) return static_cast<std::size_t>(n);
    good_ = false;
    return 0;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> out(count());
    for (std::string& entry : out) entry = text();
    return out;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool all_read() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

/// The values that have a time, each with it.
template <class Profile, class Use>
void each_time(Profile& p, Use use) {
  if (!p.unit.empty()) use(p.unit_at);
  if (p.nps >= 0) use(p.nps_at);
  if (p.csat >= 0) use(p.csat_at);
  if (p.ces >= 0) use(p.ces_at);
}

/// At most `size_max` bytes, not cutting a UTF-8 character.
std::string_view shortened(std::string_view text, std::size_t size_max) {
  if (text.size() <= size_max) return text;
  while (size_max > 0 && (static_cast<unsigned char>(text[size_max]) & 0xc0) == 0x80) --size_max;
  return text.substr(0, size_max);
}

// Sorted, and of too many the first: the same whatever came first, and whoever was merged with whom.
void unite(std::vector<std::string>& base, std::span<const std::string> more) {
  for (const std::string& entry : more) {
    const std::string_view kept = shortened(entry, kTextMax);
    const auto at =
        std::ranges::lower_bound(base, kept, {}, [](const auto& e) { return std::string_view(e); });
    if (at != base.end() && *at == kept) continue;
    base.emplace(at, kept);
    if (base.size() > kListMax) base.pop_back();
  }
}

// Both newest first. Most often one interaction, and newer than all.
void add_recent(std::vector<Interaction>& base, std::span<const Interaction> more) {
  const auto place = [](const Interaction& i) { return std::pair(i.at, i.event_id); };
  for (const Interaction& one : more) {
    const auto at = std::ranges::find_if(base, [&](const auto& kept) { return place(kept) <= place(one); });
    if (at != base.end() && at->event_id == one.event_id) continue;  // a repeat
    if (base.size() < kInteractionsKept) {
      base.insert(at, one);
    } else if (at != base.end()) {
      std::move_backward(at, base.end() - 1, base.end());
      *at = one;
    }
  }
}

std::int64_t saturated_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

// The same whatever came first, and whoever was merged with whom.
void add_spend(std::vector<Spend>& base, std::span<const Spend> more) {
  for (const Spend& spend : more) {
    const auto at = std::ranges::find(base, spend.currency, &Spend::currency);
    if (at == base.end()) {
      base.push_back(spend);
      continue;
    }
    at->minor = saturated_sum(at->minor, spend.minor);
    at->first_event = std::min(at->first_event, spend.first_event);
  }
  std::ranges::sort(base, {}, [](const Spend& s) { return std::pair(s.first_event, s.currency.code); });
  if (base.size() > kCurrenciesKept) base.resize(kCurrenciesKept);
}

void pass_traits(Reader& in) {
  for (std::size_t left = in.count(); left > 0 && in.good(); --left) {
    (void)in.text();
    (void)in.text();
    (void)in.number();
    (void)in.whole();
  }
  (void)in.texts();  // identifiers
}

void read_spend(Reader& in, unsigned char version, std::vector<Spend>& out) {
  out.clear();
  if (version >= kWithSpends) {
    const std::size_t count = in.count();
    for (std::size_t i = 0; i < count && in.good(); ++i) {
      Spend& spend = out.emplace_back();
      spend.currency = in.currency();
      spend.minor = in.whole();
      spend.first_event = in.number();
    }
    return;
  }
  const std::int64_t minor = in.whole();
  if (const auto currency = parse_currency(in.text())) out.push_back({*currency, minor, 0});
}

}  // namespace

std::string encode_profile(const HotProfile& p) {
  Writer out;
  out.byte(kProfileVersion);
  out.whole(p.first_seen.ms);
  out.number(p.events);
  out.number(p.orders);
  out.number(p.spend.size());
  for (const Spend& spend : p.spend) {
    out.currency(spend.currency);
    out.whole(spend.minor);
    out.number(spend.first_event);
  }
  out.text(p.unit);
  out.texts(p.units);
  out.texts(p.channels);
  out.real(p.nps);
  out.real(p.csat);
  out.real(p.ces);
  out.number(p.block);
  each_time(p, [&](const Instant& at) { out.whole(at.ms - p.first_seen.ms); });
  return out.take();
}

std::string encode_recent(std::span<const Interaction> recent) {
  Writer out;
  out.byte(kRecentVersion);
  out.number(recent.size());
  std::uint64_t at = 0, event = 0;  // unsigned: differences may wrap
  for (const Interaction& i : recent) {
    out.whole(static_cast<std::int64_t>(static_cast<std::uint64_t>(i.at.ms) - at));
    out.whole(static_cast<std::int64_t>(i.event_id - event));
    out.number(i.kind);
    out.whole(i.amount_minor);
    if (i.amount_minor != 0) out.currency(i.currency);
    out.byte(i.score < 0 ? 0 : 1);
    if (i.score >= 0) out.real(i.score);
    at = static_cast<std::uint64_t>(i.at.ms);
    event = i.event_id;
  }
  return out.take();
}

Result<void> decode_profile(std::string_view bytes, HotProfile& out) {
  Reader in(bytes);
  const unsigned char version = in.byte();
  if (version == 0 || version > kProfileVersion) return fail(Code::kBadRecord, "hot profile");
  out.first_seen = {in.whole()};
  out.events = in.number();
  out.orders = in.number();
  read_spend(in, version, out.spend);
  out.unit = in.text();
  out.units = in.texts();
  out.channels = in.texts();
  out.nps = in.real();
  out.csat = in.real();
  out.ces = in.real();
  if (version < kWithoutTraits) pass_traits(in);
  out.block = in.number();
  each_time(out, [&](Instant& at) {
    at = version < kWithTimes ? out.last_seen : Instant{out.first_seen.ms + in.whole()};
  });
  std::ranges::sort(out.units);  // earlier versions kept their order
  std::ranges::sort(out.channels);
  if (!in.all_read()) return fail(Code::kBadRecord, "hot profile");
  return {};
}

Result<void> decode_recent(std::string_view bytes, HotProfile& out) {
  Reader in(bytes);
  const unsigned char version = in.byte();
  if (version == 0 || version > kRecentVersion) return fail(Code::kBadRecord, "hot interactions");
  const std::size_t count = in.count();
  std::uint64_t at = 0, event = 0;
  out.recent.clear();
  out.recent.reserve(count);
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    Interaction& one = out.recent.emplace_back();
    at += static_cast<std::uint64_t>(in.whole());
    event += static_cast<std::uint64_t>(in.whole());
    one.at = {static_cast<std::int64_t>(at)};
    one.event_id = event;
    one.kind = static_cast<std::uint32_t>(in.number());
    one.amount_minor = in.whole();
    if (version == kRecentVersion && one.amount_minor != 0) one.currency = in.currency();
    if (in.byte() != 0) one.score = in.real();
  }
  if (!in.all_read()) return fail(Code::kBadRecord, "hot interactions");
  return {};
}

void add_profile(HotProfile& base, const HotProfile& more) {
  if (base.first_seen.ms == 0 || (more.first_seen.ms != 0 && more.first_seen < base.first_seen))
    base.first_seen = more.first_seen;
  base.last_seen = std::max(base.last_seen, more.last_seen);
  base.events += more.events;
  base.orders += more.orders;
  add_spend(base.spend, more.spend);
  if (!more.unit.empty() && (base.unit.empty() || more.unit_at >= base.unit_at)) {
    base.unit = more.unit;
    base.unit_at = more.unit_at;
  }
  unite(base.units, more.units);
  unite(base.channels, more.channels);
  const auto answer = [](float& kept, Instant& kept_at, float given, Instant given_at) {
    if (given >= 0 && (kept < 0 || given_at >= kept_at)) kept = given, kept_at = given_at;
  };
  answer(base.nps, base.nps_at, more.nps, more.nps_at);
  answer(base.csat, base.csat_at, more.csat, more.csat_at);
  answer(base.ces, base.ces_at, more.ces, more.ces_at);
  add_recent(base.recent, more.recent);
  base.block = std::max(base.block, more.block);
}

std::uint64_t unit_mask(std::span<const std::string> units) {
  std::uint64_t mask = 0;
  for (const std::string& unit : units) {
    std::uint64_t hash = 1469598103934665603ULL;  // FNV-1a: stored, so it must never change
    for (const char c : unit) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    mask |= 1ULL << (hash >> 58);
  }
  return mask;
}

}  // namespace zhike::ledger
