// What people teach the reading of comments: labels, models learned from them, aspects, routes and words.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "feedback/text_learning.h"
#include "feedback/text_preview.h"
#include "query/parse.h"
#include "server/api.h"
#include "server/text_json.h"
#include "server/text_learning.h"

namespace zhike::server {
namespace {

using feedback::TextPart;

/// Names of users, by id.
class People {
 public:
  static Result<People> make(Call& call) {
    People out;
    CX_TRY(const auto users, call.app.users().list());
    for (const govern::User& user : users)
      out.names_.emplace(user.id, user.name.empty() ? user.login : user.name);
    return out;
  }
  [[nodiscard]] json::object json_of(UserId user) const {
    const auto at = names_.find(user);
    return {{"id", user_or_null(user)}, {"name", at == names_.end() ? std::string() : at->second}};
  }

 private:
  std::map<UserId, std::string> names_;
};

std::string_view path_of(const Call& call, std::string_view name) {
  for (const auto& [key, value] : call.params)
    if (key == name) return value;
  return {};
}

Result<TextPart> part_of(const Call& call, bool or_model) {
  const auto part = feedback::parse_text_part(path_of(call, "key"));
  if (!part || (is_learned(*part) && !or_model))
    return fail(Code::kNotFound, "part {}", path_of(call, "key"));
  return *part;
}

/// Which model: without a name that of comments.
Result<TextPart> learned_part(std::string_view name) {
  if (name.empty()) return TextPart::kModel;
  const auto part = feedback::parse_text_part(name);
  if (!part || !is_learned(*part)) return fail(Code::kBadField, "'part': model or aspect_model");
  return *part;
}

Result<std::uint64_t> event_of(const Call& call) {
  const auto id = ascii::parse_number<std::uint64_t>(path_of(call, "id"));
  if (!id) return fail(Code::kBadId, "{}", path_of(call, "id"));
  return *id;
}

/// With line ends, which Fields::text() refuses.
Result<std::string> body_of(const Fields& fields) {
  const json::value* value = fields.object().if_contains("body");
  if (value == nullptr || !value->is_string() ||
      value->get_string().size() > feedback::TextLearning::kBodyBytesMax)
    return fail(Code::kBadField, "'body'");
  return std::string(value->get_string());
}

json::object label_json(const feedback::TextLabel& label, const People& people) {
  return {{"event_id", std::to_string(label.event)},
          {"sentiment", text::to_string(label.label)},
          {"heard", label.heard ? json::value(text::to_string(*label.heard)) : json::value(nullptr)},
          {"by", people.json_of(label.actor)},
          {"at", time_text(label.at)},
          {"text", label.text}};
}

Result<Response> put_label(Call& call) {
  CX_TRY(const std::uint64_t event, event_of(call));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const std::string name, fields.text("sentiment", 20));
  const auto sentiment = text::parse_polarity(name);
  if (!sentiment) return fail(Code::kBadField, "'sentiment': negative, neutral or positive");
  CX_TRY(const auto models, call.app.readings().models());
  CX_TRY(const auto label,
         call.app.readings().learning().labels().put(call.grant, event, *sentiment, *models));
  CX_TRY(const People people, People::make(call));
  return answer(label_json(label, people));
}

Result<Response> remove_label(Call& call) {
  CX_TRY(const std::uint64_t event, event_of(call));
  CX_TRY(call.app.readings().learning().labels().remove(call.grant, event));
  return no_content();
}

Result<Response> list_labels(Call& call) {
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto page, call.app.readings().learning().labels().list(call.grant, before, count));
  CX_TRY(const People people, People::make(call));
  json::array items;
  for (const auto& label : page.items) items.push_back(label_json(label, people));
  return answer(json::object{{"items", std::move(items)}, {"next_cursor", next_cursor(page.next)}});
}

constexpr std::string_view kAbsent = "absent";

std::string_view tone_of(const std::optional<text::Polarity>& polarity) {
  return polarity ? text::to_string(*polarity) : kAbsent;
}

json::object aspect_label_json(const feedback::AspectLabel& label, const People& people) {
  return {{"event_id", std::to_string(label.event)},
          {"aspect", label.aspect},
          {"sentiment", tone_of(label.label)},
          {"heard", tone_of(label.heard)},
          {"by", people.json_of(label.actor)},
          {"at", time_text(label.at)},
          {"text", label.text}};
}

