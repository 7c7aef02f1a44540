// Who a round asks: the population, who of it must not be asked, and the chance.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "feedback/customer_language.h"
#include "feedback/round_consent.h"
#include "feedback/round_draw.h"
#include "feedback/rounds.h"
#include "feedback/sql.h"
#include "query/prepare.h"

namespace zhike::feedback {

/// survey_links.cpp. The person of a personal link. Errors: kSealBroken, kBadRecord.
Result<Respondent> open_person(const crypto::Key& key, SurveyLinkId link, std::string_view sealed);

namespace {

constexpr std::size_t kIdentifiersRead = 5;  // of a kind
constexpr Millis kRemembered = days(Rounds::kDaysMax);
constexpr std::size_t kFilledMax = 20, kFilledBytesMax = 400;  // traits of a link, as survey_links.cpp has it

std::uint64_t any_seed() {
  std::array<unsigned char, 4> bytes{};
  crypto::random_bytes(bytes);
  std::uint64_t seed = 0;
  for (const unsigned char byte : bytes) seed = seed << 8U | byte;
  return seed;
}

/// Identifiers by which an answer can be counted for the customer: those of people, before those of devices.
constexpr std::uint16_t own_kinds() {
  std::uint16_t kinds = 0;
  for (const IdentifierKind kind :
       {IdentifierKind::kUserId, IdentifierKind::kEmail, IdentifierKind::kPhone,
        IdentifierKind::kWechatUnionId, IdentifierKind::kWechatOpenId, IdentifierKind::kLoyaltyId,
        IdentifierKind::kExternalId, IdentifierKind::kDeviceId, IdentifierKind::kAnonymousId,
        IdentifierKind::kOrderId})
    kinds = static_cast<std::uint16_t>(kinds | identity::kind_bit(kind));
  return kinds;
}

/// What a channel's messages are addressed to.
IdentifierKind address_kind(std::string_view channel) {
  if (channel == "sms" || channel == "phone") return IdentifierKind::kPhone;
  if (channel == "wechat") return IdentifierKind::kWechatOpenId;
  if (channel == "app") return IdentifierKind::kUserId;
  return IdentifierKind::kEmail;
}

Result<std::vector<CustomerId>> customers_in(warehouse::Client& client, const Grant& grant,
                                             const query::Filter& filter, std::string_view sql,
                                             std::size_t most) {
  CX_TRY(auto prepared, query::prepare(grant, query::viewing(grant), filter, sql));
  prepared.params.set("rows", std::uint64_t{most + 1});
  CX_TRY(const auto table, client.select(prepared.query({.result_rows_max = most + 1})));
  if (table.rows.size() > most) return fail(Code::kBadField, "'filter': more than {} customers", most);
  std::vector<CustomerId> out;
  out.reserve(table.rows.size());
  for (const auto& row : table.rows) out.push_back({warehouse::as_u64(row[0])});
  return out;
}

/// The customer's name, and of what else is wanted the traits that are not sensitive: a link may be passed
/// on.
void add_known(const std::vector<identity::Trait>& traits, const PlaceholderNames& wanted,
               Respondent& person) {
  for (const identity::Trait& trait : traits) {
    const bool shown = trait.key == "name" || (!trait.sensitive && wanted.contains(trait.key));
    if (!shown || trait.value.empty() || trait.value.size() > kFilledBytesMax ||
        person.traits.size() >= kFilledMax || person.traits.contains(trait.key))
      continue;
    person.traits[trait.key] = trait.value;
  }
}

}  // namespace

bool Rounds::sees(const Grant& grant, CustomerId customer) {
  if (grant.all_units) return true;
  const auto record = parts_.hot.find(customer);
  return record && std::ranges::any_of(record->units, [&](const std::string& unit) {
           return std::ranges::find(grant.units, unit) != grant.units.end();
         });
}

Result<std::vector<CustomerId>> Rounds::listed(const Grant& grant, const RoundPlan& plan, RoundOutcome& out) {
  if (!grant.may(Permission::kViewCustomers))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kViewCustomers));
  if (plan.customers.size() > kPopulationMax)
    return fail(Code::kBadField, "'customers': more than {}", kPopulationMax);
  std::vector<CustomerId> found;
  std::unordered_set<CustomerId> seen;
  for (const CustomerId named : plan.customers) {
    const auto today = parts_.graph.customer_of(SubjectId{named.value});
    if (!today && today.error().code != Code::kNotFound) return std::unexpected(today.error());
    if (!today || !sees(grant, *today))
      ++out.of(Left::kUnknown);
    else if (!seen.insert(*today).second)
      ++out.of(Left::kRepeated);
    else
      found.push_back(*today);
  }
  out.population = plan.customers.size();
  return found;
}

