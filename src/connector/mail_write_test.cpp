#include "connector/mail_write.h"

#include <gtest/gtest.h>

#include "connector/email_out.h"

namespace zhike::connector {
namespace {

MailDraft draft() {
  return {.from = {"shop@shop.example", "小店"},
          .to = {"li@example.com", "han@example.com"},
          .subject = "退货通知",
          .text = "您好\n.\n再见\n",
          .message_id = "1@shop.example",
          .unsubscribe = "https://shop.example/u?a=1",
          .date = {1'784'227'465'000}};
}

TEST(WriteMail, IsReadBackAsItWasMeant) {
  const std::string bytes = write_mail(draft());
  const Mail mail = read_mail(bytes);
  EXPECT_EQ(mail.from.address, "shop@shop.example");
  EXPECT_EQ(mail.from.name, "小店");
  ASSERT_EQ(mail.to.size(), 2U);
  EXPECT_EQ(mail.to[1].address, "han@example.com");
  EXPECT_EQ(mail.subject, "退货通知");
  EXPECT_EQ(mail.text, "您好\n.\n再见");
  EXPECT_EQ(mail.message_id, "1@shop.example");
  EXPECT_EQ(mail.date->ms, 1'784'227'465'000);
  EXPECT_EQ(mail.kind, MailKind::kAutoReply) << "it says that no person wrote it";
  EXPECT_NE(bytes.find("Auto-Submitted: auto-generated\r\n"), bytes.npos);
  EXPECT_NE(bytes.find("List-Unsubscribe: <https://shop.example/u?a=1>\r\n"), bytes.npos);
  EXPECT_NE(bytes.find("MIME-Version: 1.0\r\n"), bytes.npos);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    ASSERT_LT(static_cast<unsigned char>(bytes[i]), 0x80U) << "7 bits";
    if (bytes[i] == '\n') {
      ASSERT_TRUE(i > 0 && bytes[i - 1] == '\r');
    }
  }
}

TEST(WriteMail, PlainTextStaysReadable) {
  MailDraft plain = draft();
  plain.text = "Hello\n.\nbye";
  plain.unsubscribe.clear();
  const std::string bytes = write_mail(plain);
  EXPECT_NE(bytes.find("\r\n\r\nHello\r\n.\r\nbye"), bytes.npos);
  EXPECT_EQ(bytes.find("List-Unsubscribe"), bytes.npos);
  plain.text = std::string(5000, 'x');
  EXPECT_EQ(read_mail(write_mail(plain)).text, plain.text) << "a line that SMTP would not take";
}

TEST(WriteMail, NoTextBecomesAHeader) {
  MailDraft evil = draft();
  evil.subject = "a\r\nBcc: evil@example.com\r\n\r\nbody";
  evil.from.name = "x\r\nBcc: evil@example.com";
  evil.message_id = "1@x>\r\nBcc: evil@example.com\r\nX: <";
  evil.unsubscribe = "https://x>\r\nBcc: evil@example.com\r\nX: <";
  evil.text = "\r\n.\r\nMAIL FROM:<x>\r\nBcc: evil@example.com\r\n";
  const std::string bytes = write_mail(evil), head = bytes.substr(0, bytes.find("\r\n\r\n"));
  EXPECT_EQ(head.find("\r\nBcc:"), head.npos) << head;
  EXPECT_EQ(head.find("\r\nX:"), head.npos) << head;
  const Mail mail = read_mail(bytes);
  EXPECT_EQ(mail.to.size(), 2U);
  EXPECT_EQ(mail.subject, "a  Bcc: evil@example.com    body");
}

TEST(WriteMail, KnowsAddresses) {
  for (const char* good : {"a@b.cn", "first.last+tag@sub.example.com", "x_y'z@example"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nX", "<a@b>", "a@b>", "a,b@c", "a@b;",
                          "\"a\"@b", "李@b.cn", "a@.b", "a@b."})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_EQ(parse_mail_sender("\"Shop\" <shop@shop.example>")->name, "Shop");
  EXPECT_EQ(parse_mail_sender("shop@shop.example")->address, "shop@shop.example");
  for (const char* bad : {"Shop", "Shop <shop>", "<a@b.cn> x", "a@b.cn, c@d.cn"})
    EXPECT_EQ(parse_mail_sender(bad).error().code, Code::kBadConnector) << bad;
}

TEST(EventMail, TellsPeopleInTheirLanguage) {
  const std::string event =
      R"({"id":"7","name":"Order Paid","occurred_at":"2026-11-21T10:00:00.000Z","source":"Shop","channel":"web","customer_id":"42","case_id":"",)"
      R"("amount":{"minor":"1250","currency":"CNY"},"score":4,"text":"很好","properties":{"sku":"P1"}})";
  const EventMail zh = mail_of_events(event, "{name}：{customer_id} {count}", "zh");
  EXPECT_EQ(zh.subject, "Order Paid：42 1");
  EXPECT_EQ(
      zh.text,
      "事件：Order Paid\n时间：2026-11-21T10:00:00.000Z\n数据源：Shop\n渠道：web\n客户：42\n金额：12.50 "
      "CNY\n评分：4\n"
      "原话：很好\nsku：P1\n");
  const EventMail en =
      mail_of_events("{\"events\":[" + event + ",{\"name\":\"B\"}]}", "{count} events", "en");
  EXPECT_EQ(en.subject, "2 events");
  EXPECT_NE(en.text.find("Event: B\n"), en.text.npos);
  EXPECT_EQ(mail_of_events("no json", "{name}", "en").text, "no json");
  EXPECT_EQ(mail_of_events(event, "{unknown}{", "en").subject, "{");
}

TEST(SmtpOutcome, TellsTheMailFromTheServer) {
  EXPECT_EQ(smtp_outcome(250), Outcome::kTaken);
  for (const int status : {421, 450, 451, 452, 454})
    EXPECT_EQ(smtp_outcome(status), Outcome::kHold) << status;
  for (const int status : {530, 535}) EXPECT_EQ(smtp_outcome(status), Outcome::kHold) << status;
  for (const int status : {550, 552, 553, 554}) EXPECT_EQ(smtp_outcome(status), Outcome::kUnwanted) << status;
}

}  // namespace
}  // namespace zhike::connector
