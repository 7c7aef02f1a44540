#include "ingest/xes.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ingest/xml.h"

namespace zhike::ingest {
namespace {

constexpr std::string_view kName = "concept:name";
constexpr std::string_view kCaseName = "case:concept:name";

// The elements that carry an attribute of the log.
constexpr std::array<std::string_view, 8> kAttributes{"string",  "date", "int",  "float",
                                                      "boolean", "id",   "list", "container"};
// Declarations, whose attributes are no data.
constexpr std::array<std::string_view, 3> kDeclarations{"global", "extension", "classifier"};

std::string_view find(XmlHandler::Attributes attributes, std::string_view name) {
  for (const auto& [key, value] : attributes)
    if (key == name) return value;
  return {};
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Walks a log event by event.
class Log final : private XmlHandler {
 public:
  Log(std::unique_ptr<TextSource> source, std::string name)
      : source_(std::move(source)),
        name_(std::move(name)),
        stream_([this](std::string& out) { return source_->more(out); }, *this, name_) {}

  /// The next event; false at the end.
  Result<bool> next() {
    CX_TRY(const bool paused, stream_.run());
    if (!paused && !is_log_) return fail(Code::kBadFile, "{}: there is no <log> in it", name_);
    return paused;
  }
  const Pairs& event() const { return event_; }
  const Pairs& trace() const { return trace_; }
  const std::string& log_name() const { return log_name_.empty() ? name_ : log_name_; }
  std::uint64_t trace_number() const { return traces_; }
  std::uint64_t event_number() const { return events_; }
  std::uint64_t line() const { return stream_.line(); }
  const TextSource& source() const { return *source_; }

 private:
  enum class In { kLog, kTrace, kEvent };

  void begin(std::string_view element, Attributes attributes) override {
    if (ignored_ > 0 || std::ranges::find(kDeclarations, element) != kDeclarations.end()) {
      ++ignored_;
    } else if (element == "log") {
      is_log_ = true;
    } else if (element == "trace") {
      in_ = In::kTrace;
      ++traces_;
      events_ = 0;
      trace_.clear();
      trace_bytes_ = 0;
    } else if (element == "event") {
      in_ = In::kEvent;
      ++events_;
      event_.clear();
      event_bytes_ = 0;
    } else if (std::ranges::find(kAttributes, element) != kAttributes.end()) {
      attribute(find(attributes, "key"), find(attributes, "value"));
    }
  }

  void attribute(std::string_view key, std::string_view value) {
    const std::string full = path_.empty() ? std::string(key) : path_.back() + "." + std::string(key);
    path_.push_back(full);
    if (in_ == In::kLog) {
      if (full == kName && log_name_.empty()) log_name_ = value.substr(0, 200);
      return;
    }
    if (value.empty() || key.empty()) return;
    std::size_t& bytes = in_ == In::kEvent ? event_bytes_ : trace_bytes_;
    bytes += full.size() + value.size();
    if (bytes > kRowBytesMax) return stream_.refuse(fmt::format("attributes above {} bytes", kRowBytesMax));
    if (in_ == In::kEvent)
      event_.emplace_back(full, value);
    else
      trace_.emplace_back("case:" + full, value);
  }

  void end(std::string_view element) override {
    if (ignored_ > 0) {
      --ignored_;
    } else if (element == "event") {
      in_ = traces_ > 0 ? In::kTrace : In::kLog;
      path_.clear();
      stream_.pause();
    } else if (element == "trace") {
      in_ = In::kLog;
      path_.clear();
    } else if (!path_.empty() && std::ranges::find(kAttributes, element) != kAttributes.end()) {
      path_.pop_back();
    }
  }
  void text(std::string_view) override {}

  std::unique_ptr<TextSource> source_;
  std::string name_, log_name_;
  Pairs trace_, event_;
  std::vector<std::string> path_;
  In in_ = In::kLog;
  std::size_t ignored_ = 0, trace_bytes_ = 0, event_bytes_ = 0;
  std::uint64_t traces_ = 0, events_ = 0;
  bool is_log_ = false;
  XmlStream stream_;  // last: it calls this object
};

class XesRows final : public MadeRows {
 public:
  explicit XesRows(std::string_view name) : name_(name) {}

  Result<void> open(const OpenText& opener) {
    CX_TRY(auto first, opener());
    Log log(std::move(first), name_);
    for (const std::string_view column :
         {std::string_view("log:name"), std::string_view("case:number"), std::string_view("event:number"),
          kCaseName, kName, std::string_view("time:timestamp")})
      columns_.add(column);
    bool full = false;
    std::uint64_t events = 0;
    for (;; ++events) {
      CX_TRY(const bool more, log.next());
      if (!more) break;
      for (const Pairs* all : {&log.trace(), &log.event()})
        for (const auto& [key, value] : *all) full |= columns_.add(key) == kColumnsMax;
    }
    if (full) return fail(Code::kBadFile, "{}: more than {} different attributes", name_, kColumnsMax);
    if (events == 0) return fail(Code::kBadFile, "{}: there are no events in it", name_);
    CX_TRY(auto second, opener());
    log_ = std::make_unique<Log>(std::move(second), name_);
    return {};
  }

  Result<Next> next() override {
    CX_TRY(const bool more, log_->next());
    if (!more) return Next::kEnd;
    line_ = log_->line();
    clear_row();
    for (const Pairs* all : {&log_->trace(), &log_->event()})
      for (const auto& [key, value] : *all) set(key, value);
    set("log:name", log_->log_name());
    set("case:number", std::to_string(log_->trace_number()));
    set("event:number", std::to_string(log_->event_number()));
    if (values_[columns_.find(kCaseName)].empty())
      set(kCaseName, fmt::format("trace {}", log_->trace_number()));
    show();
    return Next::kRow;
  }
  std::uint64_t bytes_read() const override { return log_->source().bytes_read(); }
  std::uint64_t bytes_total() const override { return log_->source().bytes_total(); }
  void add_notes(std::vector<std::string>& notes) const override { note_text(log_->source(), notes); }

 private:
  std::string name_;
  std::unique_ptr<Log> log_;
};

}  // namespace

Result<std::unique_ptr<RowReader>> open_xes(const OpenText& open, std::string_view name) {
  auto rows = std::make_unique<XesRows>(name);
  CX_TRY(rows->open(open));
  return rows;
}

}  // namespace zhike::ingest
