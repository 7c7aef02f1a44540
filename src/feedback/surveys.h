// Surveys as they are kept: documents by version, links, and answers until they are in the journal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "event/grant.h"
#include "feedback/survey_events.h"
#include "govern/audit.h"
#include "ingest/intake.h"
#include "ledger/db.h"

namespace zhike::feedback {

using SurveyId = Id<struct SurveyTag>;
using SurveyLinkId = Id<struct SurveyLinkTag>;

enum class SurveyState : std::uint8_t { kDraft, kOpen, kClosed };
[[nodiscard]] std::string_view to_string(SurveyState state) noexcept;  ///< "draft"

class Benchmarks;
class Rounds;
class Triggers;

/// A survey without its document.
struct SurveyHead {
  SurveyId id;
  std::string key;  ///< the document's id
  SurveyState state = SurveyState::kDraft;
  std::uint32_t version = 1;  ///< the newest
  Texts title{};
  std::string unit{};
  Instant created{}, changed{};
};

struct SurveyVersion {
  std::uint32_t version = 1;
  UserId actor;
  Instant at;
};

enum class LinkKind : std::uint8_t {
  kPublic,    ///< anybody, any number of answers
  kSingle,    ///< anybody, one answer
  kPersonal,  ///< one person, one answer, which is counted for that person
};
[[nodiscard]] std::string_view to_string(LinkKind kind) noexcept;  ///< "public"
[[nodiscard]] std::optional<LinkKind> parse_link_kind(std::string_view text) noexcept;

struct NewLink {
  LinkKind kind = LinkKind::kPublic;
  std::string channel{};             ///< by which it will be sent; its answers come from there; empty: web
  std::optional<Instant> expires{};  ///< nothing: never
  Respondent person{};               ///< of a personal link: at least one identifier
};

struct SurveyLink {
  SurveyLinkId id;
  LinkKind kind = LinkKind::kPublic;
  std::string token{};  ///< of a public link, and of every link when it is made; else it is not kept
  std::string channel{};
  std::optional<Instant> expires{};
  std::uint64_t opened = 0;
  Instant created{};
  std::optional<Instant> revoked{};
};

/// How far people came. Sent links are those for one answer: how many saw a public link nobody knows.
struct SurveyFunnel {
  std::uint64_t sent = 0, sent_opened = 0;  ///< links for one answer; those of them that were opened
  std::uint64_t opened = 0;                 ///< how often the page was asked for, over all links
  std::uint64_t started = 0;                ///< responses with a first answer
  std::uint64_t completed = 0;
  std::uint64_t turned_away = 0;  ///< because a quota was full
};

/// A respondent before the survey.
struct Visit {
  SurveyHead head;
  std::shared_ptr<const Survey> survey;
  SurveyLinkId link;
  LinkKind kind = LinkKind::kPublic;
  std::string channel{};
  Respondent person{};
  std::string response{};  ///< id of the response; not what the respondent's address holds
  enum class State : std::uint8_t { kNew, kOpen, kSending, kDone, kTurnedAway };
  State state = State::kNew;
  Answers answers{};  ///< so far
};

/// Thread-safe. Borrows all parts. Every call of a user takes the Grant: viewing needs kViewMetrics, changing
/// kManageData; a survey of a unit is there for those who see the unit, one without for those who see all
/// units. Errors: kPermissionMissing, kUnknownSurvey, and those named.
class Surveys {
 public:
  struct Parts {
    ledger::Db& ledger;
    const crypto::Key key;  ///< hashes links, seals answers
    const govern::Audit& audit;
    ingest::Sources& sources;
    ingest::Intake& intake;
    const Clock& clock;
    std::string zone;  ///< IANA name, of the sources that are made
  };
  static constexpr std::size_t kSurveysMax = 1'000, kLinksAtOnceMax = 10'000;

  /// Sends what is pending from the run before; a journal that takes nothing is no reason not to start.
  [[nodiscard]] static Result<std::unique_ptr<Surveys>> open(Parts parts);
  ~Surveys();

  /// Who is asked, and how they are told: given once, when the parts that it needs are there.
  void attach(std::unique_ptr<Rounds> rounds);
  [[nodiscard]] Rounds& rounds() { return *rounds_; }
  /// What events ask by themselves; they need the rounds, and are ended before them.
  void attach(std::unique_ptr<Triggers> triggers);
  [[nodiscard]] Triggers& triggers() { return *triggers_; }
  /// Figures of others, beside which those of surveys are shown.
  void attach(std::unique_ptr<Benchmarks> benchmarks);
  [[nodiscard]] Benchmarks& benchmarks() { return *benchmarks_; }