Result<Response> put_aspect_label(Call& call) {
  CX_TRY(const std::uint64_t event, event_of(call));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const std::string name, fields.text("sentiment", 20));
  const auto sentiment = text::parse_polarity(name);
  if (!sentiment && name != kAbsent)
    return fail(Code::kBadField, "'sentiment': negative, neutral, positive or absent");
  CX_TRY(const auto label,
         call.app.readings().learning().correct(call.grant, event, path_of(call, "key"), sentiment));
  CX_TRY(const People people, People::make(call));
  return answer(aspect_label_json(label, people));
}

Result<Response> remove_aspect_label(Call& call) {
  CX_TRY(const std::uint64_t event, event_of(call));
  CX_TRY(call.app.readings().learning().take_back(call.grant, event, path_of(call, "key")));
  return no_content();
}

Result<Response> list_aspect_labels(Call& call) {
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto page, call.app.readings().learning().aspect_labels().list(call.grant, before, count));
  CX_TRY(const People people, People::make(call));
  json::array items;
  for (const auto& label : page.items) items.push_back(aspect_label_json(label, people));
  return answer(json::object{{"items", std::move(items)}, {"next_cursor", next_cursor(page.next)}});
}

json::object counts_json(const std::array<std::uint64_t, 3>& labels, std::uint64_t absent,
                         std::uint64_t agreeing) {
  return {{"n", labels[0] + labels[1] + labels[2] + absent},
          {"negative", labels[0]},
          {"neutral", labels[1]},
          {"positive", labels[2]},
          {"absent", absent},
          {"agreeing", agreeing}};
}

Result<json::object> counts_of(const feedback::TextLearning& learning, feedback::TextLabels& labels,
                               TextPart part) {
  if (part == TextPart::kAspectModel) {
    CX_TRY(const auto counts, learning.aspect_labels().counts());
    return counts_json(counts.labels, counts.absent, counts.agreeing);
  }
  CX_TRY(const auto counts, labels.counts());
  return counts_json(counts.labels, 0, counts.agreeing);
}

json::object run_json(const feedback::TextRun& run) {
  const auto time = [](Instant at) { return at.ms == 0 ? json::value(nullptr) : json::value(time_text(at)); };
  return {{"state", feedback::to_string(run.state)},
          {"part", feedback::to_string(run.part)},
          {"progress", run.progress},
          {"detail", run.detail},
          {"version", run.version == 0 ? json::value(nullptr) : json::value(run.version)},
          {"begun", time(run.begun)},
          {"ended", time(run.ended)}};
}

/// What the card says, without the comments it names. Errors: kBadRecord.
Result<json::object> card_in(const feedback::TextVersion& version) {
  boost::system::error_code wrong;
  json::value card = json::parse(version.card, wrong);
  if (wrong || !card.is_object()) return fail(Code::kBadRecord, "card of model {}", version.number);
  return std::move(card.get_object());
}

Result<json::object> model_json(const feedback::TextVersion& version, std::uint32_t in_use,
                                const People& people) {
  CX_TRY(const json::object card, card_in(version));
  json::object out{{"version", version.number},
                   {"made", time_text(version.made)},
                   {"by", people.json_of(version.actor)},
                   {"in_use", version.number == in_use}};
  for (const std::string_view name :
       {"labels", "learned_from", "held_out", "compared_with", "before", "after", "only_before", "only_after",
        "p_value", "better", "worse", "trust", "features", "strength"})
    if (const json::value* const value = card.if_contains(name)) out[name] = *value;
  return out;
}

Result<Response> get_learning(Call& call) {
  feedback::TextLearning& learning = call.app.readings().learning();
  CX_TRY(const TextPart part, learned_part(call.param("part")));
  CX_TRY(json::object labels, counts_of(learning, learning.labels(), part));
  CX_TRY(const auto in_use, learning.versions().in_use(part));
  CX_TRY(const auto versions, learning.versions().list(part));
  CX_TRY(const People people, People::make(call));
  json::array models;
  for (const auto& version : versions) {
    CX_TRY(auto entry, model_json(version, in_use, people));
    models.push_back(std::move(entry));
  }
  return answer(json::object{{"labels", std::move(labels)},
                             {"needed", text::kOwnLabelsMin},
                             {"run", run_json(learning.run())},
                             {"in_use", in_use},
                             {"models", std::move(models)}});
}