Result<std::vector<CustomerId>> Rounds::population(const Grant& grant, const RoundPlan& plan,
                                                   RoundOutcome& out) {
  if (!plan.customers.empty()) return listed(grant, plan, out);
  CX_TRY(auto found, customers_in(parts_.client, grant, plan.filter, sql::kRoundPool, kPopulationMax));
  out.population = found.size();
  return found;
}

/// Leaves those who said nothing. What was said after the filter's end counts too: who has complained since
/// is not silent.
Result<void> Rounds::drop_loud(const Grant& grant, const RoundPlan& plan, std::vector<CustomerId>& customers,
                               RoundOutcome& out) {
  if (plan.silent_days == 0) return {};
  query::Filter since = plan.filter;
  since.where = {};
  since.by_wall_clock = false;
  const Instant now = parts_.clock.now();
  const Instant end = plan.customers.empty() ? std::min(plan.filter.range.to, now) : now;
  since.range = {end - days(plan.silent_days), std::max(plan.filter.range.to, now + days(1))};
  CX_TRY(const auto loud, customers_in(parts_.client, grant, since, sql::kSpoke, kPopulationMax));
  const std::unordered_set<CustomerId> spoke(loud.begin(), loud.end());
  out.of(Left::kSpoke) = std::erase_if(customers, [&](CustomerId one) { return spoke.contains(one); });
  return {};
}

/// Whom surveys asked within a year, as the customer of today: links of rounds and interviews by the subject
/// that was noted, others by the identifiers they were made for.
Result<Rounds::LastAsked> Rounds::last_asked() {
  LastAsked out;
  const crypto::Key& key = parts_.surveys.parts_.key;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(
                                   "SELECT l.id, l.created, COALESCE(a.subject, 0), "
                                   "CASE WHEN a.link IS NULL THEN l.sealed END "
                                   "FROM survey_links l LEFT JOIN survey_asks a ON a.link = l.id "
                                   "WHERE l.kind = 2 AND l.created > $1")
                                 .bind(1, parts_.clock.now() - kRemembered);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      std::optional<CustomerId> customer;
      if (row.u64(2) != 0) {
        const auto today = parts_.graph.customer_of(SubjectId{row.u64(2)});
        if (today) customer = *today;
      } else if (const auto person = open_person(key, {row.u64(0)}, row.blob(3))) {
        for (const Identifier& one : person->identifiers) {
          CX_TRY(customer, parts_.graph.find(one));
          if (customer) break;
        }
      }
      if (!customer) continue;
      Instant& last = out[*customer];
      last = std::max(last, Instant{row.i64(1)});
    }
  }));
  // Who answered what anybody may answer has been asked, too, where the answers name an address that is
  // known.
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT subject, at FROM survey_answered WHERE at > $1")
                                 .bind(1, parts_.clock.now() - kRemembered);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      const auto today = parts_.graph.customer_of(SubjectId{row.u64(0)});
      if (!today) continue;
      Instant& last = out[*today];
      last = std::max(last, Instant{row.i64(1)});
    }
  }));
  return out;
}

