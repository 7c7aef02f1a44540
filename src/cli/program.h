// The command line of `zhike`: all commands with their options, and the one that was chosen.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "cli/channel_commands.h"
#include "cli/commands.h"
#include "cli/complaint_commands.h"
#include "cli/driver_commands.h"
#include "cli/journey_commands.h"
#include "cli/kept_commands.h"
#include "cli/reputation_commands.h"
#include "cli/survey_commands.h"
#include "cli/text_learn.h"

namespace zhike::cli {

class Program {
 public:
  Program();

  int run(int argc, char** argv);

 private:
  CLI::App* command(CLI::App* parent, const std::string& name, const std::string& text,
                    const std::string& example, std::function<int(Console&)> run);
  CLI::App* group(const std::string& name, const std::string& text);
  static void serve_options(CLI::App* at, ServeOptions& options);
  static void world_options(CLI::App* at, SimulateOptions& options);
  void add_service();
  void add_files();
  void add_matching();
  void add_text();
  void add_learning(CLI::App* parent);
  void add_readings(CLI::App* parent);
  void add_topics(CLI::App* parent);
  void add_drivers();
  void add_chain();
  void add_indices();
  void add_journeys();
  void add_friction(CLI::App* parent);
  void add_performance(CLI::App* parent);
  void add_journey_simulate(CLI::App* parent);
  void add_journey_map(CLI::App* parent);
  void add_journey_kinds(CLI::App* parent);
  void add_journey_cases(CLI::App* parent);
  void add_journey_designs(CLI::App* parent);
  void add_customer_lists(CLI::App* parent);
  void add_personas();
  static void add_persona_options(CLI::App* to);
  void add_experience(CLI::App* parent);
  void add_blueprint(CLI::App* parent);
  void add_channels();
  void add_channel_best(CLI::App* parent);
  void add_channel_budget(CLI::App* parent);
  void add_score(CLI::App* parent);
  void add_metrics();
  void add_surveys();
  void add_benchmarks();
  void add_survey_triggers(CLI::App* parent);
  void add_plans();
  void add_accounts();
  void add_sources();
  void add_items();
  void add_virtual();
  void add_complaints();
  void add_complaint_rules(CLI::App* parent);
  void add_complaint_limits(CLI::App* parent);
  void add_units();
  void add_customers();
  void add_reputation();

  CLI::App app_;
  Common common_;
  std::function<int(Console&)> chosen_;
  ServeOptions serve_;
  ImportOptions import_;
  SimulateOptions simulate_;
  DemoOptions demo_;
  MetricOptions metric_;
  SurveyOptions survey_;
  BenchmarkOptions benchmark_;
  ScoreCommand score_;
  UserOptions user_;
  SourceOptions source_;
  VirtualOptions virtual_;
  UnitOptions unit_;
  ItemOptions item_;
  CustomerOptions customer_;
  ComplaintOptions complaint_;
  ComplaintRuleOptions complaint_rule_;
  ComplaintLimitOptions complaint_limit_;
  BurstMessageOptions burst_message_;
  ReputationOptions reputation_;
  PlanOptions plan_;
  SqlOptions sql_;
  ResolveCommand resolve_;
  TextCommand text_;
  TextLearnCommand learn_;
  DriversCommand drivers_;
  IndicesCommand indices_;
  JourneyCommand journey_;
  FrictionCommand friction_;
  PerformanceCommand performance_;
  JourneySimulateCommand journey_simulate_;
  JourneyMapCommand journey_map_;
  JourneyKindsCommand journey_kinds_;
  JourneyCasesCommand journey_cases_;
  CustomerListsCommand customer_lists_;
  DesignsCommand designs_;
  PersonaCommand persona_;
  ExperienceCommand experience_;
  BlueprintCommand blueprint_;
  ChannelCommand channel_;
  ChannelStoreCommand channel_store_;
  ChannelBestCommand channel_best_;
  ChannelBudgetCommand channel_budget_;
  ChannelSpendingCommand channel_spending_;
  ChainCommand chain_;
  CustomerDriversCommand customer_drivers_;
};

}  // namespace zhike::cli
