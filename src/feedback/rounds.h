// Rounds: a survey sent to chosen customers, by a list or a filter, by chance, to those who say nothing of
// themselves; never to one whom any survey asked a short while ago. A round makes one personal link for each
// customer, once, whatever is repeated.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/crypto.h"
#include "event/grant.h"
#include "feedback/round_post.h"
#include "feedback/survey_answers.h"
#include "feedback/surveys.h"
#include "govern/audit.h"
#include "identity/graph.h"
#include "identity/traits.h"
#include "ledger/db.h"
#include "ledger/hot.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::feedback {

using RoundId = Id<struct SurveyRoundTag>;

/// Why a customer of the population is not asked, in the order in which it is looked at.
enum class Left : std::uint8_t {
  kUnknown,       ///< of a list: nobody's number, or outside the Grant's units
  kRepeated,      ///< of a list: a customer who is on it already
  kSpoke,         ///< not silent: said something in the days that were named
  kQuarantined,   ///< asked by a survey a short while ago
  kOwnLimit,      ///< does not want to be asked that soon again
  kRefused,       ///< consent was refused, or must be given and is not
  kNoIdentifier,  ///< only identifiers that are shared: an answer could not be counted for the customer
  kNoAddress,     ///< none that the connector could write to
  kNotDrawn,      ///< there were more than the sample is large
};
inline constexpr std::size_t kLeftCount = 9;
[[nodiscard]] std::string_view to_string(Left left) noexcept;  ///< "quarantined"

/// With {link} and {name|otherwise}, filled like the survey's own texts.
struct Message {
  std::string subject{}, text{};
};

/// Who is asked, and how.
struct RoundPlan {
  std::vector<CustomerId> customers{};  ///< a list; empty: the customers with an event in `filter`
  query::Filter filter{};
  std::string filter_text{};            ///< as it was written, to be recorded
  std::uint32_t sample = 0;             ///< so many by chance; 0: all
  std::optional<std::uint64_t> seed{};  ///< of the chance; below 2^53; nothing: by chance, too
  std::uint32_t silent_days =
      0;                  ///< only who said nothing in so many days before the filter's end; 0: whoever
  std::string channel{};  ///< by which the links are sent; empty: web
  std::optional<Instant> expires{};  ///< of the links; nothing: never
  std::uint64_t connector = 0;       ///< that writes to them; 0: somebody else sends the links
  std::uint32_t reminders = 0, remind_days = 0;
  Message message{};   ///< to whoever it is; empty: by the survey's title
  Message zh{}, en{};  ///< to customers of that language; empty: `message`
};

struct RoundOutcome {
  std::uint64_t population = 0;
  std::uint64_t looked_at = 0;  ///< whose consent and identifiers were read: until the sample was full
  std::uint64_t asked = 0;
  std::uint64_t seed = 0;  ///< of the sample
  std::array<std::uint64_t, kLeftCount> left{};
  [[nodiscard]] std::uint64_t& of(Left why) { return left[static_cast<std::size_t>(why)]; }
};

/// How far those came who were asked by links of their own.
struct AskedFunnel {
  std::uint64_t sent = 0, opened = 0, started = 0, completed = 0;
};

struct Round {
  RoundId id;
  SurveyId survey;
  std::string key;
  std::string spec;  ///< JSON: what was wanted
  RoundOutcome outcome{};
  std::string channel{};
  std::uint64_t connector = 0;
  std::uint32_t reminders = 0, remind_days = 0;
  std::optional<Instant> expires{}, told{};
  UserId actor;
  Instant created;
  bool is_new = false;  ///< make() made it just now
  AskedFunnel funnel{};
  std::uint64_t waiting = 0, reminded = 0, given_up = 0;  ///< messages
};

struct ChannelFunnel {
  std::string channel;
  AskedFunnel funnel{};
};

/// Thread-safe: rounds are made one after the other. Borrows all parts. Every call needs kManageData, and the
/// survey must be there for the Grant; lists of customers need kViewCustomers as well. Errors:
/// kPermissionMissing, kUnknownSurvey, those of the ledger and of the warehouse, and those named.
class Rounds {
 public:
  struct Parts {
    ledger::Db& ledger;
    ledger::Db& identity_db;
    const identity::Traits& traits;
    identity::Graph& graph;
    ledger::Hot& hot;
    warehouse::Client& client;
    Surveys& surveys;
    const Clock& clock;
    Millis quarantine{};       ///< after a customer was asked; at most a year
    bool opt_in = false;       ///< see may_ask()
    bool has_address = false;  ///< it is known under which address customers reach the pages
  };
  static constexpr std::size_t kPopulationMax = 1'000'000, kAskedMax = Surveys::kLinksAtOnceMax;
  static constexpr std::size_t kRoundsShown = 100;
  static constexpr std::string_view kStandingKey = "trigger/";  ///< begins the keys of triggers' rounds alone
  static constexpr std::uint32_t kRemindersMax = 5, kDaysMax = 365;

  explicit Rounds(Parts parts) : parts_(parts) {}

  /// From now on messages are sent, by `postman`, with links that begin with `public_url`; until stop_post().
  void start_post(std::unique_ptr<Postman> postman, std::string public_url);
  void stop_post();

