// Learning from people's labels, and everything else of reading comments that users choose: a model of their
// own, aspects, routes, words. What is in use goes to Readings, which reads all comments anew.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "event/grant.h"
#include "feedback/aspect_labels.h"
#include "feedback/readings.h"
#include "feedback/text_labels.h"
#include "feedback/text_versions.h"
#include "text/adapt.h"
#include "text/comment.h"
#include "text/compare.h"

namespace zhike::feedback {

/// A model learned and measured.
struct Trained {
  text::Adapted adapted;
  text::Comparison comparison;        ///< on the held-out labels: with what is in use, and with the new one
  std::vector<std::size_t> held_out;  ///< which labels these were, by row of the comparison
  std::vector<text::JudgedTwice> judged;
};
/// A text and what it is.
struct TextAndLabel {
  std::string text;
  text::Polarity label = text::Polarity::kNeutral;
};
/// Learns from the labels and compares with `now` (nothing: the shipped models alone). Texts in a language
/// without a model are left out. Nothing: progress said to stop. Pure but for time. Errors: kBadTextModel,
/// and those of text::adapt().
[[nodiscard]] Result<std::optional<Trained>> learn(std::span<const TextAndLabel> labels,
                                                   const text::Adaptation* now,
                                                   const text::AdaptOptions& options);
/// What is said of an aspect in a text, and what it is.
struct AspectAndLabel {
  text::AspectExample said;
  text::Polarity label = text::Polarity::kNeutral;
  bool held_out = false;  ///< by the whole text, so that all its aspects are on one side
};
/// The same of aspects: `now` as CommentSetup::own_aspects. Errors: those of text::adapt().
[[nodiscard]] Result<std::optional<Trained>> learn_aspects(std::span<const AspectAndLabel> labels,
                                                           const text::Adaptation* now,
                                                           const text::AdaptOptions& options);
/// Which comment a label is of, and which of its aspects.
struct LabelName {
  std::uint64_t event = 0;
  std::string aspect{};  ///< empty: the comment as a whole
};
/// The card of a model: figures, settings and sizes, without any text. `names`: of the labels, by row of
/// learn(); empty: no mistakes and changes are named.
[[nodiscard]] std::string card_of(const Trained& trained, std::span<const LabelName> names,
                                  std::string_view compared_with);

/// One retraining.
struct TextRun {
  enum class State : std::uint8_t { kNone, kRunning, kDone, kRefused, kStopped, kFailed };
  State state = State::kNone;
  TextPart part = TextPart::kModel;  ///< what is learned
  double progress = 0;               ///< 0 to 1
  std::string detail{};              ///< of kRefused and kFailed: why
  std::uint32_t version = 0;         ///< of kDone: the model it made
  Instant begun, ended;
  UserId actor;
};
[[nodiscard]] std::string_view to_string(TextRun::State state) noexcept;  ///< "running"

/// Borrows all but the catalogue. Thread-safe. Errors: those of the ledger, and as named.
class TextLearning {
 public:
  struct Parts {
    ledger::Db& ledger;
    const govern::Audit& audit;
    crypto::Key key;  ///< of TextLabels
    warehouse::Client& client;
    const Clock& clock;
    Readings& readings;
    std::string aspects;  ///< JSON of the catalogue that the settings name
  };
  static constexpr std::size_t kBodyBytesMax = 256'000;  ///< of aspects, routes and words

  /// Hands Readings what is in use; before Readings::start(). A version that this program cannot read (made
  /// for other features) is left out, with a warning in the log. Errors: kBadCatalogue (of Parts::aspects).
  [[nodiscard]] static Result<std::unique_ptr<TextLearning>> open(Parts parts);
  ~TextLearning();  ///< stops a run
  TextLearning(const TextLearning&) = delete;
  TextLearning& operator=(const TextLearning&) = delete;

  [[nodiscard]] TextLabels& labels() { return labels_; }
  [[nodiscard]] const AspectLabels& aspect_labels() const { return aspect_labels_; }

  /// Corrects an aspect of a comment, in figures at once; nothing: the comment does not speak of it.
  /// Permissions and errors: those of AspectLabels::put() and Readings::correct(); after an error of the
  /// warehouse the label is kept, and settle() brings it there.
  [[nodiscard]] Result<AspectLabel> correct(const Grant& grant, std::uint64_t event, std::string_view aspect,
                                            std::optional<text::Polarity> label);
  /// Takes a correction back: the aspect is again what is read. Permissions and errors: as correct().
  [[nodiscard]] Result<void> take_back(const Grant& grant, std::uint64_t event, std::string_view aspect);
  /// Brings corrections to the warehouse of which it is not sure that it has them. Errors: as correct().
  [[nodiscard]] Result<void> settle();
  [[nodiscard]] const TextVersions& versions() const { return versions_; }

  /// What a part says as text: aspects and routes as JSON, words one a line. 0: what comes along. Of models
  /// their bytes. Errors: kNotFound.
  [[nodiscard]] Result<std::string> body(TextPart part, std::uint32_t number) const;
  /// What is in use with one part exchanged for a text. Errors: kBadCatalogue, kBadFile (words).
  [[nodiscard]] Result<text::CommentSetup> with(TextPart part, std::string_view body) const;
  /// A new version, in use at once. Not of a model. Permission: kManageData. Errors: those of with() and
  /// TextVersions::add, kBadField (longer than kBodyBytesMax).
  [[nodiscard]] Result<std::uint32_t> save(const Grant& grant, TextPart part, std::string_view body,
                                           std::string note);
  /// Another version, or with 0 what comes along. Permission: kManageData. Errors: those of
  /// TextVersions::use; kBadTextModel, kBadCatalogue (a version that cannot be read is not put in use).
  [[nodiscard]] Result<void> use(const Grant& grant, TextPart part, std::uint32_t number);

  /// Learns a model from all labels of comments (kModel) or of aspects (kAspectModel) and keeps it as a
  /// version that is not in use yet; on the caller's thread. Labels that an aspect is not there, or of one
  /// that is not found, teach nothing. Nothing: progress said to stop. Permission: kManageData. Errors: those
  /// of learn(); kBadField (another part).
  [[nodiscard]] Result<std::optional<std::uint32_t>> retrain(const Grant& grant, TextPart part,
                                                             const text::AdaptOptions& options);
  /// The same on a thread of its own, one at a time: while one runs it is answered instead. Permission:
  /// kManageData. Errors: kPermissionMissing.
  [[nodiscard]] Result<TextRun> start(const Grant& grant, TextPart part);
  [[nodiscard]] TextRun run() const;
  void stop();  ///< asks the run to end; does not wait

 private:
  explicit TextLearning(Parts parts);
  Result<void> put(text::CommentSetup& setup, TextPart part, std::uint32_t number) const;
  Result<text::CommentSetup> chosen() const;
  void work(const Grant& grant, TextPart part);
  struct Learned {
    std::optional<Trained> trained;
    std::vector<LabelName> names;
  };
  Result<Learned> learn_comments(const text::CommentSetup& now, const text::AdaptOptions& options) const;
  Result<Learned> learn_of_aspects(const text::CommentSetup& now, const text::AdaptOptions& options);

  Parts parts_;
  TextVersions versions_;
  TextLabels labels_;
  AspectLabels aspect_labels_;
  std::mutex correct_mutex_;  // one correction at a time: ledger and warehouse in one order
  std::mutex change_mutex_;   // one change of what is in use at a time
  mutable std::mutex mutex_;
  TextRun run_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // guarded by start_mutex_
  std::mutex start_mutex_;
};

}  // namespace zhike::feedback
