// zhike text label, retrain, models, use, save: what people teach the reading of comments.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/opened.h"
#include "cli/progress.h"
#include "cli/text_files.h"
#include "cli/text_learn.h"
#include "feedback/text_learning.h"
#include "text/aspects.h"
#include "text/labels.h"
#include "text/normalize.h"
#include "text/shipped.h"

namespace zhike::cli {
namespace {

using feedback::TextPart;

Result<TextPart> part_of(const TextLearnCommand& command) {
  const auto part = feedback::parse_text_part(command.part);
  if (!part)
    return fail(Code::kBadField, "part: model, aspect_model, aspects, routes or words, not '{}'",
                command.part);
  return *part;
}

text::AdaptOptions options_of(Console& console, Progress& progress, const TextLearnCommand& command) {
  return {.seed = command.seed, .progress = [&console, &progress](double share) {
            progress.update(share, 0, console.pick("learning", "训练中"));
            return true;
          }};
}

std::string shown(const json::object& figure) {
  const double value = figure.at("value").to_number<double>();
  if (figure.at("low").is_null()) return fmt::format("{:.4f}", value);
  return fmt::format("{:.4f} [{:.4f}, {:.4f}]", value, figure.at("low").to_number<double>(),
                     figure.at("high").to_number<double>());
}

/// The figures of a card, and in a sentence what they say.
void say_card(Console& console, const json::object& card) {
  std::vector<std::vector<std::string>> rows{{"", "accuracy", "macro_f1", "ece"}};
  for (const auto& [side, name] : {std::pair{"before", console.pick("before", "之前")},
                                   std::pair{"after", console.pick("after", "之后")}}) {
    const json::object& of = card.at(side).as_object();
    rows.push_back({std::string(name), shown(of.at("accuracy").as_object()),
                    shown(of.at("macro_f1").as_object()), shown(of.at("ece").as_object())});
  }
  console.say(table(rows));
  console.say(fmt::format(
      fmt::runtime(console.pick("learned from {}, measured on {} held-out labels; right alone: {} before, {} "
                                "after (McNemar p = {:.4f}): {}",
                                "从 {} 条标签学习，在 {} 条保留标签上测量；仅之前判对 {} 条，仅之后判对 {} 条"
                                "（McNemar p = {:.4f}）：{}")),
      card.at("learned_from").to_number<std::uint64_t>(), card.at("held_out").to_number<std::uint64_t>(),
      card.at("only_before").to_number<std::uint64_t>(), card.at("only_after").to_number<std::uint64_t>(),
      card.at("p_value").to_number<double>(),
      card.at("better").as_bool()  ? console.pick("better", "有改进")
      : card.at("worse").as_bool() ? console.pick("worse", "变差")
                                   : console.pick("no difference beyond chance", "差别不超出偶然")));
}

/// Shows what was learned, and writes it where it is asked for.
Result<json::object> shown_card(Console& console, const TextLearnCommand& command,
                                const feedback::Trained& trained) {
  json::object card = json::parse(feedback::card_of(trained, {}, "shipped")).as_object();
  if (!command.out.empty()) {
    CX_TRY(write_file(command.out, text::to_bytes(trained.adapted.own), 0644));
  }
  say_card(console, card);
  return card;
}

Result<int> retrain_on_files(Console& console, const TextLearnCommand& command) {
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  for (const std::string& note : texts.notes) console.note(note);
  const std::vector<std::string> classes(text::kSentimentClasses.begin(), text::kSentimentClasses.end());
  CX_TRY(const text::LabelMap map, text::match_labels(texts.names, classes, command.positive));
  std::vector<feedback::TextAndLabel> labels;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    const std::string& name = texts.names[texts.labels[i]];
    const std::uint32_t label = map.of.at(name);
    if (label >= classes.size())
      return fail(Code::kBadTextLabels, "'{}' is not negative, neutral or positive", name);
    labels.push_back({.text = texts.texts[i], .label = static_cast<text::Polarity>(label)});
  }
  Progress progress(console.on_terminal(), "");
  CX_TRY(const auto trained, feedback::learn(labels, nullptr, options_of(console, progress, command)));
  progress.clear();
  if (!trained) return kFailed;
  CX_TRY(const json::object card, shown_card(console, command, *trained));
  console.result({{"rows", labels.size()}, {"card", card}});
  return kDone;
}

/// Labels of what is spoken of: the columns are read one after the other and joined by their rows.
Result<int> retrain_on_terms(Console& console, const TextLearnCommand& command) {
  CX_TRY(const text::ShippedModels* const models, text::shipped_sentiment());
  TextLearnCommand of_terms = command;
  of_terms.label = command.term;
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  CX_TRY(const LabelledTexts terms, read_labelled(of_terms));
  for (const std::string& note : texts.notes) console.note(note);
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::string_view> term_of;
  for (std::size_t i = 0; i < terms.texts.size(); ++i)
    term_of.emplace(std::pair(terms.files[i], terms.numbers[i]), terms.names[terms.labels[i]]);
  const std::vector<std::string> classes(text::kSentimentClasses.begin(), text::kSentimentClasses.end());
  CX_TRY(const text::LabelMap map, text::match_labels(texts.names, classes, command.positive));
  const text::AspectWords words({});
  text::AspectReader reader(words, *models);
  std::vector<feedback::AspectAndLabel> labels;
  std::uint64_t absent = 0;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    const std::string& name = texts.names[texts.labels[i]];
    const std::uint32_t label = map.of.at(name);
    if (label >= classes.size())
      return fail(Code::kBadTextLabels, "'{}' is not negative, neutral or positive", name);
    const text::Placed plain = text::normalized_with_places(texts.texts[i]);
    const auto term = term_of.find(std::pair(texts.files[i], texts.numbers[i]));
    const text::Mention* const found =
        term == term_of.end() ? nullptr : reader.read_term(plain, text::normalized(term->second));
    if (found == nullptr) {
      ++absent;
      continue;
    }
    labels.push_back(
        {.said = {.text = plain.text.substr(found->said.begin, found->said.end - found->said.begin),
                  .prior = text::tone_chances(found->positive)},
         .label = static_cast<text::Polarity>(label),
         .held_out = text::is_held_out(plain.text)});
  }
  Progress progress(console.on_terminal(), "");
  CX_TRY(const auto trained,
         feedback::learn_aspects(labels, nullptr, options_of(console, progress, command)));
  progress.clear();
  if (!trained) return kFailed;
  CX_TRY(const json::object card, shown_card(console, command, *trained));
  console.result({{"rows", labels.size()}, {"texts_without", absent}, {"card", card}});
  return kDone;
}

