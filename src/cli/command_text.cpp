// zhike text: models of what texts say, trained from labelled files and measured on them.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/text_files.h"
#include "text/labels.h"
#include "text/model_file.h"
#include "text/normalize.h"
#include "text/shipped.h"
#include "text/train.h"

namespace zhike::cli {
namespace {

using WallClock = std::chrono::steady_clock;

constexpr std::size_t kShown = 60;       // characters of a text on the terminal
constexpr std::size_t kShownJson = 300;  // and in the answer to scripts
constexpr std::size_t kShownMistakes = 10;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

/// The first characters, on one line.
std::string shortened(std::string_view text, std::size_t characters) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U && characters-- == 0) return out + "…";
    out.push_back(static_cast<unsigned char>(text[at]) < ' ' || text[at] == 0x7F ? ' ' : text[at]);
  }
  return out;
}

/// Models, and the classes of a file's labels, which may be more or fewer than those of a model.
class Judge {
 public:
  Judge(std::span<const text::Model> models, const std::vector<std::string>& classes, std::vector<bool> asked)
      : models_(models),
        asked_(std::move(asked)),
        chances_(classes.size()),
        evaluator_(static_cast<std::uint32_t>(asked_.size())) {
    for (const text::Model& model : models) {
      readers_.emplace_back(model);
      auto& places = places_.emplace_back();
      for (const std::string& name : model.classes)
        places.push_back(static_cast<std::size_t>(std::ranges::find(classes, name) - classes.begin()));
    }
  }

  void add(std::uint64_t row, std::string_view text, std::uint32_t truth) {
    const std::u32string plain = text::normalized(text);
    const auto of =
        models_.size() == 1
            ? 0
            : static_cast<std::size_t>(&text::model_for(models_, text::language_of(plain)) - models_.data());
    const std::span<const float> read = readers_[of].read(std::u32string_view(plain));
    std::ranges::fill(chances_, 0.0F);
    // Classes that no label of the file names are no answers to it: the others share what they have.
    float sum = 0;
    for (std::size_t c = 0; c < read.size(); ++c)
      if (asked_[places_[of][c]]) sum += chances_[places_[of][c]] = read[c];
    if (sum > 0)
      for (float& at : chances_) at /= sum;
    evaluator_.add(row, truth, chances_);
  }

  [[nodiscard]] text::Evaluation result() const { return evaluator_.result(); }

 private:
  std::span<const text::Model> models_;
  std::vector<bool> asked_;
  std::vector<text::Reader> readers_;
  std::vector<std::vector<std::size_t>> places_;  ///< by model and its class
  std::vector<float> chances_;
  text::Evaluator evaluator_;
};

json::array confusion_json(const text::Evaluation& found, const std::vector<std::string>& classes) {
  json::array out;
  for (std::size_t truth = 0; truth < classes.size(); ++truth) {
    json::object row;
    for (std::size_t c = 0; c < classes.size(); ++c)
      row[classes[c]] = found.confusion[truth * classes.size() + c];
    out.push_back(json::object{{"label", classes[truth]}, {"predicted", std::move(row)}});
  }
  return out;
}

json::array classes_json(const text::Evaluation& found, const std::vector<std::string>& classes) {
  json::array out;
  for (std::size_t c = 0; c < classes.size(); ++c)
    out.push_back(json::object{{"class", classes[c]},
                               {"rows", found.classes[c].rows},
                               {"precision", found.classes[c].precision},
                               {"recall", found.classes[c].recall},
                               {"f1", found.classes[c].f1}});
  return out;
}

json::array worst_json(const text::Evaluation& found, const std::vector<std::string>& classes,
                       const LabelledTexts& texts) {
  json::array out;
  for (const text::Mistake& at : found.worst)
    out.push_back(json::object{{"row", texts.numbers[at.row]},
                               {"label", classes[at.truth]},
                               {"predicted", classes[at.predicted]},
                               {"confidence", at.confidence},
                               {"text", shortened(texts.texts[at.row], kShownJson)}});
  return out;
}

void say_evaluation(Console& console, const text::Evaluation& found, const std::vector<std::string>& classes,
                    const LabelledTexts& texts) {
  console.say(table({{"rows", "accuracy", "macro_f1", "ece"},
                     {fmt::format("{}", found.rows), fmt::format("{:.4f}", found.accuracy),
                      fmt::format("{:.4f}", found.macro_f1), fmt::format("{:.4f}", found.ece)}}));
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("label \\ predicted", "标签 \\ 预测"))}};
  for (const std::string& name : classes) rows[0].push_back(name);
  for (const std::string_view name : {"precision", "recall", "f1"}) rows[0].emplace_back(name);
  for (std::size_t truth = 0; truth < classes.size(); ++truth) {
    auto& row = rows.emplace_back(std::vector<std::string>{classes[truth]});
    for (std::size_t c = 0; c < classes.size(); ++c)
      row.push_back(fmt::format("{}", found.confusion[truth * classes.size() + c]));
    for (const double figure :
         {found.classes[truth].precision, found.classes[truth].recall, found.classes[truth].f1})
      row.push_back(fmt::format("{:.4f}", figure));
  }
  console.say(table(rows));
  if (found.worst.empty()) return;
  std::vector<std::vector<std::string>> worst{{"row", "label", "predicted", "confidence", "text"}};
  for (const text::Mistake& at : std::span(found.worst).first(std::min(found.worst.size(), kShownMistakes)))
    worst.push_back({fmt::format("{}", texts.numbers[at.row]), classes[at.truth], classes[at.predicted],
                     fmt::format("{:.4f}", at.confidence), shortened(texts.texts[at.row], kShown)});
  console.say(table(worst));
}

