// Reads comments as they are stored: follows the events that carry a text, and keeps beside them what it
// says. See docs/decisions/0018-comments-are-read-behind-the-events.md.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "feedback/aspect_labels.h"
#include "ledger/db.h"
#include "text/comment.h"
#include "warehouse/client.h"

namespace zhike::feedback {

class TextLearning;

/// How far reading is.
struct ReadingStatus {
  std::uint32_t reading = 0;   ///< the one that answers questions; 0: none yet
  std::uint64_t comments = 0;  ///< read in it
  std::uint64_t waiting = 0;   ///< stored and not read in the newest reading, as far as known
  bool renewing = false;       ///< all comments are being read anew; until then the earlier reading answers
  std::string error;           ///< why it waits; empty: it does not
};

/// The aspects that a setting names: a catalogue that comes along (retail, bank ...), or the path of a JSON
/// file, relative to `folder`. Errors: kBadCatalogue, those of reading the file.
[[nodiscard]] Result<text::AspectCatalogue> aspects_of(const std::string& setting,
                                                       const std::filesystem::path& folder);
/// Its JSON as it stands there.
[[nodiscard]] Result<std::string> aspects_text_of(const std::string& setting,
                                                  const std::filesystem::path& folder);

/// Thread-safe. A thread of its own, which steps back behind everything else, and as many helpers as there
/// are processors while it has much to read. Models are loaded with the first comment.
///
/// Exactly once: a page of comments is inserted, then the mark is moved; at the start, and after an error,
/// rows above the mark are deleted. When the version (text::comment_version) is not that of the newest
/// reading, a new one is begun from the first event; once it has come as far as the events, it takes the
/// other's place, whose rows go.
class Readings {
 public:
  struct Parts {
    ledger::Db& ledger;
    warehouse::Client& client;
    const Clock& clock;
    text::CommentSetup setup;
    /// Waits until a block above this one is in the warehouse, at most so long; answers the newest.
    std::function<BlockId(BlockId, Millis)> arrived;
  };
  struct Options {
    std::uint64_t page_rows = 20'000;
    std::size_t page_bytes = 32UL << 20;  ///< of texts and what goes with them, held at a time
    unsigned helpers = 0;                 ///< 0: one for each processor, at most 8
    Millis wait{250};                     ///< for a block
    Millis rest{700};                     ///< between looks at the store, at least
    Millis back_off_max = seconds(10);
  };

  /// Borrows the parts. Errors: of the ledger.
  [[nodiscard]] static Result<std::unique_ptr<Readings>> open(Parts parts, Options options);
  ~Readings();  ///< stops
  Readings(const Readings&) = delete;
  Readings& operator=(const Readings&) = delete;

  /// What people teach it; before start(), and given once.
  void attach(std::unique_ptr<TextLearning> learning);
  [[nodiscard]] TextLearning& learning() { return *learning_; }

  void start();  ///< once
  void stop();

  [[nodiscard]] ReadingStatus status() const;
  /// What the reading that answers questions has read: events up to this one. 0: none yet. Errors: of the
  /// ledger.
  struct Extent {
    std::uint32_t reading = 0;
    std::uint64_t upto = 0;
  };
  [[nodiscard]] Result<Extent> extent();
  /// Waits until all that was stored when it was called has been read; false: not within `longest`.
  [[nodiscard]] bool wait_read(Millis longest);
  /// From now on comments are read so, and where that reads anything otherwise, all of them anew. Any thread.
  void use(text::CommentSetup setup);
  /// From now on these aspects of comments are what people say, in this and in every later reading; before
  /// start().
  void correct(AspectCorrections corrections);
  /// What people say of the aspects of one comment, in place of what they said before, with its text: it
  /// counts at once. Waits for the page that is being read. Errors: kBadTextModel, and the client's; then the
  /// warehouse may not have it, and the next reading will.
  [[nodiscard]] Result<void> correct(std::uint64_t event, std::string_view text,
                                     std::vector<text::AspectCorrection> corrections);
  /// As a comment is corrected now.
  [[nodiscard]] std::vector<text::AspectCorrection> corrections_of(std::uint64_t event) const;
  /// What was chosen last.
  [[nodiscard]] std::shared_ptr<const text::CommentSetup> setup() const;
  /// Loads the models where they are not yet. Errors: kBadTextModel.
  [[nodiscard]] Result<std::shared_ptr<const text::CommentModels>> models();

 private:
  struct Row {
    std::uint32_t id = 0;
    std::string version;
    std::uint64_t mark = 0, comments = 0;
    bool in_use = false;
  };
  struct Page {
    std::uint64_t upto = 0, comments = 0;
  };
  Readings(Parts parts, Options options);
  Result<std::vector<Row>> rows();
  void loop();
  bool pause(Millis longest);
  Result<void> prepare();
  Result<void> begin(const std::vector<Row>& known);
  Result<void> forget_above_mark();
  Result<void> follow(BlockId newest);
  Result<Page> read_page(std::uint64_t upto);
  Result<void> insert_page(std::string_view bytes, Page& out);
  Result<std::string> read_all(std::string_view page, Page& out);
  Result<void> keep(const Page& page);
  Result<void> take_over();
  void show(std::uint64_t waiting);
  Result<std::shared_ptr<const text::CommentModels>> models_of(
      const std::shared_ptr<const text::CommentSetup>& setup);
  bool is_chosen() const;

  Parts parts_;
  Options options_;
  std::mutex models_mutex_;
  std::shared_ptr<const text::CommentSetup> models_for_;  // guarded by models_mutex_, as the next
  std::shared_ptr<const text::CommentModels> models_;
  // Of the thread alone.
  std::shared_ptr<const text::CommentSetup> working_with_;
  std::shared_ptr<const text::CommentModels> readers_of_;
  Row working_;
  bool prepared_ = false;
  std::uint64_t page_rows_ = 0;
  std::vector<std::unique_ptr<text::CommentReader>> readers_;

  // Held from reading a page to its insert: a correction comes before both or after both.
  mutable std::mutex page_mutex_;
  AspectCorrections corrections_;  // guarded by page_mutex_

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  ReadingStatus status_;
  std::shared_ptr<const text::CommentSetup> setup_;
  BlockId read_;  // all of it and of those before
  bool stopping_ = false, renewed_ = false;
  std::thread thread_;
  std::unique_ptr<TextLearning> learning_;  // borrows this: ends first
};

}  // namespace zhike::feedback