Result<std::vector<Rounds::Invited>> Rounds::invited(const Grant& grant, SurveyId survey,
                                                     const std::vector<std::string>& by) {
  constexpr std::string_view kTrait = "trait.";
  for (const std::string& one : by)
    if (one != "channel" && one != "unit" && !(one.starts_with(kTrait) && one.size() > kTrait.size()))
      return fail(Code::kBadField, "'{}': by channel, unit or trait.KEY", one);
  CX_TRY(parts_.surveys.find(grant, survey));
  struct Ask {
    SubjectId subject;
    std::string channel;
    std::optional<Instant> answered;
  };
  std::vector<Ask> asks;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    asks.clear();
    ledger::Statement& row = tx.sql(
                                   "SELECT a.subject, l.channel, r.changed FROM survey_asks a JOIN "
                                   "survey_links l ON l.id = a.link "
                                   "LEFT JOIN survey_responses r ON r.link = a.link AND r.state IN (1, 2) "
                                   "WHERE a.survey = $1 ORDER BY a.link LIMIT $2")
                                 .bind(1, survey)
                                 .bind(2, static_cast<std::int64_t>(kInvitedMax) + 1);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      asks.push_back({.subject = {row.u64(0)}, .channel = std::string(row.text(1)), .answered = {}});
      if (!row.is_null(2)) asks.back().answered = Instant{row.i64(2)};
    }
  }));
  if (asks.size() > kInvitedMax) return fail(Code::kBadField, "more than {} were asked", kInvitedMax);
  const bool with_traits = std::ranges::any_of(by, [&](const auto& one) { return one.starts_with(kTrait); });
  const bool with_unit = std::ranges::find(by, "unit") != by.end();
  std::vector<Invited> out;
  out.reserve(asks.size());
  for (const Ask& ask : asks) {
    const auto today = parts_.graph.customer_of(ask.subject);
    Invited one{
        .customer = today ? *today : CustomerId{ask.subject.value}, .levels = {}, .answered = ask.answered};
    std::vector<identity::Trait> traits;
    if (with_traits) {
      CX_TRY(traits, traits_of(one.customer));
    }
    std::string home;
    if (with_unit)
      if (const auto record = parts_.hot.find(one.customer)) home = record->unit;
    for (const std::string& wanted : by) {
      if (wanted == "channel") one.levels.push_back(ask.channel);
      if (wanted == "unit") one.levels.push_back(home);
      if (!wanted.starts_with(kTrait)) continue;
      const auto trait =
          std::ranges::find(traits, std::string_view(wanted).substr(kTrait.size()), &identity::Trait::key);
      if (trait != traits.end() && trait->sensitive)
        return fail(Code::kBadField, "'{}' is sensitive, and nothing is divided by it", wanted);
      one.levels.push_back(trait == traits.end() ? std::string() : trait->value);
    }
    out.push_back(std::move(one));
  }
  return out;
}

Result<PlaceholderNames> Rounds::names_wanted(SurveyId survey, const RoundPlan& plan) {
  CX_TRY(const auto newest, parts_.surveys.survey(Grant::owner(), survey));
  PlaceholderNames out = placeholders(*newest);
  for (const Message* one : {&plan.message, &plan.zh, &plan.en}) {
    add_placeholders(one->subject, out);
    add_placeholders(one->text, out);
  }
  return out;
}

Result<std::vector<identity::Trait>> Rounds::traits_of(CustomerId customer) {
  std::vector<identity::Trait> out;
  const auto rules = parts_.graph.rules();
  CX_TRY(parts_.identity_db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, parts_.traits.get(tx, customer, *rules));
    return {};
  }));
  return out;
}

Result<void> Rounds::fill(const Survey& survey, Respondent& person) {
  PlaceholderNames names = placeholders(survey);
  std::erase_if(names, [&](const std::string& name) { return person.traits.contains(name); });
  if (names.empty()) return {};
  for (const Identifier& one : person.identifiers) {
    CX_TRY(const auto customer, parts_.graph.find(one));
    if (!customer) continue;
    CX_TRY(const auto traits, traits_of(*customer));
    add_known(traits, names, person);
    return {};
  }
  return {};
}

