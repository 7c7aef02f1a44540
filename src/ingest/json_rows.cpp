#include "ingest/json_rows.h"

#include <optional>

#include "ingest/json_fields.h"
#include "ingest/json_stream.h"
#include "ingest/lines.h"

namespace zhike::ingest {
namespace {

namespace dom = simdjson::dom;
constexpr std::size_t kDepthMax = 6;  // deeper objects stay JSON text

// Calls use(column, value) for every value of the object.
template <class Use>
void each_field(dom::object object, const std::string& prefix, std::size_t depth, Use use) {
  for (const auto& [key, value] : object) {
    const std::string name = prefix.empty() ? std::string(key) : prefix + "." + std::string(key);
    if (value.is_object() && depth + 1 < kDepthMax)
      each_field(value.get_object().value_unsafe(), name, depth + 1, use);
    else
      use(name, value);
  }
}

// Where the texts of the objects come from.
class Pieces {
 public:
  virtual ~Pieces() = default;
  enum class Found { kText, kTooLong, kEnd };
  virtual Result<Found> next(std::string_view& text) = 0;
  virtual std::uint64_t line() const = 0;
  virtual const TextSource& source() const = 0;
};

class LinePieces final : public Pieces {
 public:
  explicit LinePieces(std::unique_ptr<TextSource> source) : lines_(std::move(source), kRowBytesMax) {}
  Result<Found> next(std::string_view& text) override {
    CX_TRY(const Lines::Next next, lines_.next());
    text = lines_.text();
    return next == Lines::Next::kEnd       ? Found::kEnd
           : next == Lines::Next::kTooLong ? Found::kTooLong
                                           : Found::kText;
  }
  std::uint64_t line() const override { return lines_.line(); }
  const TextSource& source() const override { return lines_.source(); }

 private:
  Lines lines_;
};

class ListPieces final : public Pieces {
 public:
  explicit ListPieces(std::unique_ptr<TextSource> source) : stream_(std::move(source)) {}

  Result<void> enter(std::string_view records) {
    while (!records.empty()) {
      const std::string_view wanted = records.substr(0, records.find('.'));
      records.remove_prefix(std::min(records.size(), wanted.size() + 1));
      CX_TRY(stream_.take('{'));
      for (bool first = true;;) {
        CX_TRY(const bool more, stream_.more('}', first));
        if (!more) return fail(Code::kBadFile, "there is no {} in it", wanted);
        CX_TRY(const std::string key, stream_.key());
        if (key == wanted) break;
        CX_TRY(stream_.skip());
      }
    }
    return stream_.take('[');
  }
  Result<Found> next(std::string_view& text) override {
    CX_TRY(const bool more, stream_.more(']', first_));
    if (!more) return Found::kEnd;
    ++item_;
    CX_TRY(const auto value, stream_.value(kRowBytesMax));
    if (!value) return Found::kTooLong;
    text = *value;
    return Found::kText;
  }
  std::uint64_t line() const override { return item_; }
  const TextSource& source() const override { return stream_.source(); }

 private:
  JsonStream stream_;
  bool first_ = true;
  std::uint64_t item_ = 0;
};

Result<std::unique_ptr<Pieces>> open_pieces(const OpenText& open, std::string_view records) {
  CX_TRY(auto look, open());
  JsonStream stream(std::move(look));
  CX_TRY(const char first, stream.peek());
  CX_TRY(auto source, open());
  if (records.empty() && first != '[') return std::make_unique<LinePieces>(std::move(source));
  auto list = std::make_unique<ListPieces>(std::move(source));
  CX_TRY(list->enter(records));
  return list;
}

class JsonRows final : public MadeRows {
 public:
  Result<void> open(const OpenText& opener, std::string_view records) {
    CX_TRY(pieces_, open_pieces(opener, records));
    bool full = false;
    for (;;) {
      std::string_view text;
      CX_TRY(const Pieces::Found found, pieces_->next(text));
      if (found == Pieces::Found::kEnd) break;
      if (found == Pieces::Found::kTooLong) continue;
      const auto object = parse(text);
      if (!object) continue;
      each_field(*object, "", 0, [&](const std::string& name, dom::element) {
        if (columns_.add(name) == kColumnsMax) full = true;
      });
    }
    if (full) return fail(Code::kBadFile, "more than {} different fields", kColumnsMax);
    if (columns_.names().empty()) return fail(Code::kBadFile, "there is no JSON object in it");
    CX_TRY(pieces_, open_pieces(opener, records));
    return {};
  }

  Result<Next> next() override {
    std::string_view text;
    CX_TRY(const Pieces::Found found, pieces_->next(text));
    if (found == Pieces::Found::kEnd) return Next::kEnd;
    line_ = pieces_->line();
    clear_row();
    if (found == Pieces::Found::kTooLong)
      return bad(fmt::format("the object is longer than {} bytes", kRowBytesMax));
    const auto object = parse(text);
    if (!object) return bad("not a JSON object");
    each_field(*object, "", 0,
               [&](const std::string& name, dom::element value) { set(name, to_string(value_of(value))); });
    show();
    return Next::kRow;
  }
  std::uint64_t bytes_read() const override { return pieces_->source().bytes_read(); }
  std::uint64_t bytes_total() const override { return pieces_->source().bytes_total(); }
  void add_notes(std::vector<std::string>& notes) const override { note_text(pieces_->source(), notes); }
  void describe(std::string& encoding, std::string&, std::string&) const override {
    encoding = to_string(pieces_->source().encoding());
  }

 private:
  std::optional<dom::object> parse(std::string_view text) {
    dom::element root;
    dom::object object;
    if (parser_.parse(text, root) != simdjson::SUCCESS || root.get(object) != simdjson::SUCCESS)
      return std::nullopt;
    return object;
  }

  std::unique_ptr<Pieces> pieces_;
  JsonParser parser_;
};

}  // namespace

Result<std::unique_ptr<RowReader>> open_json_rows(const OpenText& open, std::string_view records) {
  auto rows = std::make_unique<JsonRows>();
  CX_TRY(rows->open(open, records));
  return rows;
}

}  // namespace zhike::ingest
