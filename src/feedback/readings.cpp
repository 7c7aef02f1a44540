#include "feedback/readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/thread.h"
#include "event/grant.h"
#include "feedback/sql.h"
#include "feedback/text_learning.h"
#include "query/prepare.h"
#include "warehouse/row_reader.h"

namespace zhike::feedback {
namespace {

constexpr unsigned kRowBits = 20;  // event_id = block_id * 2^20 + row
constexpr unsigned kHelpersMax = 8;
constexpr std::size_t kHelped = 500;  // comments from which on help pays
constexpr std::uint64_t kPageRowsMin = 50;
constexpr Millis kBackOffMin{200};
constexpr std::string_view kColumns =
    "reading, event_id, occurred_at, source_id, kind, subject_id, unit, case_id, instrument, score, "
    "language, "
    "sentiment, negative, positive, aspects, aspect_sentiments, aspect_positives, labels, words";

std::uint64_t last_of(BlockId block) { return ((block.value + 1) << kRowBits) - 1; }
BlockId block_of(std::uint64_t event) { return BlockId{event >> kRowBits}; }

/// An event with a text, as unread.sql answers it. Borrows the page.
struct Comment {
  std::uint64_t event_id = 0;
  std::int64_t at = 0;
  std::uint32_t source = 0, kind = 0;
  std::uint64_t subject = 0;
  std::string_view unit, case_id, instrument;
  std::optional<float> score;
  std::string_view text;
};

/// RowBinary, row by row; what is not whole is left.
class PageParser {
 public:
  explicit PageParser(std::string_view bytes) : rest_(bytes) {}
  bool next(Comment& out) {
    std::uint8_t is_null = 0;
    if (!rest_.number(out.event_id) || !rest_.number(out.at) || !rest_.number(out.source) ||
        !rest_.number(out.kind) || !rest_.number(out.subject) || !rest_.text(out.unit) ||
        !rest_.text(out.case_id) || !rest_.text(out.instrument) || !rest_.number(is_null))
      return false;
    out.score.reset();
    if (is_null == 0) {
      float score = 0;
      if (!rest_.number(score)) return false;
      out.score = score;
    }
    return rest_.text(out.text);
  }

 private:
  warehouse::RowReader rest_;
};

/// group.key of intents, emotions, flags and routes.
std::vector<std::string> labels_of(const text::CommentReading& read, const text::CommentSetup& setup) {
  std::vector<std::string> out;
  for (const std::uint32_t label : read.labels) {
    const text::IntentLabel& known = text::Intents::shipped().labels()[label];
    out.push_back(known.group + "." + known.key);
  }
  for (const std::uint32_t route : read.routes)
    out.push_back(fmt::format("{}.{}", text::kRouteGroup, setup.routes.rules[route].key));
  return out;
}

void write(warehouse::RowWriter& w, std::uint32_t reading, const Comment& of,
           const text::CommentReading& read, const text::CommentSetup& setup) {
  w.u32(reading);
  w.u64(of.event_id);
  w.i64(of.at);
  w.u32(of.source);
  w.u32(of.kind);
  w.u64(of.subject);
  w.text(of.unit);
  w.text(of.case_id);
  w.text(of.instrument);
  if (of.score) {
    w.not_null();
    w.f32(*of.score);
  } else {
    w.null();
  }
  w.text(text::to_string(read.language));
  w.text(read.sentiment ? text::to_string(*read.sentiment) : std::string_view{});
  w.f32(read.chances.front());
  w.f32(read.chances.back());
  w.length(read.aspects.size());
  for (const text::CommentAspect& at : read.aspects) w.text(setup.aspects.aspects[at.aspect].key);
  w.length(read.aspects.size());
  for (const text::CommentAspect& at : read.aspects) w.text(text::to_string(at.polarity));
  w.length(read.aspects.size());
  for (const text::CommentAspect& at : read.aspects) w.f32(at.positive);
  const std::vector<std::string> labels = labels_of(read, setup);
  w.length(labels.size());
  for (const std::string& label : labels) w.text(label);
  w.length(read.words.size());
  for (const std::string& word : read.words) w.text(word);
}

}  // namespace

Result<std::string> aspects_text_of(const std::string& setting, const std::filesystem::path& folder) {
  if (setting.ends_with(".json")) return read_file(folder / setting);
  CX_TRY(const std::string_view text, text::shipped_aspects_text(setting));
  return std::string(text);
}

Result<text::AspectCatalogue> aspects_of(const std::string& setting, const std::filesystem::path& folder) {
  CX_TRY(const std::string bytes, aspects_text_of(setting, folder));
  auto own = text::parse_aspects(bytes);
  if (!own) return fail(own.error().code, "{}: {}", setting, own.error().detail);
  return own;
}

Readings::Readings(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(options),
      setup_(std::make_shared<const text::CommentSetup>(std::move(parts_.setup))) {
  if (options_.helpers == 0)
    options_.helpers = std::clamp(std::thread::hardware_concurrency(), 1U, kHelpersMax);
  page_rows_ = options_.page_rows;
}

Readings::~Readings() { stop(); }

Result<std::unique_ptr<Readings>> Readings::open(Parts parts, Options options) {
  std::unique_ptr<Readings> out(new Readings(std::move(parts), options));
  CX_TRY(const std::vector<Row> known, out->rows());
  for (const Row& row : known)
    if (row.in_use) out->status_.reading = row.id, out->status_.comments = row.comments;
  return out;
}

Result<std::vector<Readings::Row>> Readings::rows() {
  std::vector<Row> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& s = tx.sql("SELECT id, version, mark, comments, state FROM text_readings ORDER BY id");
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      out.push_back({.id = static_cast<std::uint32_t>(s.u64(0)),
                     .version = std::string(s.text(1)),
                     .mark = s.u64(2),
                     .comments = s.u64(3),
                     .in_use = s.i64(4) == 1});
    }
  }));
  return out;
}