  /// What make() would come to just now. Errors: kBadField (too many, see the limits), kNotFound (a list
  /// without customers).
  [[nodiscard]] Result<RoundOutcome> preview(const Grant& grant, SurveyId survey, const RoundPlan& plan);
  /// Draws, makes the links and puts the messages where they wait. `key` names the round within its survey: a
  /// repeat with the same plan answers the round that is there. Errors: as preview(); kKeyReused (with
  /// another plan), kSurveyState (not open), kBadField (nobody is left).
  [[nodiscard]] Result<Round> make(const Grant& grant, SurveyId survey, std::string_view key,
                                   const RoundPlan& plan);
  [[nodiscard]] Result<std::vector<Round>> list(const Grant& grant, SurveyId survey);  ///< newest first
  /// Of links for one answer, rounds or not.
  [[nodiscard]] Result<std::vector<ChannelFunnel>> channels(const Grant& grant, SurveyId survey);

  struct Told {
    CustomerId customer;
    std::string token;
  };
  /// The links of a round, once; audited. Later: none. Errors: kNotFound.
  [[nodiscard]] Result<std::vector<Told>> tell(const Grant& grant, SurveyId survey, RoundId round);

  struct Interview {
    SurveyLink link;
    std::optional<Instant> asked;  ///< when the customer was last asked, if within a year
  };
  /// A link through which a member of staff enters a customer's answers, by telephone or face to face; its
  /// answers say who entered them, and the customer counts as asked. Errors: kNotFound, kSurveyState.
  [[nodiscard]] Result<Interview> interview(const Grant& grant, SurveyId survey, CustomerId customer,
                                            std::string channel);

  /// One ask of a survey: who it was for, and whether it was answered.
  struct Invited {
    CustomerId customer;
    std::vector<std::string> levels{};  ///< by what was asked for; "": not known
    std::optional<Instant> answered{};  ///< when the answer was accepted
  };
  static constexpr std::size_t kInvitedMax = 100'000;
  /// All who were asked by links of their own, with their level of each of `by`: channel, unit (where the
  /// customer is at home), or trait.KEY. Permission: kViewMetrics. Errors: kBadField (another name, a trait
  /// that is sensitive, or more than kInvitedMax asks).
  [[nodiscard]] Result<std::vector<Invited>> invited(const Grant& grant, SurveyId survey,
                                                     const std::vector<std::string>& by);

  /// What the survey's texts ask for and a link does not know of its person yet, from the profile: the name,
  /// and other traits that are not sensitive. Nobody's identifiers: nothing changes.
  [[nodiscard]] Result<void> fill(const Survey& survey, Respondent& person);
  /// Who named an e-mail address or telephone number of a known customer in answers of a link for anybody.
  [[nodiscard]] Result<std::optional<CustomerId>> respondent(const Survey& survey, const Answers& answers);

 private:
  friend class Triggers;  // asks one customer at a time, by a round that stands
  struct Chosen {
    CustomerId customer;
    Respondent person;
    std::string address;
    std::optional<Tongue> tongue{};  ///< nothing: not known, or neither Chinese nor English
  };
  struct Drawn {
    std::vector<Chosen> chosen;
    RoundOutcome outcome;
  };
  using LastAsked = std::unordered_map<CustomerId, Instant>;

  Result<SurveyHead> head_of(const Grant& grant, SurveyId survey);
  Result<PlaceholderNames> names_wanted(SurveyId survey, const RoundPlan& plan);
  Result<Drawn> draw(const Grant& grant, const RoundPlan& plan, const PlaceholderNames& wanted);
  Result<std::vector<CustomerId>> population(const Grant& grant, const RoundPlan& plan, RoundOutcome& out);
  Result<std::vector<CustomerId>> listed(const Grant& grant, const RoundPlan& plan, RoundOutcome& out);
  Result<void> drop_loud(const Grant& grant, const RoundPlan& plan, std::vector<CustomerId>& customers,
                         RoundOutcome& out);
  Result<LastAsked> last_asked();
  Result<std::vector<identity::Trait>> traits_of(CustomerId customer);
  Result<std::vector<identity::Trait>> know(CustomerId customer, std::string_view channel,
                                            const PlaceholderNames& wanted, Chosen& out);
  Result<std::optional<Left>> look_at(CustomerId customer, const RoundPlan& plan,
                                      const PlaceholderNames& wanted, std::optional<Instant> last,
                                      Chosen& out);
  static Result<void> check_plan(const RoundPlan& plan, Instant now);
  static std::string spec(const RoundPlan& plan);
  Result<void> insert(ledger::Tx& tx, const Grant& grant, Round& round);
  Result<SurveyLinkId> ask(ledger::Tx& tx, const Grant& grant, const Round& round, const Chosen& chosen,
                           std::optional<Instant> expires);
  Result<std::optional<Round>> existing(ledger::Tx& tx, SurveyId survey, std::string_view key);
  Result<void> write(ledger::Tx& tx, const Grant& grant, Round& round, const std::vector<Chosen>& chosen);
  Result<void> count(ledger::Tx& tx, SurveyId survey, std::vector<Round>& rounds);
  bool sees(const Grant& grant, CustomerId customer);

  Parts parts_;
  std::mutex making_;  // of two rounds at the same time one sees whom the other asked
  std::unique_ptr<Postman> postman_;
  std::unique_ptr<RoundPost> post_;
};

}  // namespace zhike::feedback