  [[nodiscard]] Result<std::vector<SurveyHead>> list(const Grant& grant);  ///< newest first
  [[nodiscard]] Result<SurveyHead> find(const Grant& grant, SurveyId id);
  /// `version` 0: the newest. Errors: kUnknownSurvey.
  [[nodiscard]] Result<std::string> document(const Grant& grant, SurveyId id, std::uint32_t version = 0);
  /// The same, read.
  [[nodiscard]] Result<std::shared_ptr<const Survey>> survey(const Grant& grant, SurveyId id,
                                                             std::uint32_t version = 0);
  [[nodiscard]] Result<std::vector<SurveyVersion>> versions(const Grant& grant,
                                                            SurveyId id);  ///< newest first
  /// As a draft of version 1. Errors: kBadSurvey (the document; its id is taken; too many).
  [[nodiscard]] Result<SurveyHead> create(const Grant& grant, std::string_view document, std::string unit,
                                          Tongue tongue);
  /// A new version, for those who open the survey from now on. The document names the version it was made
  /// from. Errors: kBadSurvey, kSurveyChanged (that is not the newest any more), kSurveyState (closed).
  [[nodiscard]] Result<SurveyHead> put(const Grant& grant, SurveyId id, std::string_view document,
                                       Tongue tongue);
  /// Opens a draft or a closed survey, closes an open one. Errors: kSurveyState.
  [[nodiscard]] Result<SurveyHead> move(const Grant& grant, SurveyId id, SurveyState to);

  /// Their tokens are answered here and never again, but those of public links. Errors: kBadField.
  [[nodiscard]] Result<std::vector<SurveyLink>> make_links(const Grant& grant, SurveyId id,
                                                           std::span<const NewLink> wanted);
  [[nodiscard]] Result<std::vector<SurveyLink>> public_links(const Grant& grant,
                                                             SurveyId id);  ///< newest first
  /// From now on nobody gets in by the link, and no message is sent for it; answers that were sent off stay.
  /// Once taken back: nothing happens. Errors: kUnknownLink (none of this survey).
  [[nodiscard]] Result<void> revoke(const Grant& grant, SurveyId id, SurveyLinkId link);
  /// The same by what the link's address ends with.
  [[nodiscard]] Result<void> revoke(const Grant& grant, SurveyId id, std::string_view token);
  [[nodiscard]] Result<SurveyFunnel> funnel(const Grant& grant, SurveyId id);
  /// Under which its answers arrive. Nothing: none has yet.
  [[nodiscard]] Result<std::optional<SourceId>> source(const Grant& grant, SurveyId id);

  /// Who comes with `token`; `respondent` is what an earlier answer gave the address of a public link
  /// (ignored for other links: they have one response). A response keeps the version it was begun with.
  /// Errors: kUnknownLink, kLinkExpired (or taken back), kSurveyClosed (also of a draft).
  [[nodiscard]] Result<Visit> visit(std::string_view token, std::string_view respondent);
  /// Whose pages may hold what is behind `token`, whether or not it lets anybody in; none for a token that
  /// leads nowhere.
  [[nodiscard]] std::vector<std::string> origins(std::string_view token);
  [[nodiscard]] Result<void> count_opened(const Visit& visit);
  /// Keeps what was answered so far. Errors: kLinkUsed (it was sent off meanwhile), kUnknownLink (visit() got
  /// no respondent).
  [[nodiscard]] Result<void> keep(const Visit& visit, const Answers& answers);
  /// Takes the answers for good: when this succeeds they are in the journal. A repeat succeeds without
  /// counting again. Errors: kBadAnswer (missing or not valid, in `tongue`), kSurveyFull, those of the
  /// journal (the answer is kept, and sent again by a repeat or the next start).
  [[nodiscard]] Result<void> submit(const Visit& visit, const Answers& answers, Tongue tongue);

  /// Sends what was accepted before `before` and is not known to be in the journal: the service died in
  /// between, or the journal took nothing. What did arrive is recognised by its message ids (within the
  /// window of retries).
  [[nodiscard]] Result<void> send_pending(Instant before);

  /// Random, for the address of a respondent of a public link.
  [[nodiscard]] static std::string new_respondent() { return crypto::random_token(16); }
  /// Has the shape of what new_respondent() and make_links() give: 128 bits in URL-safe base64.
  [[nodiscard]] static bool is_token(std::string_view text) noexcept;

 private:
  friend class Rounds;     // makes links in a transaction of its own
  friend class RoundPost;  // opens what rounds sealed
  friend class Triggers;   // find surveys, record what was done
  explicit Surveys(Parts parts);

  Result<SurveyHead> found(const Grant& grant, Permission needed, SurveyId id);
  Result<std::shared_ptr<const Survey>> parsed(SurveyId id, std::uint32_t version);
  Result<void> write_version(ledger::Tx& tx, const SurveyHead& head, std::string_view document, UserId actor);
  Result<void> record(ledger::Tx& tx, const Grant& grant, std::string_view action, SurveyId id,
                      std::string detail);
  Result<SurveyLink> make_link(ledger::Tx& tx, const Grant& grant, SurveyId id, const NewLink& wanted);
  Result<void> load_response(Visit& visit);
  Result<bool> accept(const Visit& visit, const Answers& accepted);
  Result<void> note_respondent(ledger::Tx& tx, const Visit& visit, CustomerId customer);
  Result<void> send(const Visit& visit, const Answers& accepted);
  std::string hash(std::string_view token) const;

  Parts parts_;
  std::mutex mutex_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::shared_ptr<const Survey>>
      parsed_;  // guarded by mutex_
  std::unique_ptr<Rounds> rounds_;
  std::unique_ptr<Triggers> triggers_;
  std::unique_ptr<Benchmarks> benchmarks_;
};

}  // namespace zhike::feedback
