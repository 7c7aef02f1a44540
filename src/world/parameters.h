// What drives the simulated world: written to truth/parameters.json, so that estimates can be compared with
// it.
#pragma once

namespace zhike::world {

struct Parameters {
  // Coming and buying.
  double newcomer_share = 0.3;        ///< customers whose first visit lies anywhere in the period
  double days_between_visits = 5.5;   ///< mean, exponential
  double consider_share = 0.75;       ///< of visits that look at products
  double buy_share = 0.28;            ///< of those that buy, at mood 7.5; +8% per point of mood
  double checkout_left_share = 0.25;  ///< of checkouts that are abandoned
  double cancel_share = 0.04;

  // Service quality.
  double promise_days = 3.0;
  double late_share = 0.12;           ///< of deliveries
  double late_days = 1.8;             ///< mean lateness beyond the promise, exponential
  double incident_late_share = 0.45;  ///< while the delivery incident lasts
  double incident_from = 0.45;        ///< as a share of the period
  double incident_to = 0.55;
  double defect_share = 0.06;  ///< of delivered orders
  double question_share = 0.05;
  double contact_after_late = 0.35;
  double contact_after_defect = 0.8;
  double call_wait_minutes = 4;  ///< medians, log-normal with sigma 0.8
  double chat_wait_minutes = 2;
  double wechat_wait_minutes = 20;
  double email_wait_minutes = 240;
  double store_wait_minutes = 6;
  double abandoned_share = 0.05;  ///< contacts nobody answered in time
  double resolved_share = 0.78;   ///< of answered contacts
  double complaint_share = 0.35;  ///< of contacts with an experience below 5

  // Satisfaction: an experience on 0 to 10 starts from the customer's base and is moved by what happens.
  double base_mean = 8.0;
  double base_sd = 1.1;
  double per_late_day = -0.9;
  double cancelled = -1.0;
  double defect = -1.8;
  double per_doubled_wait = -0.3;  ///< per doubling of the channel's median wait
  double abandoned = -1.5;
  double unresolved = -2.0;
  double recovered = 1.0;  ///< a resolved contact gives back
  double answer_sd = 0.9;  ///< noise of an answer
  double memory = 0.6;     ///< weight of the past in a customer's mood

  // Answering.
  double review_share = 0.3;  ///< per delivered order
  double csat_share = 0.35;   ///< per contact
  double ces_share = 0.25;    ///< per resolved contact
  double nps_share = 0.45;    ///< per question; asked every nps_days
  double nps_days = 40;
  double comment_share = 0.55;
  double leak_share = 0.04;  ///< comments that contain the customer's phone number

  // Coming back: leaving after an order costs 1% + this share per point of mood below 7.
  double leave_per_point = 0.08;

  // Dirt.
  double duplicate_share = 0.28;     ///< customers with a second CRM record; a quarter of them have a third
  double shared_phone_share = 0.01;  ///< customers who use the phone of another one
  double broken_share = 0.002;       ///< rows that cannot be read or lack what they need
};

}  // namespace zhike::world
