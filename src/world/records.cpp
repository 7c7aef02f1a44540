#include "world/records.h"

#include <fmt/core.h>

#include <array>

#include "base/time.h"

namespace zhike::world {
namespace {

constexpr std::int64_t kOffset =
    8 * 3'600'000;  // the company's systems write China's time, which has no summer time

constexpr std::string_view kTopicsZh[] = {"售前咨询", "物流查询", "质量问题", "使用咨询", "退款"};
constexpr std::string_view kTopicsEn[] = {"presale", "delivery", "defect", "usage", "refund"};
constexpr std::string_view kStatus[] = {"placed", "paid", "shipped", "delivered", "cancelled"};

std::string amount(std::int64_t minor) { return fmt::format("{}.{:02}", minor / 100, minor % 100); }

// "1,234.50", as the tills print it.
std::string grouped(std::int64_t minor) {
  std::string text = amount(minor);
  for (std::size_t at = text.size() - 3; at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : "|") + part;
  return out;
}

}  // namespace

std::string Records::local(const std::optional<Instant>& at, char date_mark) const {
  if (!past(at)) return "";
  std::string text = format_utc({at->ms + kOffset});  // 2026-09-01T12:30:11.000Z
  text.resize(19);
  text[10] = ' ';
  text[4] = text[7] = date_mark;
  return text;
}

Result<Records> Records::create(const std::filesystem::path& folder, const Options& options) {
  struct Plan {
    std::string_view name;
    Charset charset;
    std::string_view newline, header;
  };
  static constexpr Plan kPlans[] = {
      {"web_app.jsonl", Charset::kUtf8, "\n", ""},
      {"orders.csv", Charset::kUtf8, "\n",
       "order_no,user_id,loyalty_card,phone,email,channel,status,placed_at,paid_at,cancelled_at,items,"
       "category,amount,currency,branch"},
      {"deliveries.csv", Charset::kUtf8, "\n",
       "order_no,carrier,shipped_at,promised_at,delivered_at,receiver_phone,receiver_address"},
      {"store_pos.csv", Charset::kUtf8, "\r\n",
       "receipt_no,sold_at,branch,card,phone,category,items,amount,currency"},
      {"call_center.csv", Charset::kGbk, "\r\n",
       "工单号,来电号码,客户姓名,订单号,问题类型,来电时间,接听时间,解决时间,投诉时间,区域,备注"},
      {"conversations.csv", Charset::kUtf8Bom, "\n",
       "ticket_no,channel,openid,email,user_id,visitor_id,card,order_no,topic,opened_at,answered_at,resolved_"
       "at,complained_at,branch,note"},
      {"surveys.csv", Charset::kUtf8, "\n",
       "answer_id,instrument,score,answered_at,sent_via,email,phone,openid,order_no,ticket_no,branch,"
       "language,comment"},
      {"crm_customers.csv", Charset::kUtf8, "\n",
       "crm_no,name,phone,email,user_id,loyalty_card,birthday,city,address,branch,updated_at"},
      {"truth/people.csv", Charset::kUtf8, "\n",
       "person_id,name,phone,email,user_id,loyalty_card,openid,device,browsers,branch,base,mood,left,orders"},
      {"truth/identifiers.csv", Charset::kUtf8, "\n", "person_id,kind,value"},
      {"truth/answers.csv", Charset::kUtf8, "\n", "answer_id,person_id,instrument,experience,score"},
      {"truth/crm.csv", Charset::kUtf8, "\n", "crm_no,person_id,dirt"},
  };
  std::error_code failed;
  std::filesystem::create_directories(folder / "truth", failed);
  if (failed) return std::unexpected<Error>(file_error("create", folder, failed.value()));
  Records records(options);
  for (const Plan& plan : kPlans) {
    CX_TRY(RowFile file, RowFile::create(folder / plan.name, plan.charset, plan.newline));
    if (!plan.header.empty()) file.header(plan.header);
    records.files_.push_back(std::move(file));
  }
  return records;
}

void Records::add(const Person& person, const Story& story) {
  Chance chance(options_.seed + 7, person.id);
  add_calls(person, story, chance);
  for (const Order& order : story.orders) {
    ++sums_.orders;
    if (past(order.delivered_at) && order.promised_at && *order.delivered_at > *order.promised_at)
      ++sums_.late_deliveries;
    if (order.channel == Channel::kStore) {
      add_sale(person, order, chance);
      continue;
    }
    add_order(person, order, chance);
    if (past(order.shipped_at)) add_delivery(person, order);
  }
  for (const Contact& contact : story.contacts) {
    ++sums_.contacts;
    if (past(contact.complained_at)) ++sums_.complaints;
    if (contact.channel == Channel::kCallCenter)
      add_call(person, contact, chance);
    else
      add_conversation(person, contact);
  }
  for (const Answer& answer : story.answers) add_answer(person, answer, chance);
  if (!person.newcomer || !person.user_id.empty() || !person.loyalty.empty()) add_crm(person, chance);
  add_truth(person, story);
  ++sums_.customers;
}

// Channel, branch and session travel as properties and the openid as a trait: well-known names of the
// protocol.
void Records::add_calls(const Person& person, const Story& story, Chance& chance) {
  static constexpr std::string_view kTypes[] = {"page", "screen", "track", "identify"};
  for (const WebCall& call : story.calls) {
    std::string line = fmt::format(R"({{"type":"{}","messageId":"{}-{:x}","anonymousId":{},"timestamp":"{}")",
                                   kTypes[static_cast<std::size_t>(call.call)], options_.seed, ++calls_,
                                   json_text(call.anonymous_id), format_utc(call.at));
    if (call.signed_in) line += fmt::format(R"(,"userId":"{}")", person.user_id);
    if (call.call == Call::kIdentify) {
      line += fmt::format(R"(,"traits":{{"name":{},"phone":{}{}}})", json_text(person.name),
                          json_text(person.phone),
                          person.email.empty() ? "" : ",\"email\":" + json_text(person.email));
    } else {
      line += fmt::format(R"(,"{}":{},"properties":{{"channel":"{}","unit":"{}","sessionId":"{}")",
                          call.call == Call::kTrack ? "event" : "name", json_text(call.name),
                          to_string(call.channel), person.unit, call.session);
      for (const auto& [key, value] : call.properties)
        if (!value.empty()) line += fmt::format(R"(,"{}":{})", key, json_text(value));
      line += '}';
    }
    line += R"(,"context":{"library":{"name":"analytics.js"})";
    if (call.channel == Channel::kMiniProgram)
      line += fmt::format(R"(,"traits":{{"openid":"{}"}})", person.openid);
    if (call.channel == Channel::kApp) line += fmt::format(R"(,"device":{{"id":"{}"}})", person.device);
    line += "}}";
    const bool broken = breaks(chance);
    if (broken) line.resize(line.size() / 2);  // the connection broke
    files_[kWebApp].line(line, broken);
  }
}

void Records::add_order(const Person& person, const Order& order, Chance& chance) {
  Status status = Status::kPlaced;
  if (past(order.paid_at)) status = Status::kPaid;
  if (past(order.shipped_at)) status = Status::kShipped;
  if (past(order.delivered_at)) status = Status::kDelivered;
  if (past(order.cancelled_at)) status = Status::kCancelled;
  const bool guest = person.user_id.empty();
  const std::string items = std::to_string(order.items);
  if (breaks(chance)) {
    const std::string at = local(order.placed_at);
    files_[kOrders].line(
        fmt::format("{},{},,{},,{},paid,{},{},,{},{},12.3x,CNY,{}", order.number, person.user_id,
                    person.phone, to_string(order.channel), at, at, items, order.category, person.unit),
        true);
    return;
  }
  files_[kOrders].row({order.number, person.user_id, chance.happens(0.5) ? person.loyalty : "",
                       guest || chance.happens(0.6) ? person.phone : "", guest ? person.email : "",
                       to_string(order.channel), kStatus[static_cast<std::size_t>(status)],
                       local(order.placed_at), local(order.paid_at), local(order.cancelled_at), items,
                       order.category, amount(order.amount_minor), order.currency, person.unit});
}

void Records::add_delivery(const Person& person, const Order& order) {
  static constexpr std::string_view kCarriers[] = {"SF", "JD", "YTO", "DHL"};
  const auto iso = [&](const std::optional<Instant>& at) {
    return past(at) ? format_utc(*at) : std::string();
  };
  files_[kDeliveries].row({order.number, person.chinese ? kCarriers[order.number.back() % 3] : kCarriers[3],
                           iso(order.shipped_at), format_utc(*order.promised_at), iso(order.delivered_at),
                           person.phone, person.address});
}

void Records::add_sale(const Person& person, const Order& order, Chance& chance) {
  const std::string items = std::to_string(order.items);
  // Without a card the cashier asks for the phone number, and often does not get it.
  const bool gives_phone = person.loyalty.empty() && chance.happens(0.6);
  if (breaks(chance)) {
    files_[kPos].line(fmt::format("{},未知时间,{},{},,{},{},0,CNY", order.number, person.unit, person.loyalty,
                                  order.category, items),
                      true);
    return;
  }
  files_[kPos].row({order.number, local(order.paid_at ? order.paid_at : order.placed_at, '/'), person.unit,
                    person.loyalty, gives_phone ? person.phone : "", order.category, items,
                    grouped(order.amount_minor), order.currency});
}

void Records::add_call(const Person& person, const Contact& c, Chance& chance) {
  const bool broken = breaks(chance);
  const bool from_old = !person.old_phone.empty() && chance.happens(0.2);
  const std::string opened = broken ? "昨天下午" : local(c.opened_at);
  const std::string_view phone = from_old ? person.old_phone : person.phone;
  if (broken) {
    files_[kCalls].line(fmt::format("{},{},{},{},{},{},,,,{},", c.ticket, phone, person.name, c.order,
                                    kTopicsZh[static_cast<std::size_t>(c.topic)], opened, person.unit),
                        true);
    return;
  }
  files_[kCalls].row({c.ticket, phone, person.name, c.order, kTopicsZh[static_cast<std::size_t>(c.topic)],
                      opened, local(c.answered_at), local(c.resolved_at), local(c.complained_at), person.unit,
                      c.note});
}

void Records::add_conversation(const Person& person, const Contact& c) {
  const bool chat = c.channel == Channel::kChat;
  const bool guest = person.user_id.empty();
  files_[kConversations].row(
      {c.ticket, to_string(c.channel), c.channel == Channel::kWechat ? person.openid : "",
       c.channel == Channel::kEmail ? person.email : "", chat && !guest ? person.user_id : "",
       chat && guest ? person.browsers.front() : "", c.channel == Channel::kStore ? person.loyalty : "",
       c.order, kTopicsEn[static_cast<std::size_t>(c.topic)], local(c.opened_at), local(c.answered_at),
       local(c.resolved_at), local(c.complained_at), person.unit, c.note});
}

void Records::add_answer(const Person& person, const Answer& a, Chance& chance) {
  const std::string number = fmt::format("A{:09}", ++answers_);
  ++sums_.answers;
  const bool by_email = !person.email.empty() &&
                        (a.channel == Channel::kEmail || a.channel == Channel::kWeb || chance.happens(0.5));
  const bool by_wechat = !by_email && !person.openid.empty();
  const bool ticket = a.instrument == Instrument::kCsat || a.instrument == Instrument::kCes;
  const bool broken = breaks(chance);
  const std::string score = broken ? (chance.happens(0.5) ? "很好" : "99") : std::to_string(a.score);
  const std::string_view via = by_email ? "email" : by_wechat ? "wechat" : "sms";
  const std::string at = format_utc(a.at);
  if (broken) {
    files_[kSurveys].line(fmt::format("{},{},{},{},{},{},,,,,{},,", number, to_string(a.instrument), score,
                                      at, via, person.email, person.unit),
                          true);
    return;
  }
  files_[kSurveys].row({number, to_string(a.instrument), score, at, via, by_email ? person.email : "",
                        !by_email && !by_wechat ? person.phone : "", by_wechat ? person.openid : "",
                        ticket ? "" : a.about, ticket ? a.about : "", person.unit,
                        person.chinese ? "zh" : "en", a.comment});
  files_[kAnswers].row({number, std::to_string(person.id), to_string(a.instrument),
                        fmt::format("{:.3f}", a.experience), score});
}

void Records::add_truth(const Person& p, const Story& story) {
  const std::string id = std::to_string(p.id);
  files_[kPeople].row({id, p.name, p.phone, p.email, p.user_id, p.loyalty, p.openid, p.device,
                       join(p.browsers), p.unit, fmt::format("{:.3f}", p.base),
                       fmt::format("{:.3f}", story.mood), story.left ? "1" : "0",
                       std::to_string(story.orders.size())});
  const auto known = [&](std::string_view kind, std::string_view value) {
    if (!value.empty()) files_[kIdentifiers].row({id, kind, value});
  };
  known("user_id", p.user_id);
  known("email", p.email);
  known("phone", p.phone);
  known("phone", p.old_phone);
  known("wechat_openid", p.openid);
  known("loyalty_id", p.loyalty);
  known("device_id", p.device);
  for (const auto& browser : p.browsers) known("anonymous_id", browser);
  for (const Order& order : story.orders) known("order_id", order.number);
}

Result<Summary> Records::finish() {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    RowFile& file = files_[i];
    CX_TRY(file.close());
    if (i < kImported)
      sums_.files.push_back(
          {.name = file.name(), .rows = file.rows(), .broken = file.broken(), .bytes = file.bytes()});
  }
  return sums_;
}

}  // namespace zhike::world