Result<void> retrain_store(Console& console, app::App& app, const TextLearnCommand& command) {
  Progress progress(console.on_terminal(), "");
  const TextPart part = command.of_aspects ? TextPart::kAspectModel : TextPart::kModel;
  CX_TRY(const auto number,
         app.readings().learning().retrain(Grant::owner(), part, options_of(console, progress, command)));
  progress.clear();
  if (!number) return {};
  CX_TRY(const auto version, app.readings().learning().versions().find(part, *number));
  const json::object card = json::parse(version.card).as_object();
  say_card(console, card);
  console.say(fmt::format("{}: zhike text use {} {}", console.pick("to put it in use", "启用"),
                          to_string(part), *number));
  console.result({{"version", *number}, {"card", card}});
  return {};
}

std::string_view tone_of(const std::optional<text::Polarity>& polarity) {
  return polarity ? text::to_string(*polarity) : "absent";
}

Result<void> label_aspect(Console& console, app::App& app, const TextLearnCommand& command,
                          std::uint64_t event) {
  feedback::TextLearning& learning = app.readings().learning();
  if (command.remove) {
    CX_TRY(learning.take_back(Grant::owner(), event, command.aspect));
    console.result({{"event", command.event}, {"aspect", command.aspect}, {"removed", true}});
    return {};
  }
  const auto sentiment = text::parse_polarity(command.sentiment);
  if (!sentiment && command.sentiment != tone_of({}))
    return fail(Code::kBadField, "negative, neutral, positive or absent, not '{}'", command.sentiment);
  CX_TRY(const auto kept, learning.correct(Grant::owner(), event, command.aspect, sentiment));
  console.say(kept.text);
  console.say(fmt::format("{}: {} → {}", kept.aspect, tone_of(kept.heard), tone_of(kept.label)));
  console.result({{"event", command.event},
                  {"aspect", kept.aspect},
                  {"sentiment", tone_of(kept.label)},
                  {"heard", tone_of(kept.heard)}});
  return {};
}

Result<void> label(Console& console, app::App& app, const TextLearnCommand& command) {
  CX_TRY(const auto event, parse_id<Id<struct EventTag>>(command.event));
  if (!command.aspect.empty()) return label_aspect(console, app, command, event.value);
  feedback::TextLabels& labels = app.readings().learning().labels();
  if (command.remove) {
    CX_TRY(labels.remove(Grant::owner(), event.value));
    console.result({{"event", command.event}, {"removed", true}});
    return {};
  }
  const auto sentiment = text::parse_polarity(command.sentiment);
  if (!sentiment) return fail(Code::kBadField, "negative, neutral or positive, not '{}'", command.sentiment);
  CX_TRY(const auto models, app.readings().models());
  CX_TRY(const auto kept, labels.put(Grant::owner(), event.value, *sentiment, *models));
  console.say(kept.text);
  console.say(
      fmt::format("{} → {}", kept.heard ? text::to_string(*kept.heard) : "–", text::to_string(kept.label)));
  console.result({{"event", command.event},
                  {"sentiment", text::to_string(kept.label)},
                  {"heard", kept.heard ? json::value(text::to_string(*kept.heard)) : json::value(nullptr)}});
  return {};
}

