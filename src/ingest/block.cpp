// Format: "ZKB5", 16 bytes of fingerprint over the rest, then one LZ4 frame of what encode() writes in its
// order. Earlier: "ZKB4": not packed; "ZKB3": changes hold traits, too, which are passed over; "ZKB2": and
// amounts of one currency for each customer; "ZKB1": and its events are RowBinary.
#include "ingest/block.h"

#include <lz4frame.h>

#include <cstring>
#include <memory>

#include "base/crypto.h"
#include "base/file.h"
#include "ingest/wire.h"

namespace zhike::ingest {
namespace {

enum Version : std::uint8_t { kOfRows = 1, kOfOneCurrency = 2, kOfTraits = 3, kUnpacked = 4, kNewest = 5 };
constexpr std::string_view kMagic = "ZKB", kMagicNewest = "ZKB5";
constexpr std::size_t kFingerprintBytes = 16, kHeadBytes = kMagicNewest.size() + kFingerprintBytes;

std::string fingerprint_bytes(std::string_view body) {
  const crypto::Hash128 hash = crypto::fingerprint(body);
  std::string out(16, '\0');
  std::memcpy(out.data(), &hash.high, 8);
  std::memcpy(out.data() + 8, &hash.low, 8);
  return out;
}

/// One frame made piece by piece. A block has some 300 bytes an event, mostly columns that pack well: what
/// goes to the disk before the commit is a fraction of it.
class Packer {
 public:
  explicit Packer(std::string& out) : out_(out) {
    LZ4F_cctx* context = nullptr;
    check(LZ4F_createCompressionContext(&context, LZ4F_VERSION));
    context_.reset(context);
    const std::size_t head = make_room(LZ4F_HEADER_SIZE_MAX);
    grow(head, LZ4F_compressBegin(context, out_.data() + head, LZ4F_HEADER_SIZE_MAX, &kPreferences));
  }
  void add(std::string_view plain) {
    for (; !plain.empty(); plain.remove_prefix(std::min(plain.size(), kPiece))) {
      const std::string_view piece = plain.substr(0, kPiece);
      const std::size_t bound = LZ4F_compressBound(piece.size(), &kPreferences), at = make_room(bound);
      grow(at,
           LZ4F_compressUpdate(context_.get(), out_.data() + at, bound, piece.data(), piece.size(), nullptr));
    }
  }
  /// What was written so far; the writer goes on empty.
  void drain(WireWriter& w) { add(w.take()); }
  void finish() {
    const std::size_t bound = LZ4F_compressBound(0, &kPreferences), at = make_room(bound);
    grow(at, LZ4F_compressEnd(context_.get(), out_.data() + at, bound, nullptr));
  }

 private:
  struct Free {
    void operator()(LZ4F_cctx* context) const { LZ4F_freeCompressionContext(context); }
  };
  static constexpr std::size_t kPiece = 1U << 20U;
  static constexpr LZ4F_preferences_t kPreferences{.frameInfo = {.blockSizeID = LZ4F_max1MB,
                                                                 .blockMode = LZ4F_blockIndependent,
                                                                 .contentChecksumFlag = {},
                                                                 .frameType = {},
                                                                 .contentSize = {},
                                                                 .dictID = {},
                                                                 .blockChecksumFlag = {}},
                                                   .compressionLevel = {},
                                                   .autoFlush = {},
                                                   .favorDecSpeed = {},
                                                   .reserved = {}};
  static std::size_t check(std::size_t made) {
    cx_check(LZ4F_isError(made) == 0, "LZ4 has all the room it asked for");
    return made;
  }
  std::size_t make_room(std::size_t bytes) {
    const std::size_t at = out_.size();
    out_.resize(at + bytes);
    return at;
  }
  void grow(std::size_t at, std::size_t made) { out_.resize(at + check(made)); }

  std::string& out_;
  std::unique_ptr<LZ4F_cctx, Free> context_;
};

/// What a frame holds; none: it is no whole frame. The fingerprint was right, so its sizes are ours.
std::optional<std::string> unpacked(std::string_view frame) {
  LZ4F_dctx* made = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)) != 0) return std::nullopt;
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> context(
      made, &LZ4F_freeDecompressionContext);
  std::string out;
  for (std::size_t wants = 1; wants != 0;) {
    constexpr std::size_t kRoom = 1U << 20U;
    const std::size_t at = out.size();
    out.resize(at + kRoom);
    std::size_t put = kRoom, taken = frame.size();
    wants = LZ4F_decompress(context.get(), out.data() + at, &put, frame.data(), &taken, nullptr);
    out.resize(at + put);
    frame.remove_prefix(taken);
    if (LZ4F_isError(wants) != 0 || (wants != 0 && put == 0 && taken == 0)) return std::nullopt;
  }
  if (!frame.empty()) return std::nullopt;
  return out;
}

