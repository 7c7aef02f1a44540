#include "ingest/case_step.h"

#include <gtest/gtest.h>

namespace zhike::ingest {
namespace {

using identity::CaseStep;

std::optional<CaseStep> step(std::string name, std::string touchpoint = "ticket", std::string resolved = {}) {
  RawEvent event;
  event.name = std::move(name);
  event.case_id = "T1";
  if (!resolved.empty()) event.properties.push_back({"resolved", resolved});
  return case_step(event, {.channel = {}, .touchpoint = std::move(touchpoint), .stage = {}});
}

TEST(CaseStep, TheWordsOfTheNameDecide) {
  EXPECT_EQ(step("Ticket Created"), CaseStep::kOpens);
  EXPECT_EQ(step("Contact Opened", "contact"), CaseStep::kOpens);
  EXPECT_EQ(step("conversation_started", "contact"), CaseStep::kOpens);
  EXPECT_EQ(step("Complaint Filed", "complaint"), CaseStep::kOpens);
  EXPECT_EQ(step("Ticket Reopened"), CaseStep::kOpens);
  EXPECT_EQ(step("Contact Answered", "contact"), CaseStep::kContinues);
  EXPECT_EQ(step("Details disclosed"), CaseStep::kContinues) << "no word of its own";
  EXPECT_EQ(step("Case Closed By Agent"), CaseStep::kCloses);
  EXPECT_EQ(step("Call Ended", "contact"), CaseStep::kCloses);
  EXPECT_EQ(step("工单创建"), CaseStep::kOpens);
  EXPECT_EQ(step("工单已关闭"), CaseStep::kCloses);
  EXPECT_EQ(step("投诉已解决", "complaint"), CaseStep::kCloses);
  EXPECT_EQ(step("工单重新打开"), CaseStep::kOpens);
}

TEST(CaseStep, APropertyResolvedComesBeforeTheName) {
  EXPECT_EQ(step("Complaint Filed", "complaint", "true"), CaseStep::kCloses);
  EXPECT_EQ(step("Call Ended", "contact", "no"), CaseStep::kOpens) << "the caller waits on";
  EXPECT_EQ(step("Call Ended", "contact", "perhaps"), CaseStep::kCloses);
}

TEST(CaseStep, OrdersAndEventsWithoutACaseAreNone) {
  EXPECT_EQ(step("Order Created", "order"), std::nullopt);
  RawEvent event;
  event.name = "Ticket Created";
  EXPECT_EQ(case_step(event, {.channel = {}, .touchpoint = "ticket", .stage = {}}), std::nullopt);
}

}  // namespace
}  // namespace zhike::ingest