Result<Readings::Extent> Readings::extent() {
  CX_TRY(const std::vector<Row> known, rows());
  for (const Row& row : known)
    if (row.in_use) return Extent{.reading = row.id, .upto = row.mark};
  return Extent{};
}

void Readings::attach(std::unique_ptr<TextLearning> learning) {
  cx_check(learning_ == nullptr, "learning is attached once");
  learning_ = std::move(learning);
}

void Readings::start() {
  cx_check(!thread_.joinable(), "reading is started once");
  thread_ = std::thread([this] { loop(); });
}

void Readings::stop() {
  if (learning_) learning_->stop();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Readings::pause(Millis longest) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, std::chrono::milliseconds(longest.value), [&] { return stopping_; });
}

ReadingStatus Readings::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool Readings::wait_read(Millis longest) {
  const BlockId newest = parts_.arrived(BlockId{}, Millis{0});
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(longest.value), [&] {
    return stopping_ || (renewed_ && read_ >= newest);
  }) && !stopping_;
}

void Readings::use(text::CommentSetup setup) {
  auto next = std::make_shared<const text::CommentSetup>(std::move(setup));
  {
    const std::lock_guard lock(mutex_);
    setup_ = std::move(next);
    renewed_ = false;
  }
  changed_.notify_all();
}

std::shared_ptr<const text::CommentSetup> Readings::setup() const {
  const std::lock_guard lock(mutex_);
  return setup_;
}

/// Whether the thread reads as was chosen last.
bool Readings::is_chosen() const {
  const std::lock_guard lock(mutex_);
  return working_with_ == setup_;
}

Result<std::shared_ptr<const text::CommentModels>> Readings::models() { return models_of(setup()); }

Result<std::shared_ptr<const text::CommentModels>> Readings::models_of(
    const std::shared_ptr<const text::CommentSetup>& setup) {
  const std::lock_guard lock(models_mutex_);
  if (models_ == nullptr || models_for_ != setup) {
    CX_TRY(models_, text::CommentModels::make(*setup));
    models_for_ = setup;
  }
  return models_;
}