void write_texts(WireWriter& w, const std::vector<std::string>& texts) {
  w.number(texts.size());
  for (const std::string& t : texts) w.text(t);
}
std::vector<std::string> read_texts(WireReader& r) {
  std::vector<std::string> out(r.count());
  for (std::string& t : out) t = r.text();
  return out;
}

void write_currency(WireWriter& w, const Currency& currency) { w.text(currency.str()); }
Currency read_currency(WireReader& r) {
  const auto currency = parse_currency(r.text());
  return currency ? *currency : Currency{};
}

void write_profile(WireWriter& w, const ledger::HotProfile& p) {
  w.signed_number(p.first_seen.ms);
  w.signed_number(p.last_seen.ms);
  w.number(p.events);
  w.number(p.orders);
  w.number(p.spend.size());
  for (const ledger::Spend& spend : p.spend) {
    write_currency(w, spend.currency);
    w.signed_number(spend.minor);
    w.number(spend.first_event);
  }
  w.text(p.unit);
  write_texts(w, p.units);
  write_texts(w, p.channels);
  for (const float score : {p.nps, p.csat, p.ces}) w.f32(score);
  w.number(p.recent.size());
  for (const ledger::Interaction& i : p.recent) {
    w.signed_number(i.at.ms);
    w.number(i.event_id);
    w.number(i.kind);
    w.signed_number(i.amount_minor);
    write_currency(w, i.currency);
    w.f32(i.score);
  }
}

std::vector<ledger::Spend> read_spend(WireReader& r, Version version) {
  std::vector<ledger::Spend> out;
  if (version <= kOfOneCurrency) {
    const std::int64_t minor = r.signed_number();
    if (const Currency currency = read_currency(r); currency.is_set()) out.push_back({currency, minor, 0});
    return out;
  }
  out.resize(r.count());
  for (ledger::Spend& spend : out) {
    spend.currency = read_currency(r);
    spend.minor = r.signed_number();
    spend.first_event = r.number();
  }
  return out;
}

void pass_traits(WireReader& r) {
  for (std::size_t left = r.count(); left > 0 && r.ok(); --left) {
    (void)r.text();
    (void)r.text();
    (void)r.number();
    (void)r.signed_number();
  }
  (void)read_texts(r);  // identifiers
}

ledger::HotProfile read_profile(WireReader& r, Version version) {
  ledger::HotProfile p;
  p.first_seen.ms = r.signed_number();
  p.last_seen.ms = r.signed_number();
  p.events = r.number();
  p.orders = r.number();
  p.spend = read_spend(r, version);
  p.unit = r.text();
  p.units = read_texts(r);
  p.channels = read_texts(r);
  for (float* score : {&p.nps, &p.csat, &p.ces}) *score = r.f32();
  if (version <= kOfTraits) pass_traits(r);
  p.recent.resize(r.count());
  for (ledger::Interaction& i : p.recent) {
    i.at.ms = r.signed_number();
    i.event_id = r.number();
    i.kind = static_cast<std::uint32_t>(r.number());
    i.amount_minor = r.signed_number();
    if (version > kOfOneCurrency) i.currency = read_currency(r);
    i.score = r.f32();
  }
  return p;
}

void encode(const Block& b, Packer& packer) {
  WireWriter w;
  const auto large = [&](std::string_view text) {  // not copied
    w.number(text.size());
    packer.drain(w);
    packer.add(text);
  };
  w.number(b.record.id.value);
  for (const identity::JournalPlace& place : {b.record.from, b.record.to}) {
    w.number(place.segment);
    w.number(place.offset);
  }
  w.number(b.record.rows);
  w.number(b.record.mark);
  w.signed_number(b.record.created_at.ms);
  large(b.rows);
  large(b.map_rows);
  w.number(b.merges.size());
  for (const ledger::HotMerge& m : b.merges) {
    w.number(m.survivor.value);
    w.number(m.absorbed.value);
  }
  w.number(b.changes.size());
  for (const ledger::HotChange& c : b.changes) {
    w.number(c.customer.value);
    write_profile(w, c.add);
  }
  w.number(b.counts.size());
  for (const SourceCounts& c : b.counts) {
    w.number(c.source.value);
    w.signed_number(c.minute.ms);
    w.number(c.by_reason.size());
    for (const auto& [reason, n] : c.by_reason) {
      w.u8(static_cast<std::uint8_t>(reason));
      w.number(n);
    }
  }
  w.number(b.rejects.size());
  for (const SealedReject& r : b.rejects) {
    w.number(r.source.value);
    w.u8(static_cast<std::uint8_t>(r.reason));
    w.signed_number(r.received_at.ms);
    w.text(r.detail);
    w.text(r.origin);
    w.text(r.sealed);
  }
  large(b.item_rows);
  for (const SealedReject& r : b.rejects) w.text(r.name);
  for (const ledger::HotChange& c : b.changes)
    for (const Instant at : {c.add.unit_at, c.add.nps_at, c.add.csat_at, c.add.ces_at})
      w.signed_number(at.ms);
  w.number(b.rebuilds.size());
  for (const identity::Rebuild& rebuild : b.rebuilds) {
    w.number(rebuild.customer.value);
    w.number(rebuild.subjects.size());
    for (const SubjectId subject : rebuild.subjects) w.number(subject.value);
  }
  packer.drain(w);
}