Result<void> models(Console& console, app::App& app) {
  feedback::TextLearning& learning = app.readings().learning();
  CX_TRY(const auto counts, learning.labels().counts());
  CX_TRY(const auto of_aspects, learning.aspect_labels().counts());
  json::array parts;
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("part", "部分")), std::string(console.pick("version", "版本")),
       std::string(console.pick("in use", "使用中")), std::string(console.pick("made", "时间")),
       std::string(console.pick("accuracy before → after", "准确率 之前 → 之后")),
       std::string(console.pick("note", "说明"))}};
  for (const TextPart part : feedback::kTextParts) {
    CX_TRY(const auto in_use, learning.versions().in_use(part));
    CX_TRY(const auto versions, learning.versions().list(part));
    json::array listed;
    rows.push_back({std::string(to_string(part)), "0", in_use == 0 ? "✓" : "", "", "",
                    std::string(console.pick("what comes along", "随程序提供"))});
    for (const auto& version : versions) {
      json::object entry{
          {"version", version.number}, {"made", format_utc(version.made)}, {"note", version.note}};
      std::string figures;
      if (!version.card.empty()) {
        const json::object card = json::parse(version.card).as_object();
        const auto accuracy = [&](std::string_view side) {
          return card.at(side).at("accuracy").at("value").to_number<double>();
        };
        figures = fmt::format("{:.3f} → {:.3f}", accuracy("before"), accuracy("after"));
        entry["card"] = card;
      }
      rows.push_back({std::string(to_string(part)), fmt::format("{}", version.number),
                      version.number == in_use ? "✓" : "", format_utc(version.made), figures, version.note});
      listed.push_back(std::move(entry));
    }
    parts.push_back(
        json::object{{"part", to_string(part)}, {"in_use", in_use}, {"versions", std::move(listed)}});
  }
  console.say(fmt::format(
      fmt::runtime(console.pick("labels of your own: {} of comments, {} of aspects ({})",
                                "自有标签：评论 {} 条，方面 {} 条（{}）")),
      counts.n(), of_aspects.n(),
      fmt::format(fmt::runtime(console.pick("{} needed to learn", "训练至少需要 {}")), text::kOwnLabelsMin)));
  console.say(table(rows));
  console.result({{"labels", counts.n()},
                  {"aspect_labels", of_aspects.n()},
                  {"needed", text::kOwnLabelsMin},
                  {"parts", std::move(parts)}});
  return {};
}

Result<void> use(Console& console, app::App& app, const TextLearnCommand& command) {
  CX_TRY(const TextPart part, part_of(command));
  CX_TRY(app.readings().learning().use(Grant::owner(), part, command.number));
  console.say(fmt::format("{} {}", to_string(part), command.number));
  console.result({{"part", to_string(part)}, {"in_use", command.number}});
  return {};
}

Result<void> save(Console& console, app::App& app, const TextLearnCommand& command) {
  CX_TRY(const TextPart part, part_of(command));
  CX_TRY(const std::string body, read_file(command.files.front()));
  CX_TRY(const auto number, app.readings().learning().save(Grant::owner(), part, body, command.note));
  console.say(fmt::format("{} {}", to_string(part), number));
  console.result({{"part", to_string(part)}, {"in_use", number}});
  return {};
}

}  // namespace

int text_label(Console& console, const TextLearnCommand& command) {
  if (command.remove != command.sentiment.empty())
    return console.usage("one of: a sentiment (negative, neutral, positive), or --remove");
  return with_app(console, [&](app::App& app) { return label(console, app, command); });
}

int text_retrain(Console& console, const TextLearnCommand& command) {
  if (command.files.empty())
    return with_app(console, [&](app::App& app) { return retrain_store(console, app, command); });
  if (command.text.empty() || command.label.empty())
    return console.usage("files of labels need --text and --label: their columns");
  const auto done =
      command.term.empty() ? retrain_on_files(console, command) : retrain_on_terms(console, command);
  return done ? *done : console.failed(done.error());
}

int text_models(Console& console, const TextLearnCommand&) {
  return with_app(console, [&](app::App& app) { return models(console, app); });
}

int text_use(Console& console, const TextLearnCommand& command) {
  return with_app(console, [&](app::App& app) { return use(console, app, command); });
}

int text_save(Console& console, const TextLearnCommand& command) {
  return with_app(console, [&](app::App& app) { return save(console, app, command); });
}

}  // namespace zhike::cli