void Readings::loop() {
  constexpr int kSteps = 10;
  name_thread("texts");
  step_back(kSteps);
  Millis back_off = kBackOffMin;
  auto busy = std::chrono::steady_clock::now();
  for (;;) {
    const BlockId newest = parts_.arrived(prepared_ ? block_of(working_.mark) : BlockId{}, options_.wait);
    if (!pause(Millis{0})) return;
    prepared_ = prepared_ && is_chosen();
    Result<void> done = prepared_ ? Result<void>{} : prepare();
    const auto begin = std::chrono::steady_clock::now();
    const bool looks = done && last_of(newest) > working_.mark;
    if (looks) done = follow(newest);
    if (done && working_.in_use) {
      const std::lock_guard lock(mutex_);
      if (working_with_ == setup_) {
        renewed_ = true;
        read_ = block_of(working_.mark);
        changed_.notify_all();
      }
    }
    Millis rest = looks ? options_.rest : options_.wait;
    if (done) {
      back_off = kBackOffMin;
      // What looking costs, four times: the store has more to do than to tell that there is nothing.
      const auto took = std::chrono::steady_clock::now() - begin;
      rest = std::max(rest, Millis{4 * std::chrono::duration_cast<std::chrono::milliseconds>(took).count()});
    } else {
      log::warn("comments_not_read", {{"error", to_string(done.error())}});
      prepared_ = false;
      rest = back_off;
      back_off = std::min(Millis{back_off.value * 2}, options_.back_off_max);
    }
    {
      const std::lock_guard lock(mutex_);
      status_.error = done ? std::string() : to_string(done.error());
    }
    if (looks) busy = std::chrono::steady_clock::now();
    if (!readers_.empty() && std::chrono::steady_clock::now() - busy >= kQuiet) {
      readers_.clear();
      readers_of_.reset();
      give_back_memory();
    }
    if (!pause(rest)) return;
  }
}

/// Where reading goes on, and nothing above it.
Result<void> Readings::prepare() {
  working_with_ = setup();
  CX_TRY(const std::vector<Row> known, rows());
  const std::string version = text::comment_version(*working_with_);
  if (known.empty() || known.back().version != version) {
    CX_TRY(begin(known));
  } else {
    working_ = known.back();
  }
  CX_TRY(forget_above_mark());
  if (learning_) {
    const Result<void> settled = learning_->settle();
    if (!settled) log::warn("aspect_labels_not_settled", {{"error", to_string(settled.error())}});
  }
  prepared_ = true;
  show(0);
  return {};
}

/// A reading that was being made and is out of date makes way.
Result<void> Readings::begin(const std::vector<Row>& known) {
  const bool first = std::ranges::none_of(known, &Row::in_use);
  working_ = {.id = known.empty() ? 1 : known.back().id + 1,
              .version = text::comment_version(*working_with_),
              .mark = 0,
              .comments = 0,
              .in_use = first};
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM text_readings WHERE state = 0").run());
    CX_TRY(
        tx.sql("INSERT INTO text_readings (id, version, mark, comments, state, begun) VALUES ($1, $2, 0, 0, "
               "$3, $4)")
            .bind(1, std::uint64_t{working_.id})
            .bind(2, working_.version)
            .bind(3, first)
            .bind(4, parts_.clock.now())
            .run());
    return {};
  }));
  log::info("reading_begun", {{"reading", working_.id}, {"aspects", working_with_->aspects.key}});
  for (const Row& row : known)
    if (!row.in_use)
      CX_TRY(parts_.client.execute({.sql = fmt::format("ALTER TABLE readings DROP PARTITION {}", row.id)}));
  return {};
}

Result<void> Readings::forget_above_mark() {
  warehouse::Params params;
  params.set("reading", std::uint64_t{working_.id}).set("mark", working_.mark);
  CX_TRY(
      const warehouse::Table found,
      parts_.client.select({.sql = "SELECT countIf(reading = {reading:UInt32} AND event_id > {mark:UInt64}), "
                                   "countIf(reading > {reading:UInt32}) FROM readings",
                            .params = params}));
  if (found.rows.empty() ||
      (warehouse::as_u64(found.rows[0][0]) == 0 && warehouse::as_u64(found.rows[0][1]) == 0))
    return {};
  return parts_.client.execute({.sql = "DELETE FROM readings WHERE (reading = {reading:UInt32} AND event_id "
                                       "> {mark:UInt64}) OR reading > "
                                       "{reading:UInt32}",
                                .params = params});
}