Result<std::optional<CustomerId>> Rounds::respondent(const Survey& survey, const Answers& answers) {
  for (const auto& [id, answer] : answers) {
    const Question* question = survey.find(id);
    const auto* said = std::get_if<std::string>(&answer);
    if (question == nullptr || question->kind != QuestionKind::kContact || said == nullptr) continue;
    const IdentifierKind kind = question->by_phone ? IdentifierKind::kPhone : IdentifierKind::kEmail;
    CX_TRY(const auto customer, parts_.graph.find(Identifier{kind, *said}));
    if (customer) return customer;
  }
  return std::nullopt;
}

/// Traits, and into `out` by what the customer's answers are counted and messages addressed.
Result<std::vector<identity::Trait>> Rounds::know(CustomerId customer, std::string_view channel,
                                                  const PlaceholderNames& wanted, Chosen& out) {
  CX_TRY(auto traits, traits_of(customer));
  CX_TRY(const auto known, parts_.graph.identifiers_of(customer, kIdentifiersRead, own_kinds()));
  for (const auto& one : known) {
    if (one.shared) continue;
    if (out.person.identifiers.empty()) out.person.identifiers.push_back({one.kind, one.value});
    if (out.address.empty() && one.kind == address_kind(channel)) out.address = one.value;
  }
  add_known(traits, wanted, out.person);
  out.tongue = tongue_of(traits);
  out.customer = customer;
  return traits;
}

/// Nothing: the customer may be asked, and `out` is complete.
Result<std::optional<Left>> Rounds::look_at(CustomerId customer, const RoundPlan& plan,
                                            const PlaceholderNames& wanted, std::optional<Instant> last,
                                            Chosen& out) {
  CX_TRY(const auto traits, know(customer, plan.channel, wanted, out));
  const auto limit = own_limit(traits);
  if (limit && last && parts_.clock.now() - *last < *limit) return Left::kOwnLimit;
  if (!may_ask(traits, plan.channel, parts_.opt_in)) return Left::kRefused;
  if (out.person.identifiers.empty()) return Left::kNoIdentifier;
  if (plan.connector != 0 && out.address.empty()) return Left::kNoAddress;
  return std::nullopt;
}

Result<Rounds::Drawn> Rounds::draw(const Grant& grant, const RoundPlan& plan,
                                   const PlaceholderNames& wanted) {
  Drawn out;
  RoundOutcome& counts = out.outcome;
  CX_TRY(auto customers, population(grant, plan, counts));
  CX_TRY(drop_loud(grant, plan, customers, counts));
  CX_TRY(const LastAsked asked, last_asked());
  const Instant now = parts_.clock.now();
  const auto last_of = [&](CustomerId one) -> std::optional<Instant> {
    const auto at = asked.find(one);
    if (at == asked.end()) return std::nullopt;
    return at->second;
  };
  counts.of(Left::kQuarantined) = std::erase_if(customers, [&](CustomerId one) {
    const auto last = last_of(one);
    return last && now - *last < parts_.quarantine;
  });
  if (plan.sample == 0 && customers.size() > kAskedMax)
    return fail(Code::kBadField, "'sample': {} customers remain, and a round asks at most {}",
                customers.size(), kAskedMax);
  counts.seed = plan.seed ? *plan.seed : any_seed();
  if (plan.sample != 0) shuffle(customers, counts.seed);
  const std::size_t most = plan.sample == 0 ? customers.size() : plan.sample;
  for (const CustomerId customer : customers) {
    if (out.chosen.size() == most) break;
    ++counts.looked_at;
    Chosen one;
    CX_TRY(const auto left, look_at(customer, plan, wanted, last_of(customer), one));
    if (left)
      ++counts.of(*left);
    else
      out.chosen.push_back(std::move(one));
  }
  counts.asked = out.chosen.size();
  counts.of(Left::kNotDrawn) = customers.size() - counts.looked_at;
  return out;
}

}  // namespace zhike::feedback