Result<Response> start_learning(Call& call) {
  std::string name;
  if (!call.request.body.empty()) {
    CX_TRY(const auto fields, Fields::parse(call.request.body));
    CX_TRY(name, fields.text_or("part", "", 20));
  }
  CX_TRY(const TextPart part, learned_part(name));
  CX_TRY(const auto run, call.app.readings().learning().start(call.grant, part));
  return answer(run_json(run));
}

Result<Response> stop_learning(Call& call) {
  call.app.readings().learning().stop();
  return no_content();
}

/// Texts of comments that have a label, of either kind.
Result<std::map<std::uint64_t, std::string>> texts_of_labels(Call& call,
                                                             const std::vector<std::uint64_t>& events) {
  feedback::TextLearning& learning = call.app.readings().learning();
  std::map<std::uint64_t, std::string> out;
  CX_TRY(auto labels, learning.labels().of(call.grant, events));
  for (auto& [event, label] : labels) out.emplace(event, std::move(label.text));
  CX_TRY(auto of_aspects, learning.aspect_labels().of(call.grant, events));
  for (auto& [event, kept] : of_aspects) out.emplace(event, std::move(kept.front().text));
  return out;
}

/// The comments that a card names, with their texts where the label is still there and may be seen.
Result<json::array> named(Call& call, const json::object& card, std::string_view list) {
  json::array out;
  const json::value* const named = card.if_contains(list);
  if (named == nullptr || !named->is_array()) return out;
  std::vector<std::uint64_t> events;
  for (const json::value& one : named->get_array())
    events.push_back(
        ascii::parse_number<std::uint64_t>(std::string_view(one.at("event").as_string())).value_or(0));
  CX_TRY(const auto texts, texts_of_labels(call, events));
  for (std::size_t i = 0; i < events.size(); ++i) {
    json::object entry = named->get_array()[i].as_object();
    entry.erase("event");
    entry["event_id"] = std::to_string(events[i]);
    if (!entry.contains("aspect")) entry["aspect"] = nullptr;
    const auto text = texts.find(events[i]);
    entry["text"] = text == texts.end() ? json::value(nullptr) : json::value(text->second);
    out.push_back(std::move(entry));
  }
  return out;
}

Result<Response> get_model(Call& call) {
  const auto number = ascii::parse_number<std::uint32_t>(path_of(call, "id"));
  if (!number) return fail(Code::kBadId, "{}", path_of(call, "id"));
  CX_TRY(const TextPart part, learned_part(call.param("part")));
  const feedback::TextVersions& versions = call.app.readings().learning().versions();
  CX_TRY(const auto version, versions.find(part, *number));
  CX_TRY(const auto in_use, versions.in_use(part));
  CX_TRY(const People people, People::make(call));
  CX_TRY(auto model, model_json(version, in_use, people));
  CX_TRY(const json::object card, card_in(version));
  CX_TRY(auto worst, named(call, card, "worst"));
  CX_TRY(auto changed, named(call, card, "changed"));
  return answer(json::object{
      {"model", std::move(model)}, {"worst", std::move(worst)}, {"changed", std::move(changed)}});
}

/// What rules may name.
json::object choices_json(const text::CommentSetup& setup) {
  json::object out{{"intent", json::array()}, {"emotion", json::array()}, {"flag", json::array()}};
  for (const text::IntentLabel& label : text::Intents::shipped().labels())
    out[label.group].as_array().push_back(
        json::object{{"key", label.key}, {"name_en", label.name_en}, {"name_zh", label.name_zh}});
  json::array aspects;
  for (const text::Aspect& aspect : setup.aspects.aspects)
    aspects.push_back(
        json::object{{"key", aspect.key}, {"name_en", aspect.name_en}, {"name_zh", aspect.name_zh}});
  out["aspect"] = std::move(aspects);
  return out;
}