/// What was added to the format by and by: files of earlier versions end before.
void read_additions(WireReader& r, Block& b) {
  if (r.rest().empty()) return;
  b.item_rows = r.text();
  if (r.rest().empty()) return;
  for (SealedReject& reject : b.rejects) reject.name = r.text();
  if (r.rest().empty()) {
    for (ledger::HotChange& c : b.changes)
      c.add.unit_at = c.add.nps_at = c.add.csat_at = c.add.ces_at = c.add.last_seen;
    return;
  }
  for (ledger::HotChange& c : b.changes)
    for (Instant* at : {&c.add.unit_at, &c.add.nps_at, &c.add.csat_at, &c.add.ces_at})
      at->ms = r.signed_number();
  b.rebuilds.resize(r.count());
  for (identity::Rebuild& rebuild : b.rebuilds) {
    rebuild.customer.value = r.number();
    rebuild.subjects.resize(r.count());
    for (SubjectId& subject : rebuild.subjects) subject.value = r.number();
  }
}

void read_counts(WireReader& r, Block& b) {
  b.counts.resize(r.count());
  for (SourceCounts& c : b.counts) {
    c.source.value = r.number();
    c.minute.ms = r.signed_number();
    const std::size_t reasons = r.count();
    for (std::size_t i = 0; i < reasons && r.ok(); ++i) {
      const auto reason = static_cast<Reason>(r.u8());
      c.by_reason[reason] = r.number();
    }
  }
}

void read_rejects(WireReader& r, Block& b) {
  b.rejects.resize(r.count());
  for (SealedReject& reject : b.rejects) {
    reject.source.value = r.number();
    reject.reason = static_cast<Reason>(r.u8());
    reject.received_at.ms = r.signed_number();
    reject.detail = r.text();
    reject.origin = r.text();
    reject.sealed = r.text();
  }
}

}  // namespace

std::filesystem::path block_file(const std::filesystem::path& folder, BlockId block) {
  return folder / fmt::format("{:012}.block", block.value);
}

Result<void> write_block(const std::filesystem::path& file, const Block& block) {
  std::string bytes(kMagicNewest);
  bytes.append(kFingerprintBytes, '\0');
  Packer packer(bytes);
  encode(block, packer);
  packer.finish();
  const std::string_view body = std::string_view(bytes).substr(kHeadBytes);
  bytes.replace(kMagicNewest.size(), kFingerprintBytes, fingerprint_bytes(body));
  return write_file(file, bytes);
}

Result<Block> read_block(const std::filesystem::path& file) {
  const auto damaged = [&](std::string_view what) {
    return fail(Code::kBlockDamaged, "{}: {}", file.string(), what);
  };
  const auto whole = read_file(file);
  if (!whole) return fail(Code::kBlockDamaged, "{}", whole.error().detail);
  const std::string& bytes = *whole;
  const int version =
      bytes.size() < kHeadBytes || !bytes.starts_with(kMagic) ? 0 : bytes[kMagic.size()] - '0';
  if (version < kOfRows || version > kNewest) return damaged("this is no block");
  std::string_view body = std::string_view(bytes).substr(kHeadBytes);
  if (fingerprint_bytes(body) != std::string_view(bytes).substr(kMagicNewest.size(), kFingerprintBytes))
    return damaged("its bytes are not those that were written");
  std::optional<std::string> plain;
  if (version > kUnpacked) {
    plain = unpacked(body);
    if (!plain) return damaged("it cannot be unpacked");
    body = *plain;
  }
  WireReader r(body);
  Block b;
  b.record.id.value = r.number();
  for (identity::JournalPlace* place : {&b.record.from, &b.record.to}) {
    place->segment = r.number();
    place->offset = r.number();
  }
  b.record.rows = r.number();
  b.record.mark = r.number();
  b.record.created_at.ms = r.signed_number();
  b.rows = r.text();
  if (version == kOfRows) b.rows_format = "RowBinary";
  b.map_rows = r.text();
  b.merges.resize(r.count());
  for (ledger::HotMerge& m : b.merges) {
    m.survivor.value = r.number();
    m.absorbed.value = r.number();
  }
  b.changes.resize(r.count());
  for (ledger::HotChange& c : b.changes) {
    c.customer.value = r.number();
    c.add = read_profile(r, static_cast<Version>(version));
    c.add.customer = c.customer;
  }
  read_counts(r, b);
  read_rejects(r, b);
  read_additions(r, b);
  if (!r.ok() || !r.rest().empty()) return damaged("its parts do not fit together");
  return b;
}

}  // namespace zhike::ingest
