#include "ingest/gate.h"

#include <algorithm>
#include <array>

#include "clean/address.h"
#include "clean/email.h"
#include "clean/name.h"
#include "clean/phone.h"
#include "clean/width.h"
#include "ingest/classify.h"
#include "ingest/detect.h"
#include "ingest/notes.h"
#include "ingest/record.h"

namespace zhike::ingest {
namespace {

using clean::Rule;

constexpr std::array<std::string_view, 6> kNameKeys{"name",          "full_name", "fullName",
                                                    "customer_name", "姓名",      "客户姓名"};

/// One batch of one source.
class Standardiser {
 public:
  Standardiser(const Source& source, clean::Tally& tally) : source_(source), tally_(tally) {}

  void event(RawEvent& e) {
    for (Identifier& id : e.identifiers) identifier(id);
    if (e.type == EventType::kIdentify && !e.traits.empty()) traits(e);
  }
  [[nodiscard]] std::uint64_t checked() const { return checked_; }

 private:
  void identifier(Identifier& id) {
    if (id.kind == IdentifierKind::kPhone) {
      ++checked_;
      phone(id.value);
    } else if (id.kind == IdentifierKind::kEmail) {
      ++checked_;
      (void)clean::email(id.value, &tally_);
    } else if (id.kind == IdentifierKind::kNationalId) {
      ++checked_;
      const std::string plain = clean::without_blanks(id.value);
      if (plain != id.value) tally_.add(Rule::kNationalIdWritten);
      // Other countries' numbers have their own forms; eighteen characters are a Chinese one's.
      if (plain.size() == 18 && !is_chinese_id(plain)) tally_.add(Rule::kNationalIdInvalid);
    }
  }

  // A number without a country gets that of its source here, since identity does not know sources' regions.
  void phone(std::string& value) {
    if (!region_) region_ = region_of(source_);
    clean::Phone found = clean::phone(value, *region_);
    if (!found.is_certain) return tally_.add(Rule::kPhoneInvalid);
    std::string full = "+" + found.digits;
    if (value == full || value == found.digits) return;
    const std::string_view digits = found.digits;
    const bool had_country =
        value.find('+') != value.npos || value.starts_with("00") || value.starts_with(digits.substr(0, 3));
    tally_.add(had_country ? Rule::kPhoneWritten : Rule::kPhoneCountry);
    if (!(digits.starts_with("86") && digits.substr(2) == value)) value = std::move(full);
  }

  void traits(RawEvent& e) {
    Properties found;
    for (const Property& p : e.traits) {
      const auto* text = std::get_if<std::string>(&p.value);
      if (text == nullptr || text->empty()) continue;
      if (std::ranges::find(kNameKeys, p.key) != kNameKeys.end()) (void)clean::name_key(*text, &tally_);
      if (!clean::has_cjk(*text) || classify_key(p.key, true) != KeyClass::kAddress) continue;
      const clean::Divisions d = clean::divide(*text);
      if (!d.is_set()) continue;
      tally_.add(Rule::kAddressSplit);
      const std::array values{&d.province, &d.city, &d.district};
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string_view key = kDerivedTraits[i];
        if (!values[i]->empty() && find(e.traits, key) == nullptr && find(found, key) == nullptr)
          found.push_back({std::string(key), *values[i]});
      }
    }
    if (e.traits.size() + found.size() > EventLimits::kPropertiesMax) return;
    e.traits.insert(e.traits.end(), std::make_move_iterator(found.begin()),
                    std::make_move_iterator(found.end()));
  }

  const Source& source_;
  clean::Tally& tally_;
  std::optional<std::string> region_;
  std::uint64_t checked_ = 0;
};

}  // namespace

std::string region_of(const Source& source) {
  return source.region.empty() ? clean::region_of_zone(source.zone) : source.region;
}

std::optional<Violation> first_violation(const Plan& plan, const Source& source, const RawEvent& event) {
  std::vector<Violation> found;
  plan.check(event, source.kind == "file", 1, found);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

// The events fill the places between the rejects that are there already; what moves keeps its place.
void Gate::enforce(const Source& source, const Plan& plan, Parsed& parsed) const {
  std::vector<RawEvent> kept;
  std::vector<Reject> refused;
  std::size_t place = 0;
  auto before = parsed.rejects.begin();
  for (std::size_t i = 0; i < parsed.events.size(); ++i, ++place) {
    for (; before != parsed.rejects.end() && before->place == place; ++before) ++place;
    RawEvent& event = parsed.events[i];
    auto violation = first_violation(plan, source, event);
    if (!violation) {
      if (!refused.empty()) kept.push_back(std::move(event));
      continue;
    }
    if (refused.empty())  // from here on events are moved
      kept.assign(std::make_move_iterator(parsed.events.begin()),
                  std::make_move_iterator(parsed.events.begin() + static_cast<std::ptrdiff_t>(i)));
    Reject reject = reject_of(event, reason_of(*violation), detail_of(*violation, event));
    reject.place = place;
    reject.message_id = event.message_id;
    refused.push_back(std::move(reject));
  }
  if (refused.empty()) return;
  parsed.events = std::move(kept);
  std::ranges::move(refused, std::back_inserter(parsed.rejects));
  std::ranges::sort(parsed.rejects, {}, &Reject::place);
}

void Gate::pass(const Source& source, Parsed& parsed) const {
  clean::Tally tally = take_notes();
  std::uint64_t findings = 0;
  for (const Rule rule : {Rule::kPhoneInvalid, Rule::kEmailInvalid}) findings += tally.of(rule);
  // The plan is about what was sent, so it comes before what is derived from it.
  if (const auto plan = plans_.of(source.id); plan && plan->mode == PlanMode::kEnforce)
    enforce(source, *plan, parsed);
  Standardiser standardiser(source, tally);
  for (RawEvent& event : parsed.events) standardiser.event(event);
  const std::uint64_t checked = standardiser.checked() + findings;
  if (checked == 0 && std::ranges::all_of(tally.by_rule, [](std::uint32_t n) { return n == 0; })) return;
  const auto zone = Zone::find(source.zone);
  const std::int64_t day = day_of(clock_.now(), zone ? *zone : Zone::utc());
  std::uint64_t invalid = 0;
  for (std::size_t i = 0; i < clean::kRuleCount; ++i)
    if (const auto rule = static_cast<Rule>(i); clean::is_finding(rule) && rule != Rule::kEmailDisposable)
      invalid += tally.of(rule);
  days_.add(source.id, day, tally);
  days_.add({{source.id, day, Mark::kValues, checked}, {source.id, day, Mark::kInvalid, invalid}});
}

}  // namespace zhike::ingest
