#include "journal/crc32c.h"
#include "journal/journal_impl.h"

namespace zhike::journal {
namespace {

class ReaderImpl final : public Journal::Reader {
 public:
  ReaderImpl(const JournalImpl& journal, Position from) : journal_(journal), at_(from) {}

  Result<std::optional<Record>> next() override {
    if (at_.offset >= limit_ || !window_) {
      CX_TRY(const auto bounds, journal_.bounds(at_));
      if (!bounds) return std::nullopt;
      CX_TRY(enter(*bounds));
    }
    CX_TRY(const std::string_view head, window_->read(at_.offset, kRecordHeaderBytes, limit_));
    const std::optional<RecordHeader> header = decode_record_header(head, at_);
    if (!header) return corrupt("no record header");
    const std::uint64_t end = at_.offset + kRecordHeaderBytes + header->sealed_bytes;
    if (end > limit_) return corrupt("a record beyond the end of its segment");
    CX_TRY(const std::string_view sealed,
           window_->read(at_.offset + kRecordHeaderBytes, header->sealed_bytes, limit_));
    if (sealed.size() != header->sealed_bytes || crc32c(sealed) != header->sealed_crc)
      return corrupt("checksum");
    Result<std::string> payload = crypto::open(key_, sealed, seal_context(at_));
    if (!payload) return corrupt("it does not open with the key of its day");
    Record record{.at = at_, .next = {at_.segment, end}, .payload = std::move(*payload)};
    at_ = record.next;
    return record;
  }

  bool wait(Millis longest) override { return journal_.wait_beyond(at_, longest); }

 private:
  Result<void> enter(const JournalImpl::Bounds& bounds) {
    if (!window_ || bounds.at.segment != at_.segment) {
      CX_TRY(key_, journal_.options().key(bounds.utc_day));
      CX_TRY(window_, Window::open(segment_path(journal_.options().folder, bounds.at.segment)));
    }
    at_ = bounds.at;
    limit_ = bounds.limit;
    return {};
  }

  std::unexpected<Error> corrupt(std::string_view what) const {
    return fail(Code::kJournalCorrupt, "{} at {}: {}", window_->path().string(), at_.offset, what);
  }

  const JournalImpl& journal_;
  Position at_;
  std::uint64_t limit_ = 0;
  std::optional<Window> window_;
  crypto::Key key_;
};

}  // namespace

std::unique_ptr<Journal::Reader> make_reader(const JournalImpl& journal, Position from) {
  return std::make_unique<ReaderImpl>(journal, from);
}

}  // namespace zhike::journal