void Readings::show(std::uint64_t waiting) {
  const std::lock_guard lock(mutex_);
  if (working_.in_use) {
    status_.reading = working_.id;
    status_.comments = working_.comments;
  }
  status_.renewing = !working_.in_use;
  status_.waiting = waiting;
}

Result<void> Readings::follow(BlockId newest) {
  const std::uint64_t upto = last_of(newest);
  CX_TRY(query::Prepared count, query::prepare(Grant::owner(), Permission::kManageData, sql::kUnreadCount));
  count.params.set("after", working_.mark).set("upto", upto);
  CX_TRY(const warehouse::Table counted, parts_.client.select(count.query()));
  std::uint64_t waiting = counted.rows.empty() ? 0 : warehouse::as_u64(counted.rows[0][0]);
  show(waiting);
  while (waiting > 0 && working_.mark < upto) {
    CX_TRY(const Page page, read_page(upto));
    CX_TRY(keep(page));
    waiting -= std::min(waiting, page.comments);
    show(waiting);
    if (!pause(Millis{0}) || !is_chosen()) return {};
  }
  working_.mark = upto;  // written down with the next comment: until then looking again finds nothing
  show(0);
  if (!working_.in_use) return take_over();
  return {};
}

Result<Readings::Page> Readings::read_page(std::uint64_t upto) {
  CX_TRY(query::Prepared unread, query::prepare(Grant::owner(), Permission::kManageData, sql::kUnread));
  std::string bytes;
  for (;;) {
    unread.params = {};
    unread.params.set("all_units", std::uint64_t{1})
        .set("units", std::vector<std::string>{})
        .set("after", working_.mark)
        .set("upto", upto)
        .set("rows", page_rows_);
    bytes.clear();
    const auto got = parts_.client.stream(unread.query(), "RowBinary", [&](std::string_view piece) {
      bytes.append(piece);
      return bytes.size() < options_.page_bytes;
    });
    if (got) break;
    if (got.error().code != Code::kQueryTooLarge || page_rows_ <= kPageRowsMin)
      return std::unexpected(got.error());
    page_rows_ = std::max(page_rows_ / 4, kPageRowsMin);
  }
  Page out;
  CX_TRY(insert_page(bytes, out));
  if (out.comments == 0 && !bytes.empty())
    return fail(Code::kQueryFailed, "a page of comments cannot be read");
  if (out.comments < page_rows_ && bytes.size() < options_.page_bytes) out.upto = upto;
  page_rows_ = std::min(page_rows_ * 2, options_.page_rows);
  return out;
}

Result<void> Readings::insert_page(std::string_view bytes, Page& out) {
  const std::lock_guard lock(page_mutex_);
  CX_TRY(const std::string rows, read_all(bytes, out));
  if (rows.empty()) return {};
  return parts_.client.insert({.table = "readings", .columns = kColumns}, rows);
}

void Readings::correct(AspectCorrections corrections) {
  const std::lock_guard lock(page_mutex_);
  corrections_ = std::move(corrections);
}

std::vector<text::AspectCorrection> Readings::corrections_of(std::uint64_t event) const {
  const std::lock_guard lock(page_mutex_);
  const auto at = corrections_.find(event);
  return at == corrections_.end() ? std::vector<text::AspectCorrection>{} : at->second;
}