/// None without --model.
Result<std::vector<text::Model>> own_model(const TextCommand& command) {
  std::vector<text::Model> out;
  if (command.model.empty()) return out;
  CX_TRY(const std::string bytes, read_file(command.model));
  auto model = text::parse_model(bytes);
  if (!model) return fail(model.error().code, "{}: {}", command.model, model.error().detail);
  out.push_back(std::move(*model));
  return out;
}

/// Of several models, the classes of all.
std::vector<std::string> classes_of_all(std::span<const text::Model> models) {
  std::vector<std::string> out;
  for (const text::Model& model : models)
    for (const std::string& name : model.classes)
      if (std::ranges::find(out, name) == out.end()) out.push_back(name);
  return out;
}

Result<int> evaluate(Console& console, const TextCommand& command) {
  const auto start = WallClock::now();
  CX_TRY(const std::vector<text::Model> own, own_model(command));
  std::span<const text::Model> models = own;
  if (models.empty()) {
    CX_TRY(models, text::shipped_sentiment());
  }
  const double load_seconds = seconds_since(start);
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  for (const std::string& note : texts.notes) console.note(note);
  CX_TRY(const text::LabelMap labels,
         text::match_labels(texts.names, classes_of_all(models), command.positive));
  std::vector<bool> asked(labels.classes.size(), false);
  std::vector<std::uint32_t> class_of;  // by label
  for (const std::string& name : texts.names) {
    class_of.push_back(labels.of.at(name));
    asked[class_of.back()] = true;
  }
  if (std::ranges::count(asked, true) < 2) asked.assign(asked.size(), true);
  const auto classify = WallClock::now();
  Judge judge(models, labels.classes, asked);
  for (std::size_t i = 0; i < texts.texts.size(); ++i)
    judge.add(i, texts.texts[i], class_of[texts.labels[i]]);
  const double classify_seconds = seconds_since(classify);
  const text::Evaluation found = judge.result();
  json::array cards;
  for (const text::Model& model : models) cards.push_back(model.card);
  say_evaluation(console, found, labels.classes, texts);
  console.result({{"rows", found.rows},
                  {"accuracy", found.accuracy},
                  {"macro_f1", found.macro_f1},
                  {"ece", found.ece},
                  {"seconds", seconds_since(start)},
                  {"load_seconds", load_seconds},
                  {"classify_seconds", classify_seconds},
                  {"classes", classes_json(found, labels.classes)},
                  {"confusion", confusion_json(found, labels.classes)},
                  {"worst", worst_json(found, labels.classes, texts)},
                  {"models", std::move(cards)},
                  {"notes", json::array(texts.notes.begin(), texts.notes.end())}});
  return kDone;
}

json::array files_json(const TextCommand& command, const LabelledTexts& texts) {
  json::array out;
  for (std::size_t i = 0; i < command.files.size(); ++i) {
    json::object file{{"name", std::filesystem::path(command.files[i]).filename().string()},
                      {"rows", texts.rows_of_files[i]}};
    file["licence"] = i < command.licences.size() ? json::value(command.licences[i]) : json::value(nullptr);
    out.push_back(std::move(file));
  }
  return out;
}

Result<int> train(Console& console, const TextCommand& command) {
  const auto start = WallClock::now();
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  for (const std::string& note : texts.notes) console.note(note);
  CX_TRY(const text::LabelMap labels, text::classes_of(texts.names, command.positive));
  std::vector<text::Example> examples;
  examples.reserve(texts.texts.size());
  for (std::size_t i = 0; i < texts.texts.size(); ++i)
    examples.push_back({.text = texts.texts[i], .label = labels.of.at(texts.names[texts.labels[i]])});
  CX_TRY(text::Trained trained,
         text::train(examples, labels.classes, {.seed = command.seed, .bits = command.bits}));
  json::object& card = trained.model.card;
  card["files"] = files_json(command, texts);
  card["date"] = command.date.empty() ? json::value(nullptr) : json::value(command.date);
  card["left_out"] = trained.empty;
  const std::string bytes = text::to_bytes(trained.model);
  CX_TRY(write_file(command.out, bytes, 0644));
  const text::Evaluation& found = trained.held_out;
  console.say(table({{"rows", "held_out", "accuracy", "macro_f1", "ece", "bytes"},
                     {fmt::format("{}", texts.texts.size() - trained.empty), fmt::format("{}", found.rows),
                      fmt::format("{:.4f}", found.accuracy), fmt::format("{:.4f}", found.macro_f1),
                      fmt::format("{:.4f}", found.ece), fmt::format("{}", bytes.size())}}));
  console.result({{"rows", texts.texts.size() - trained.empty},
                  {"out", command.out},
                  {"bytes", bytes.size()},
                  {"seconds", seconds_since(start)},
                  {"classes", classes_json(found, labels.classes)},
                  {"card", card},
                  {"notes", json::array(texts.notes.begin(), texts.notes.end())}});
  return kDone;
}

}  // namespace

int text_evaluate(Console& console, const TextCommand& command) {
  const auto done = evaluate(console, command);
  return done ? *done : console.failed(done.error());
}

int text_train(Console& console, const TextCommand& command) {
  if (!command.licences.empty() && command.licences.size() != command.files.size())
    return console.usage("--licence is given once for each file, in their order, or not at all");
  const auto done = train(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
