// Commands of what customers say: texts, surveys, drivers, indices, complaints, reputation.
#include "cli/program.h"

#include <fmt/ranges.h>

namespace zhike::cli {

void Program::add_text() {
  auto* parent = group(
      "text",
      "What texts say: sentiment, keywords, topics, aspects, intent; models trained from labelled files");
  auto* train = command(parent, "train", "Train a model from files of labelled texts",
                        "zhike text train reviews.csv --text review --label label --out model.bin",
                        [this](Console& c) { return text_train(c, text_); });
  auto* evaluate = command(parent, "evaluate",
                           "Measure a model on labelled texts: accuracy, F1, calibration, worst errors",
                           "zhike text evaluate reviews.csv --text review --label stars",
                           [this](Console& c) { return text_evaluate(c, text_); });
  for (auto* at : {train, evaluate}) {
    at->add_option("files", text_.files, "files of labelled texts")->required()->expected(1, 200);
    at->add_option("--text", text_.text, "column of the texts")->required();
    at->add_option("--label", text_.label, "column of the labels")->required();
    at->add_option("--positive", text_.positive, "the label that means positive; all others mean negative");
  }
  evaluate->add_option("--model", text_.model,
                       "model to measure (else the one of sentiment that comes along)");
  train->add_option("--out", text_.out, "model to write")->required();
  train->add_option("--seed", text_.seed, "the same seed gives the same model");
  train->add_option("--bits", text_.bits, "size: a class takes up to 2^bits bytes (21)")
      ->check(CLI::Range(8, 24));
  train->add_option("--weight", text_.weights, "how much each text of a file counts, once for each file")
      ->check(CLI::Range(0.001, 1000.0))
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  train->add_option("--date", text_.date, "date for the model's card");
  train->add_option("--licence", text_.licences, "licence for the model's card, once for each file")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_readings(parent);
  add_topics(parent);
  add_learning(parent);
}

void Program::add_learning(CLI::App* parent) {
  auto* label =
      command(parent, "label", "Say what a comment in the store is, or one of its aspects, to learn from",
              "zhike text label 1048577 negative --aspect delivery",
              [this](Console& c) { return text_label(c, learn_); });
  label->add_option("event", learn_.event, "event of the comment")->required();
  label->add_option(
      "sentiment", learn_.sentiment,
      "negative, neutral or positive; of an aspect also absent: the comment does not speak of it");
  label->add_option("--aspect", learn_.aspect,
                    "the aspect that is meant, by its key; it counts in figures at once");
  label->add_flag("--remove", learn_.remove, "take the label back");
  auto* retrain = command(parent, "retrain",
                          "Learn a model of sentiment from labels of the store, or of files, and compare it",
                          "zhike text retrain labels.csv --text comment --label sentiment",
                          [this](Console& c) { return text_retrain(c, learn_); });
  retrain->add_option("files", learn_.files, "files of labelled texts; none: the labels of the store")
      ->expected(0, 200);
  retrain->add_option("--text", learn_.text, "column of the texts");
  retrain->add_option("--label", learn_.label, "column of the labels");
  retrain->add_flag("--aspects", learn_.of_aspects, "learn from labels of aspects");
  retrain->add_option("--term", learn_.term,
                      "column of what is spoken of: the label is of it, not of the text");
  retrain->add_option("--positive", learn_.positive, "the label that means positive");
  retrain->add_option("--out", learn_.out, "model to write, of labels of files");
  retrain->add_option("--seed", learn_.seed, "the same seed gives the same model");
  command(parent, "models", "Versions of models, aspects, routes and words, and which are in use",
          "zhike text models --json", [this](Console& c) { return text_models(c, learn_); });
  auto* use = command(parent, "use", "Put a version in use, or go back; 0 is what comes along",
                      "zhike text use model 2", [this](Console& c) { return text_use(c, learn_); });
  use->add_option("part", learn_.part, "model, aspect_model, aspects, routes or words")->required();
  use->add_option("version", learn_.number, "its number")->required();
  auto* save = command(parent, "save", "Read comments with aspects, routes or words of a file from now on",
                       "zhike text save words our_words.txt --note \"product names\"",
                       [this](Console& c) { return text_save(c, learn_); });
  save->add_option("part", learn_.part, "aspects, routes or words")->required();
  save->add_option("file", learn_.files, "aspects and routes: JSON; words: one a line")
      ->required()
      ->expected(1);
  save->add_option("--note", learn_.note, "what was changed");
}

void Program::add_readings(CLI::App* parent) {
  auto* sentiment = command(parent, "sentiment", "How likely each text is negative, neutral or positive",
                            "zhike text sentiment reviews.csv --column review --out sentiment.csv",
                            [this](Console& c) { return text_sentiment(c, text_); });
  auto* keywords = command(parent, "keywords", "Words that say what texts are about",
                           "zhike text keywords reviews.csv --column review --out keywords.csv",
                           [this](Console& c) { return text_keywords(c, text_); });
  auto* aspects = command(parent, "aspects", "What texts speak of, and whether well or badly",
                          "zhike text aspects stays.csv --column review --domain hotel --out aspects.csv",
                          [this](Console& c) { return text_aspects(c, text_); });
  auto* intent =
      command(parent, "intent", "What each text wants and feels, by words: ask, complain, anger ...",
              "zhike text intent calls.csv --column said --out intent.csv",
              [this](Console& c) { return text_intent(c, text_); });
  auto* report =
      command(parent, "report",
              "What the comments in the store say, once all are read: sentiment, aspects, typical words",
              "zhike text report --where from=2026-01-01 --where channel=app",
              [this](Console& c) { return text_report(c, text_); });
  report
      ->add_option("--where", text_.filters,
                   "channel=web, from=2026-01-01, or words as zhike metric compute takes")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  for (auto* at : {sentiment, keywords, aspects, intent}) {
    at->add_option("files", text_.files, "files of texts")->required()->expected(1, 200);
    at->add_option("--column", text_.text, "column of the texts")->required();
    at->add_option("--out", text_.out, "CSV to write");
  }
  for (auto* at : {keywords, aspects})
    at->add_option("--dictionary", text_.dictionary, "words that are not to be cut, one a line")
        ->check(CLI::ExistingFile);
  sentiment->add_option("--model", text_.model, "model to use (else the one of sentiment that comes along)");
  keywords->add_option("--method", text_.method, "tfidf or textrank")
      ->check(CLI::IsMember({"tfidf", "textrank"}));
  keywords
      ->add_option("--idf", text_.idf,
                   "rarity of words: in the file, or in Chinese at large (file from 20 texts on)")
      ->check(CLI::IsMember({"file", "large"}));
  keywords->add_option("--top", text_.top, "keywords of all texts (20)")->check(CLI::Range(1, 10'000));
  keywords->add_option("--each", text_.each, "keywords of each text (5)")->check(CLI::Range(1, 100));
  aspects->add_option("--domain", text_.domain, "retail, bank, telecom, hotel or takeaway (retail)");
  auto* own = aspects->add_option("--aspects", text_.aspects, "aspects of your own (JSON)");
  own->check(CLI::ExistingFile);
  aspects
      ->add_option("--term", text_.label,
                   "column of what is spoken of; its sentiment is told instead of the catalogue's aspects")
      ->excludes(own);
}

void Program::add_topics(CLI::App* parent) {
  auto* topics = command(parent, "topics", "What texts are about: topics with words, examples and stability",
                         "zhike text topics reviews.csv --text review --topics 10 --label category",
                         [this](Console& c) { return text_topics(c, text_); });
  topics->add_option("files", text_.files, "files of texts")->required()->expected(1, 200);
  topics->add_option("--text,--column", text_.text, "column of the texts")->required();
  topics->add_option("--label", text_.label, "column of known groups: how far topics agree with them (NMI)");
  topics->add_option("--topics", text_.topics, "how many (else the number that comes again most surely)")
      ->check(CLI::Range(2, 100));
  topics->add_option("--each", text_.each, "examples of each topic (5)")->check(CLI::Range(1, 100));
  topics->add_option("--seed", text_.seed, "the same seed gives the same topics");
  topics->add_option("--dictionary", text_.dictionary, "words that are not to be cut, one a line")
      ->check(CLI::ExistingFile);
  topics->add_option("--out", text_.out, "CSV to write: the topic of each text");
}

void Program::add_drivers() {
  auto* made = command(&app_, "drivers", "What moves a target such as satisfaction, from columns of a file",
                       "zhike drivers survey.csv --target overall --driver speed --group staff=polite,able",
                       [this](Console& c) { return drivers(c, drivers_); });
  made->add_option("file", drivers_.file, "file of answers: one row for each customer or case")->required();
  made->add_option("--target", drivers_.target, "column to explain")->required();
  made->add_option("--driver", drivers_.drivers, "columns that may move it")->expected(1, 20);
  made->add_option("--group", drivers_.groups, "NAME=COLUMN,COLUMN: a driver that several columns measure");
  made->add_option("--preset", drivers_.preset,
                   "satisfaction: drivers --quality, --interaction and --personalisation");
  made->add_option("--quality", drivers_.quality, "columns that measure quality")->delimiter(',');
  made->add_option("--interaction", drivers_.interaction, "columns that measure interaction")->delimiter(',');
  made->add_option("--personalisation", drivers_.personalisation, "columns that measure personalisation")
      ->delimiter(',');
  made->add_option("--scale", drivers_.scale, "LOW:HIGH of the drivers; values outside count as missing");
  made->add_option("--target-scale", drivers_.target_scale, "the same of the target");
  made->add_option("--confidence", drivers_.confidence, "of the intervals (0.95)")
      ->check(CLI::Range(0.5, 0.999));
  made->add_option("--resamples", drivers_.resamples, "draws for the intervals of the weights (1000)")
      ->check(CLI::Range(100, 100'000));
  made->add_option("--seed", drivers_.seed, "the same seed gives the same intervals");
}

void Program::add_chain() {
  auto* made = command(
      &app_, "chain", "The service-profit chain: how far each stage moves the next, and after how long",
      "zhike chain branches.csv --unit branch --period month --stage quality=on_time "
      "satisfaction=csat 'value=log(sum(revenue))' --lags 3; of the store: zhike chain --stage "
      "on_time_share csat_mean 'log(revenue)' --where from=2024-01-01 --data D",
      [this](Console& c) { return chain(c, chain_); });
  made->add_option("file", chain_.file, "file of units and periods; without one the metrics of the store");
  made->add_option("--unit", chain_.unit, "column of the unit (branch, region, segment)");
  made->add_option("--period", chain_.period,
                   "column of the period: month, quarter, ISO week, number or date");
  made->add_option(
          "--stage", chain_.stages,
          "NAME=COLUMN in the order of the chain; NAME=sum(COLUMN) adds rows up, else their mean counts; "
          "log(...) takes the logarithm. Of the store: keys of metrics")
      ->required()
      ->expected(2, 6);
  made->add_option("--grain", chain_.grain, "day, week, month, quarter or year of dates (month)");
  made->add_option("--by", chain_.by,
                   "of the store: unit, channel, touchpoint, stage, SOURCE.COLUMN or trait.KEY (unit)");
  made->add_option("--where", chain_.filters, "of the store: from=2024-01-01, to=..., channel=web ...");
  made->add_option("--lags", chain_.lags, "the longest lag that is tried, in periods (3)")
      ->check(CLI::Range(0, 12));
  made->add_option("--fixed", chain_.fixed, "lags by link, 1,,0: empty ones are chosen");
  made->add_option("--confidence", chain_.confidence, "of the intervals of a file (0.95)")
      ->check(CLI::Range(0.5, 0.999));
  made->add_option("--resamples", chain_.resamples, "draws of units of a file")
      ->check(CLI::Range(100, 100'000));
  made->add_option("--seed", chain_.seed, "the same seed gives the same intervals");
}

void Program::add_indices() {
  auto* parent =
      group("indices", "SERVQUAL, the five gaps and the pyramid of experience, from columns of a file");
  auto* servqual =
      command(parent, "servqual", "Perception less expectation, in five dimensions of 22 items",
              "zhike indices servqual survey.csv --expected e1:e22 --perceived p1:p22 --scale 1:7",
              [this](Console& c) { return indices_servqual(c, indices_); });
  servqual
      ->add_option("--perceived", indices_.perceived,
                   "columns of the 22 perceptions; p1:p22 means from p1 to p22")
      ->required()
      ->delimiter(',');
  servqual->add_option("--expected", indices_.expected, "columns of the 22 expectations, in the same order")
      ->required()
      ->delimiter(',');
  servqual
      ->add_option("--weights", indices_.weights,
                   "how much each dimension counts: 11,32,22,19,16 (all alike)")
      ->delimiter(',');
  servqual->add_option("--weight-columns", indices_.weight_columns, "the same by respondent: five columns")
      ->delimiter(',');
  servqual->add_option("--items", indices_.items, "items of each dimension, of an adapted form (4,5,4,4,5)")
      ->delimiter(',');
  auto* gap =
      command(parent, "gap", "The five gaps of service, the widest first",
              "zhike indices gap survey.csv --gap 1=expects/believed 5=expected/perceived --scale 1:7",
              [this](Console& c) { return indices_gap(c, indices_); });
  gap->add_option("--gap", indices_.gaps,
                  "N=WANTED/GOT: columns (several by commas) whose difference is gap N; N=SHORTFALL")
      ->required()
      ->expected(1, 5);
  auto* pyramid =
      command(parent, "pyramid", "Needs met, then easy, then a delight",
              "zhike indices pyramid survey.csv --needs met:4.. --ease effort:..2 --delight joy:4..",
              [this](Console& c) { return indices_pyramid(c, indices_); });
  for (const auto& [option, text, what] :
       {std::tuple{"--needs", &indices_.needs,
                   "column that says so, and from which value (met:4..) or up to which (met:..2)"},
        {"--ease", &indices_.ease, "the same for ease"},
        {"--delight", &indices_.delight, "the same for delight"}})
    pyramid->add_option(option, *text, what)->required();
  add_score(parent);
  for (auto* at : {servqual, gap, pyramid}) {
    at->add_option("file", indices_.file, "file of answers: one row for each respondent")->required();
    at->add_option("--scale", indices_.scale, "LOW:HIGH; values outside count as missing");
    at->add_option("--confidence", indices_.confidence, "of the intervals (0.95)")
        ->check(CLI::Range(0.5, 0.999));
    at->add_option("--minimum", indices_.minimum, "fewer respondents make no value (10)")
        ->check(CLI::Range(2, 100'000));
  }
}

void Program::add_score(CLI::App* parent) {
  auto* score = command(parent, "score", "NPS, share or mean of a column, weighted to all who were asked",
                        "zhike indices score asked.csv --score nps --measure nps --weight-by region,channel",
                        [this](Console& c) { return indices_score(c, score_); });
  score->add_option("--score", score_.score, "column of the answer; empty where nobody answered")->required();
  score->add_option("--measure", score_.measure, "nps (0 to 10), share (of the two best) or mean (mean)")
      ->check(CLI::IsMember({"nps", "share", "mean"}));
  score->add_option("--weight-by", score_.weight_by, "columns by which those who were asked are told apart")
      ->delimiter(',');
  score->add_option("--weight-max", score_.weight_max, "larger weights are cut, times their mean (5)")
      ->check(CLI::Range(1.0, 1'000.0));
  score->add_option("--cell-min", score_.cell_min, "a group with fewer answers is refused (5)")
      ->check(CLI::Range(1, 100'000));
  score->add_option("file", score_.file, "file with a row for everybody who was asked")->required();
  score->add_option("--scale", score_.scale, "LOW:HIGH; values outside count as missing");
  score->add_option("--confidence", score_.confidence, "of the intervals (0.95)")
      ->check(CLI::Range(0.5, 0.999));
  score->add_option("--minimum", score_.minimum, "fewer answers make no value (10)")
      ->check(CLI::Range(2, 100'000));
}

void Program::add_surveys() {
  auto* parent = group("survey", "Surveys: whom they ask, and how far those who were asked come");
  command(parent, "list", "All surveys", "zhike survey list --data D",
          [](Console& c) { return survey_list(c); });
  const auto with_plan = [this](CLI::App* made) {
    made->add_option("survey", survey_.survey, "number or id of the survey")->required();
    made->add_option("--where", survey_.filters,
                     "customers with an event like that: from=, to=, channel= ...; or a condition");
    made->add_option("--silent", survey_.silent_days,
                     "only who had no complaint, service contact, comment or answer in so many days");
    made->add_option("--sample", survey_.sample, "so many by chance");
    made->add_option("--seed", survey_.seed, "the same seed draws the same customers");
    made->add_option("--channel", survey_.channel, "by which the links are sent (web)");
    made->add_option("--expires", survey_.expires, "when the links expire: 2026-12-31, or with a time");
    return made;
  };
  with_plan(command(parent, "preview", "Whom a round would ask, and why others not",
                    "zhike survey preview nps --silent 90 --sample 500 --data D",
                    [this](Console& c) { return survey_preview(c, survey_); }));
  auto* round =
      with_plan(command(parent, "round", "Ask chosen customers, each by a link of their own",
                        "zhike survey round nps --key december --sample 500 --out links.csv --data D",
                        [this](Console& c) { return survey_round(c, survey_); }));
  round->add_option("--key", survey_.key, "names the round: a repeat makes nothing")->required();
  round->add_option("--out", survey_.out, "file for the links, which are told once");
  command(parent, "rounds", "Rounds of a survey, and how far those who were asked came",
          "zhike survey rounds nps --data D", [this](Console& c) { return survey_rounds(c, survey_); })
      ->add_option("survey", survey_.survey, "number or id of the survey")
      ->required();
  auto* indices =
      command(parent, "indices", "SERVQUAL, the gaps and the pyramid of a survey, with benchmarks",
              "zhike survey indices servqual --by channel --compare previous --data D",
              [this](Console& c) { return survey_indices(c, survey_); });
  indices->add_option("survey", survey_.survey, "number or id of the survey")->required();
  indices->add_option("--where", survey_.filters,
                      "of which answers: channel=, from=, to= ...; or a condition");
  indices->add_option("--compare", survey_.compare,
                      "none, previous or year: is the change more than chance?");
  indices->add_option(
      "--by", survey_.by,
      "none, channel, touchpoint, stage, unit, or a segment: trait.KEY, SOURCE.COLUMN of a virtual source");
  indices->add_option("--grain", survey_.grain, "none, day, week or month");
  add_survey_triggers(parent);
  auto* revoke = command(parent, "revoke", "Take one link back: from now on nobody gets in by it",
                         "zhike survey revoke nps --link https://voice.example.com/s/... --data D",
                         [this](Console& c) { return survey_revoke(c, survey_); });
  revoke->add_option("survey", survey_.survey, "number or id of the survey")->required();
  revoke->add_option("--link", survey_.link, "its address, or the part behind /s/")->required();
}

void Program::add_benchmarks() {
  auto* parent = group("benchmark", "Figures of others beside one's own indices");
  command(parent, "import", "Put the figures of a CSV: metric, period, value, n, source, sd",
          "zhike benchmark import industry.csv --data D",
          [this](Console& c) { return benchmark_import(c, benchmark_); })
      ->add_option("file", benchmark_.file, "CSV with a header")
      ->required();
  command(parent, "list", "All benchmarks", "zhike benchmark list --data D", [this](Console& c) {
    return benchmark_list(c, benchmark_);
  })->add_option("metric", benchmark_.metric, "of this instrument alone");
  auto* compare = command(parent, "compare", "The own index of each benchmark's period beside it",
                          "zhike benchmark compare nps --where channel=web --data D",
                          [this](Console& c) { return benchmark_compare(c, benchmark_); });
  compare->add_option("metric", benchmark_.metric, "an instrument: nps, csat, ces ...");
  compare->add_option("--where", benchmark_.filters,
                      "of which answers: channel=, units=, source= ...; or a condition");
}

void Program::add_survey_triggers(CLI::App* parent) {
  command(parent, "triggers", "Events that ask by themselves, what they did, and ready ones",
          "zhike survey triggers after-contact --data D",
          [this](Console& c) { return survey_triggers(c, survey_); })
      ->add_option("survey", survey_.survey, "number or id of the survey")
      ->required();
  const auto with_plan = [this](CLI::App* made) {
    made->add_option("survey", survey_.survey, "number or id of the survey")->required();
    made->add_option("--preset", survey_.preset, "a ready one: after-conversation ... (see triggers)");
    made->add_option("--where", survey_.filters,
                     "the event: name=, channel=, touchpoint= ...; or a condition");
    made->add_option("--property", survey_.properties, "of the event: resolved=true,yes; each must fit");
    made->add_option("--delay", survey_.delay_minutes, "minutes after the event (0)");
    made->add_option("--within", survey_.within_hours,
                     "what arrives later than so many hours after it happened asks nobody (24)");
    made->add_option("--share", survey_.share, "of the events, by chance (1)");
    made->add_option("--quiet", survey_.quiet, "nobody is written to from ... to: 21:00-09:00");
    made->add_option("--channel", survey_.channel, "by which the links are sent (web)");
    made->add_option("--connector", survey_.connector, "number of the connector that writes to them")
        ->required();
    return made;
  };
  with_plan(
      command(parent, "trigger-preview", "What a trigger would have done in the last 30 days",
              "zhike survey trigger-preview after-contact --preset after-conversation --connector 1 --data D",
              [this](Console& c) { return survey_trigger_preview(c, survey_); }));
  with_plan(command(parent, "trigger", "Ask customers after an event, from now on",
                    "zhike survey trigger after-contact --key calls --preset after-conversation --delay 30 "
                    "--channel sms --connector 1 --data D",
                    [this](Console& c) { return survey_trigger(c, survey_); }))
      ->add_option("--key", survey_.key, "names the trigger: a repeat makes nothing")
      ->required();
  auto* move = command(parent, "trigger-state", "Pause a trigger, let it go on, or end it",
                       "zhike survey trigger-state after-contact --key calls --to paused --data D",
                       [this](Console& c) { return survey_trigger_move(c, survey_); });
  move->add_option("survey", survey_.survey, "number or id of the survey")->required();
  move->add_option("--key", survey_.key, "of the trigger")->required();
  move->add_option("--to", survey_.state, "on, paused or ended")->required();
}

void Program::add_complaints() {
  auto* parent = group("complaint", "Complaints and their recovery");
  auto* list = command(parent, "list", "Complaints, newest first", "zhike complaint list --overdue",
                       [this](Console& c) { return complaint_list(c, complaint_); });
  list->add_option("--state", complaint_.state, "new, accepted, in_recovery, resolved, closed or reopened");
  list->add_flag("--overdue", complaint_.overdue, "only those past the clock");
  list->add_flag("--waiting", complaint_.waiting, "only those with a remedy that waits for approval");
  list->add_option("--count", complaint_.count, "at most so many (50)")->check(CLI::Range(1, 10'000));
  auto* show = command(parent, "show", "One complaint with its history", "zhike complaint show 42",
                       [this](Console& c) { return complaint_show(c, complaint_); });
  show->add_option("id", complaint_.id, "id")->required();
  auto* report = command(parent, "report", "How complaints are dealt with",
                         "zhike complaint report --from 2026-01-01 --days 30",
                         [this](Console& c) { return complaint_report(c, complaint_); });
  report
      ->add_option("--days", complaint_.days,
                   "a further complaint within so many days is a repeat (the catalogue's)")
      ->check(CLI::Range(1, 365));
  for (auto* at : {list, report}) {
    at->add_option("--category", complaint_.category, "key of a category, and those below it");
    at->add_option("--channel", complaint_.channel, "channel");
    at->add_option("--unit", complaint_.unit, "unit");
    at->add_option("--from", complaint_.from, "opened from this time on");
    at->add_option("--to", complaint_.to, "opened before this time");
  }
  auto* suggest =
      command(parent, "suggest", "Which categories the words of texts speak for",
              "zhike complaint suggest complaints.csv --column said --domain telecom --out said.csv",
              [this](Console& c) { return complaint_suggest(c, text_); });
  suggest->add_option("files", text_.files, "files of texts")->required()->expected(1, 200);
  suggest->add_option("--column", text_.text, "column of the texts")->required();
  suggest->add_option("--label", text_.label, "column of the right categories, to be compared with");
  suggest->add_option("--domain", text_.domain,
                      "retail, bank or telecom, or a catalogue of your own (retail)");
  suggest->add_option("--out", text_.out, "CSV to write");
  add_complaint_rules(parent);
  add_complaint_limits(parent);
}

void Program::add_complaint_rules(CLI::App* parent) {
  command(parent, "rules", "Standing rules that open complaints, and what they did",
          "zhike complaint rules --json", [](Console& c) { return complaint_rules(c); });
  const auto with_plan = [this](CLI::App* made) {
    ComplaintRuleOptions& to = complaint_rule_;
    made->add_option("--where", to.filters,
                     "the event: name=, channel=, instrument=, score_max= ...; or a condition");
    made->add_option("--property", to.properties, "of the event: resolved=false,no; each must fit");
    made->add_option("--label", to.labels, "of the comment as it was read, one of them: intent.complain");
    made->add_option("--sentiment-max", to.sentiment_max,
                     "of the comment: probability of positive less negative, at most (any)")
        ->check(CLI::Range(-1.0, 1.0));
    made->add_option("--aspect", to.aspect, "that the comment speaks of");
    made->add_option("--aspect-sentiment", to.aspect_sentiment, "negative, neutral or positive (any)");
    made->add_option("--category", to.category, "of the complaint (as its words suggest)");
    made->add_option("--severity", to.severity, "low, medium, high or critical (the category's)");
    made->add_option("--owner", to.owner, "login of the first contact (whoever accepts it)");
    made->add_option("--unit", to.unit, "that answers for it (the event's)");
    made->add_option("--quiet-days", to.quiet_days,
                     "joins the customer's open complaint of the category within so many days (7; 0: never)");
    made->add_option("--within-days", to.within_days,
                     "what arrives later than so many days after it happened opens nothing (7)");
    return made;
  };
  with_plan(command(parent, "rule-preview", "What a rule would have opened in the last 30 days",
                    "zhike complaint rule-preview --where instrument=nps --where score_max=2 --data D",
                    [this](Console& c) { return complaint_rule_preview(c, complaint_rule_); }));
  with_plan(
      command(parent, "rule", "Open complaints from events, from now on; changes the one of that name",
              "zhike complaint rule \"Angry letters\" --label flag.urgent --sentiment-max -0.5 --data D",
              [this](Console& c) { return complaint_rule(c, complaint_rule_); }))
      ->add_option("name", complaint_rule_.name, "names the rule")
      ->required();
  auto* move = command(parent, "rule-state", "Switch a rule on or off, or remove it",
                       "zhike complaint rule-state \"Angry letters\" --to off --data D",
                       [this](Console& c) { return complaint_rule_state(c, complaint_rule_); });
  move->add_option("name", complaint_rule_.name, "of the rule")->required();
  move->add_option("--to", complaint_rule_.state, "on, off or removed")->required();
}

void Program::add_complaint_limits(CLI::App* parent) {
  command(parent, "limits", "What roles may give without asking", "zhike complaint limits --json",
          [](Console& c) { return complaint_limits(c); });
  auto* set = command(parent, "limit", "Change what a role may give without asking",
                      "zhike complaint limit --role agent --currency CNY --complaint 300 --day 1500 --data D",
                      [this](Console& c) { return complaint_limit(c, complaint_limit_); });
  set->add_option("--role", complaint_limit_.role, "agent, manager ...");
  set->add_option("--currency", complaint_limit_.currency, "CNY, USD ...");
  set->add_option("--complaint", complaint_limit_.complaint, "amount for one complaint, or none (none)");
  set->add_option("--day", complaint_limit_.day, "amount a day, or none (none)");
  set->add_flag("--remove", complaint_limit_.remove, "the role may give nothing in this currency");
  set->add_flag("--reset", complaint_limit_.reset, "all limits as in the catalogue");
}

void Program::add_reputation() {
  auto* parent = group("reputation", "Brand reputation: what posts say of brands");
  auto* report = command(parent, "report", "Volume, sentiment and share of voice, with intervals",
                         "zhike reputation report --where from=2026-01-01 --compare previous --json",
                         [this](Console& c) { return reputation_report(c, reputation_); });
  auto* bursts = command(parent, "bursts", "Hours in which far more was said than expected, and why",
                         "zhike reputation bursts --where from=2026-01-01 --count 5",
                         [this](Console& c) { return reputation_bursts(c, reputation_); });
  auto* posts = command(parent, "posts", "Posts that were seen most, those that repeat one another as one",
                        "zhike reputation posts --brand ours --order reach --count 20",
                        [this](Console& c) { return reputation_posts(c, reputation_); });
  auto* brands = command(parent, "brands", "The brands that are followed; --set puts others in their place",
                         "zhike reputation brands --set brands.json",
                         [this](Console& c) { return reputation_brands(c, reputation_); });
  brands->add_option("--set", reputation_.set,
                     "JSON file: {\"items\": [{\"key\", \"own\", \"name_en\", \"name_zh\", \"names\", "
                     "\"exclusions\"}], \"weights\": {...}}");
  for (auto* at : {report, bursts, posts}) {
    at->add_option("--where", reputation_.filters,
                   "condition on the posts, such as unit=north or from=2026-01-01");
    at->add_option("--text", reputation_.text, "only posts that hold this text");
  }
  report->add_option("--compare", reputation_.compare, "previous (default), year or none");
  bursts->add_option("--count", reputation_.count, "of how many bursts the reason is looked for (10)")
      ->check(CLI::Range(0, 1000));
  posts->add_option("--count", reputation_.count, "at most so many (10)")->check(CLI::Range(1, 1000));
  posts->add_option("--brand", reputation_.brand, "key of a brand; else all");
  posts->add_option("--order", reputation_.order, "reach (default), posts or newest");
  auto* messages = command(parent, "messages", "Who is told of bursts, and what was told",
                           "zhike reputation messages --connector 2 --to pr@example.com --language en",
                           [this](Console& c) { return reputation_messages(c, burst_message_); });
  messages->add_option("--connector", burst_message_.connector, "number of one that writes: from now on");
  messages->add_option("--to", burst_message_.to, "address as the connector wants it");
  messages->add_option("--language", burst_message_.language, "zh or en (zh)");
  messages->add_flag("--negative-only", burst_message_.negative_only, "not of bursts of all posts");
  messages->add_flag("--nobody", burst_message_.nobody, "nobody is told any more");
}

}  // namespace zhike::cli
