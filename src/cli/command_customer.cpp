// zhike customer.
#include <algorithm>
#include <thread>

#include "cli/commands.h"
#include "cli/match_progress.h"
#include "cli/opened.h"
#include "profile/review.h"
#include "profile/unify.h"

namespace zhike::cli {
namespace {

std::string words(const profile::MaskedIdentifier& one) {
  return fmt::format("{}:{}", to_string(one.kind), one.value);
}

json::object person_json(const profile::Person& person) {
  json::array identifiers;
  for (const auto& one : person.identifiers) identifiers.emplace_back(words(one));
  return {{"id", person.customer.str()},
          {"name", person.name},
          {"events", person.events},
          {"orders", person.orders},
          {"identifiers", std::move(identifiers)}};
}

std::vector<std::string> person_row(const profile::Person& person) {
  std::string identifiers;
  for (const auto& one : person.identifiers) identifiers += (identifiers.empty() ? "" : ", ") + words(one);
  return {person.customer.str(), person.name, std::to_string(person.events), std::to_string(person.orders),
          identifiers};
}

void show_people(Console& console, const std::vector<profile::Person>& people) {
  std::vector<std::vector<std::string>> rows{{"customer", "name", "events", "orders", "identifiers"}};
  for (const auto& person : people) rows.push_back(person_row(person));
  console.say(table(rows));
}

json::array people_json(const std::vector<profile::Person>& people) {
  json::array out;
  for (const auto& person : people) out.push_back(person_json(person));
  return out;
}

void show_decided(Console& console, const identity::Decided& done) {
  json::array customers;
  std::string text;
  for (const CustomerId customer : done.customers) {
    customers.emplace_back(customer.str());
    text += (text.empty() ? "" : ", ") + customer.str();
  }
  if (!done.obstacle.empty()) console.say("kept apart by: " + done.obstacle);
  console.say(done.version == 0 ? fmt::format("nothing was changed: {}", text)
                                : fmt::format("decision {}: {}", done.version, text));
  console.result(
      {{"version", done.version == 0 ? json::value(nullptr) : json::value(std::to_string(done.version))},
       {"customers", std::move(customers)},
       {"obstacle", done.obstacle}});
}

}  // namespace

int customer_match(Console& console, const CustomerOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    profile::Reviews::Options how{.merge_from = options.merge_from,
                                  .only_new = options.only_new,
                                  .resume = options.resume,
                                  .threads = std::max(1U, std::thread::hardware_concurrency())};
    MatchProgress progress(console, match::kReadsStore);
    how.progress = [&](match::Stage stage, double share) {
      if (!progress(stage, share)) app.reviews().stop();
    };
    bool fresh = false;
    CX_TRY(const auto begun, app.reviews().begin(Grant::owner(), how, fresh));
    CX_TRY(const auto run, app.reviews().run(begun, how));
    if (run.state == profile::RunState::kInterrupted)
      return fail(Code::kStopping, "the run was interrupted{}",
                  app.reviews().is_resumable() ? "; --resume goes on with it" : "");
    if (run.state != profile::RunState::kDone) return fail(Code::kInternal, "{}", run.error_detail);
    console.say(
        table({{"records", "new", "compared pairs", "labels", "merged", "waiting for review", "seconds"},
               {std::to_string(run.records), run.fresh ? std::to_string(*run.fresh) : "-",
                fmt::format("{:.0f}", run.compared), std::to_string(run.labels), std::to_string(run.merged),
                std::to_string(run.proposed), fmt::format("{:.1f}", run.seconds)}}));
    console.result({{"records", run.records},
                    {"new_records", run.fresh ? json::value(*run.fresh) : json::value(nullptr)},
                    {"compared_pairs", run.compared},
                    {"labels", run.labels},
                    {"merged", run.merged},
                    {"proposed", run.proposed},
                    {"seconds", run.seconds},
                    {"model", run.model}});
    return {};
  });
}

int customer_show(Console& console, const CustomerOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto id, parse_id<CustomerId>(options.customer));
    CX_TRY(const auto making, app.unify().making(Grant::owner(), id));
    json::array identifiers, joins;
    std::vector<std::vector<std::string>> rows{{"subject", "identifier", "first seen", "verified", "shared"}};
    for (const auto& known : making.identifiers) {
      identifiers.push_back(json::object{{"subject", known.subject.str()},
                                         {"identifier", words(known.shown)},
                                         {"verified", known.shown.verified},
                                         {"shared", known.shared}});
      rows.push_back({known.subject.str(), words(known.shown), format_utc(known.shown.first_seen),
                      known.shown.verified ? "yes" : "", known.shared ? "yes" : ""});
    }
    console.say(table(rows));
    rows = {{"join", "left", "right", "evidence", "at", "taken back by"}};
    for (const auto& join : making.history.joins) {
      const std::string undone = join.undone ? std::to_string(*join.undone) : std::string();
      joins.push_back(json::object{{"version", std::to_string(join.version)},
                                   {"left", join.left.str()},
                                   {"right", join.right.str()},
                                   {"evidence", to_string(join.evidence)},
                                   {"undone", undone.empty() ? json::value(nullptr) : json::value(undone)}});
      rows.push_back({std::to_string(join.version), join.left.str(), join.right.str(),
                      std::string(to_string(join.evidence)), format_utc(join.at), undone});
    }
    console.say(table(rows));
    console.result({{"id", making.customer.str()},
                    {"identifiers", std::move(identifiers)},
                    {"joins", std::move(joins)}});
    return {};
  });
}

int customer_merge(Console& console, const CustomerOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    profile::MergeWish wish;
    CX_TRY(wish.left, parse_id<CustomerId>(options.customer));
    CX_TRY(wish.right, parse_id<CustomerId>(options.other));
    if (options.preview) {
      CX_TRY(const auto preview, app.unify().preview_merge(Grant::owner(), wish.left, wish.right));
      std::vector<profile::Person> people = preview.before;
      people.push_back(preview.after);
      show_people(console, people);
      if (!preview.obstacle.empty()) console.say("kept apart by: " + preview.obstacle);
      console.result({{"before", people_json(preview.before)},
                      {"after", person_json(preview.after)},
                      {"obstacle", preview.obstacle}});
      return {};
    }
    wish.reason = options.reason;
    wish.force = options.force;
    CX_TRY(const auto done, app.unify().merge(Grant::owner(), wish));
    show_decided(console, done);
    return {};
  });
}

int customer_split(Console& console, const CustomerOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto id, parse_id<CustomerId>(options.customer));
    std::vector<std::uint64_t> joins;
    for (const std::string& text : options.joins) {
      CX_TRY(const auto version, parse_id<CustomerId>(text));
      joins.push_back(version.value);
    }
    if (options.preview) {
      CX_TRY(const auto left, app.unify().preview_split(Grant::owner(), id, joins));
      show_people(console, left);
      console.result({{"customers", people_json(left)}});
      return {};
    }
    CX_TRY(const auto done, app.unify().split(Grant::owner(), id, std::move(joins), options.reason));
    show_decided(console, done);
    return {};
  });
}

}  // namespace zhike::cli
