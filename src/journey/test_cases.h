// Events written down by hand, cut into cases, for tests of what is made of cases.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "journey/case_stream.h"

namespace zhike::journey {

inline constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;

struct Written {
  std::uint64_t customer = 0;
  std::int64_t ms = 0;
  std::uint32_t kind = 0;
  std::uint64_t matter = 0;
  float answer = CaseEvent::kNone;
  bool is_answer = false;
};
inline Written answer(std::uint64_t customer, std::int64_t ms, std::uint32_t kind, float score) {
  return {.customer = customer, .ms = ms, .kind = kind, .matter = 0, .answer = score, .is_answer = true};
}

/// Events are numbered from 1, as they are listed.
struct CutCase {
  std::uint64_t customer = 0;
  std::vector<CaseEvent> every{};
};
inline std::vector<CutCase> cut(const CaseKinds& kinds, const Definition& definition,
                                std::span<const Written> events) {
  std::map<std::uint64_t, std::vector<CaseEvent>> customers;
  std::uint64_t id = 0;
  for (const Written& one : events)
    customers[one.customer].push_back({.ms = one.ms,
                                       .event_id = ++id,
                                       .matter = one.matter,
                                       .kind = one.kind,
                                       .is_answer = one.is_answer,
                                       .answer = one.answer});
  std::vector<CutCase> out;
  CaseCutter cutter(kinds, definition);
  for (auto& [customer, of] : customers) {
    std::ranges::stable_sort(of, {}, &CaseEvent::ms);
    cutter.cut(customer, of, [&](std::uint64_t who, std::span<const CaseEvent> every) {
      out.push_back({.customer = who, .every = {every.begin(), every.end()}});
    });
  }
  return out;
}

/// A shop in which each friction befalls somebody once. Times from 1 March, midnight.
inline const std::vector<NamedKind>& shop_kinds() {
  static const std::vector<NamedKind> kAll{{1, "Product Viewed", "product", "web", "consider", false},
                                           {2, "Cart Viewed", "cart", "web", "consider", false},
                                           {3, "Checkout Started", "checkout", "web", "consider", false},
                                           {4, "Payment Failed", "checkout", "web", "consider", true},
                                           {5, "Order Completed", "order", "web", "purchase", false},
                                           {6, "Order Delivered", "delivery", "logistics", "deliver", false},
                                           {7, "Ticket Created", "contact", "call_center", "support", false},
                                           {8, "Product Viewed", "product", "app", "consider", false},
                                           {9, "NPS Answered", "survey", "email", "use", false}};
  return kAll;
}
inline const std::vector<Written>& shop_events() {
  constexpr std::int64_t kTen = 10 * kHour;
  static const std::vector<Written> kAll{{1, kTen, 1},
                                         {1, kTen + 1 * kMinute, 2},
                                         {1, kTen + 2 * kMinute, 1},
                                         {1, kTen + 3 * kMinute, 2},
                                         {1, kTen + 4 * kMinute, 1},
                                         {1, kTen + 5 * kMinute, 2},
                                         {1, kTen + 6 * kMinute, 1},
                                         {1, kTen + 20 * kMinute, 5, 11},
                                         answer(1, kDay + kTen, 9, 4),
                                         answer(2, 2 * kDay + kTen - kMinute, 9, 9),
                                         {2, 2 * kDay + kTen, 3},
                                         {2, 2 * kDay + kTen + 1000, 3},
                                         {2, 2 * kDay + kTen + 2000, 3},
                                         {2, 2 * kDay + kTen + 3000, 3},
                                         {2, 2 * kDay + kTen + kMinute, 4},
                                         {3, 3 * kDay + kTen, 1},
                                         {3, 3 * kDay + kTen + 2 * kHour, 8},
                                         {3, 4 * kDay + kTen, 1},
                                         {3, 4 * kDay + kTen + 2 * kHour, 8},
                                         {3, 5 * kDay + kTen, 7, 21},
                                         {3, 5 * kDay + kTen + kHour, 7, 21},
                                         {3, 6 * kDay + kTen, 7, 22},
                                         {4, 7 * kDay + kTen, 5, 14},
                                         {4, 8 * kDay + kTen, 6, 14},
                                         {4, 19 * kDay + kTen, 5, 15},
                                         {4, 26 * kDay + kTen, 6, 15}};
  return kAll;
}

}  // namespace zhike::journey