Result<Response> part_answer(Call& call, TextPart part, std::optional<std::uint32_t> asked, int status) {
  const feedback::TextLearning& learning = call.app.readings().learning();
  CX_TRY(const auto in_use, learning.versions().in_use(part));
  CX_TRY(const auto versions, learning.versions().list(part));
  CX_TRY(const std::string body, learning.body(part, asked.value_or(in_use)));
  CX_TRY(const People people, People::make(call));
  json::array items;
  for (const auto& version : versions)
    items.push_back(json::object{{"version", version.number},
                                 {"made", time_text(version.made)},
                                 {"by", people.json_of(version.actor)},
                                 {"note", version.note},
                                 {"in_use", version.number == in_use}});
  return answer(json::object{{"part", feedback::to_string(part)},
                             {"in_use", in_use},
                             {"version", asked.value_or(in_use)},
                             {"body", body},
                             {"versions", std::move(items)},
                             {"choices", choices_json(*call.app.readings().setup())}},
                status);
}

Result<Response> get_part(Call& call) {
  CX_TRY(const TextPart part, part_of(call, false));
  std::optional<std::uint32_t> asked;
  if (!call.param("version").empty()) {
    CX_TRY(const auto number, call.number("version", 0, 0, 1'000'000'000));
    asked = static_cast<std::uint32_t>(number);
  }
  return part_answer(call, part, asked, 200);
}

Result<Response> save_part(Call& call) {
  CX_TRY(const TextPart part, part_of(call, false));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const std::string body, body_of(fields));
  CX_TRY(std::string note, fields.text_or("note", "", feedback::TextVersions::kNoteBytesMax));
  CX_TRY(call.app.readings().learning().save(call.grant, part, body, std::move(note)));
  return part_answer(call, part, {}, 201);
}

Result<Response> use_version(Call& call) {
  CX_TRY(const TextPart part, part_of(call, true));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const json::value* const wanted = fields.object().if_contains("version");
  if (wanted == nullptr || !wanted->is_int64() || wanted->get_int64() < 0 ||
      wanted->get_int64() > 1'000'000'000)
    return fail(Code::kBadField, "'version' is a whole number, 0 for what comes along");
  const auto number = static_cast<std::uint32_t>(wanted->get_int64());
  CX_TRY(call.app.readings().learning().use(call.grant, part, number));
  return answer(json::object{{"part", feedback::to_string(part)}, {"in_use", number}});
}

json::array uses_json(const std::vector<feedback::PreviewUse>& uses) {
  json::array out;
  for (const auto& use : uses)
    out.push_back(json::object{{"key", use.key},
                               {"name_en", use.name_en},
                               {"name_zh", use.name_zh},
                               {"now", use.now},
                               {"then", use.then},
                               {"examples", texts(use.examples)}});
  return out;
}

Result<Response> preview_part(Call& call) {
  CX_TRY(const TextPart part, part_of(call, false));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const std::string body, body_of(fields));
  CX_TRY(text::CommentSetup setup, call.app.readings().learning().with(part, body));
  CX_TRY(const auto draft, text::CommentModels::make(std::move(setup)));
  CX_TRY(const auto now, call.app.readings().models());
  const auto tree = call.app.units().current();
  CX_TRY(const auto defaults, call.app.filter_defaults(call.grant, *tree, true));
  feedback::CommentFilter filter{.events = {}};
  CX_TRY(filter.events, query::parse_filter({}, defaults));
  const feedback::CommentStore store = comment_store(call.app);
  CX_TRY(const auto found, feedback::preview(store, *now, *draft, call.grant, filter));
  return answer(json::object{{"comments", found.comments},
                             {"aspects", uses_json(found.aspects)},
                             {"routes", uses_json(found.routes)}});
}

}  // namespace

void add_text_learning_handlers(Handlers& handlers) {
  handlers["putCommentLabel"] = put_label;
  handlers["removeCommentLabel"] = remove_label;
  handlers["listTextLabels"] = list_labels;
  handlers["putAspectLabel"] = put_aspect_label;
  handlers["removeAspectLabel"] = remove_aspect_label;
  handlers["listAspectLabels"] = list_aspect_labels;
  handlers["getTextLearning"] = get_learning;
  handlers["startTextLearning"] = start_learning;
  handlers["stopTextLearning"] = stop_learning;
  handlers["getTextModel"] = get_model;
  handlers["getTextPart"] = get_part;
  handlers["saveTextPart"] = save_part;
  handlers["useTextVersion"] = use_version;
  handlers["previewTextPart"] = preview_part;
}

}  // namespace zhike::server