Result<void> Readings::correct(std::uint64_t event, std::string_view text,
                               std::vector<text::AspectCorrection> corrections) {
  CX_TRY(const std::shared_ptr<const text::CommentModels> used, models());
  text::CommentReader reader(*used);
  std::vector<std::string> keys, tones;
  std::string chances;
  const text::CommentReading& read = reader.read(text, corrections);
  for (const text::CommentAspect& at : read.aspects) {
    keys.push_back(used->catalogue().aspects[at.aspect].key);
    tones.emplace_back(text::to_string(at.polarity));
    chances += fmt::format("{}{}", chances.empty() ? "[" : ",", at.positive);
  }
  warehouse::Params params;
  params.set("event", event)
      .set("aspects", keys)
      .set("tones", tones)
      .set("labels", labels_of(read, used->setup()))
      .set("chances", chances.empty() ? std::string("[]") : chances + "]");
  const std::lock_guard lock(page_mutex_);
  if (corrections.empty())
    corrections_.erase(event);
  else
    corrections_.insert_or_assign(event, std::move(corrections));
  // Routes are rules over aspects, so labels follow. Rewrites these four columns of the part that has the
  // row.
  return parts_.client.execute(
      {.sql = "ALTER TABLE readings UPDATE aspects = {aspects:Array(String)}, aspect_sentiments = "
              "{tones:Array(String)}, aspect_positives = {chances:Array(Float32)}, labels = "
              "{labels:Array(String)} WHERE event_id = {event:UInt64} SETTINGS mutations_sync = 1",
       .params = params});
}

/// Comments of a page to rows of the table, on several threads where they are many.
Result<std::string> Readings::read_all(std::string_view page, Page& out) {
  std::vector<Comment> comments;
  PageParser parser(page);
  for (Comment at; parser.next(at);) comments.push_back(at);
  out.comments = comments.size();
  if (comments.empty()) return std::string();
  out.upto = comments.back().event_id;
  CX_TRY(const std::shared_ptr<const text::CommentModels> models, models_of(working_with_));
  if (readers_of_ != models) readers_.clear();
  readers_of_ = models;  // the readers borrow it
  const std::size_t threads = comments.size() < kHelped ? 1 : options_.helpers;
  while (readers_.size() < threads) readers_.push_back(std::make_unique<text::CommentReader>(*models));
  std::vector<warehouse::RowWriter> rows(threads);
  std::atomic<std::size_t> next{0};
  const auto said_of = [&](std::uint64_t event) -> std::span<const text::AspectCorrection> {
    const auto at = corrections_.find(event);
    if (at == corrections_.end()) return {};
    return at->second;
  };
  const auto work = [&](std::size_t helper) {
    constexpr std::size_t kPortion = 64;
    for (std::size_t from = next.fetch_add(kPortion); from < comments.size(); from = next.fetch_add(kPortion))
      for (std::size_t i = from; i < std::min(from + kPortion, comments.size()); ++i)
        write(rows[helper], working_.id, comments[i],
              readers_[helper]->read(comments[i].text, said_of(comments[i].event_id)), models->setup());
  };
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work, i);
  work(0);
  for (std::thread& helper : helpers) helper.join();
  std::string bytes;
  for (warehouse::RowWriter& part : rows) bytes += part.bytes();
  return bytes;
}

Result<void> Readings::keep(const Page& page) {
  working_.mark = std::max(working_.mark, page.upto);
  working_.comments += page.comments;
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE text_readings SET mark = $2, comments = $3 WHERE id = $1")
               .bind(1, std::uint64_t{working_.id})
               .bind(2, working_.mark)
               .bind(3, working_.comments)
               .run());
    return {};
  });
}

/// The reading has come as far as the events: from now on it answers, and the others go.
Result<void> Readings::take_over() {
  std::vector<std::uint32_t> gone;
  CX_TRY(const std::vector<Row> known, rows());
  for (const Row& row : known)
    if (row.id != working_.id) gone.push_back(row.id);
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE text_readings SET state = 1, mark = $2 WHERE id = $1")
               .bind(1, std::uint64_t{working_.id})
               .bind(2, working_.mark)
               .run());
    CX_TRY(tx.sql("DELETE FROM text_readings WHERE id <> $1").bind(1, std::uint64_t{working_.id}).run());
    return {};
  }));
  working_.in_use = true;
  show(0);
  log::info("reading_taken_over", {{"reading", working_.id}, {"comments", working_.comments}});
  for (const std::uint32_t id : gone)
    CX_TRY(parts_.client.execute({.sql = fmt::format("ALTER TABLE readings DROP PARTITION {}", id)}));
  return {};
}

}  // namespace zhike::feedback
