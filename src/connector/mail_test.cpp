#include "connector/mail.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/encoding.h"
#include "connector/mail_charset.h"
#include "connector/mail_report.h"
#include "connector/mail_text.h"

namespace zhike::connector {
namespace {

/// With the line ends of a mail.
std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}
Mail read(std::string_view text) { return read_mail(crlf(text)); }

TEST(Mail, TellsWhoWroteWhatAndWhere) {
  const Mail mail = read(
      "From: =?UTF-8?B?5p2O6Zu3?= <Li@Example.COM>\nTo: Shop <shop@shop.example>, Team: a@b.cn, c@d.cn;\nCc: "
      "x@y.cn\n"
      "Reply-To: other@example.com\nSubject: =?utf-8?Q?=E9=80=80=E8=B4=A7?= of\n order 7\n"
      "Date: Fri, 17 Jul 2026 02:44:25 +0800\nMessage-ID: <m2@example.com>\nIn-Reply-To: <m1@shop.example>\n"
      "References: <m0@shop.example>\n <m1@shop.example>\n\nThe shoe is too small.\n");
  EXPECT_EQ(mail.from.address, "Li@example.com");
  EXPECT_EQ(mail.from.name, "李雷");
  EXPECT_EQ(mail.reply_to.address, "other@example.com");
  ASSERT_EQ(mail.to.size(), 4U);
  EXPECT_EQ(mail.to[0].address, "shop@shop.example");
  EXPECT_EQ(mail.to[2].address, "c@d.cn");
  EXPECT_EQ(mail.to[3].address, "x@y.cn");
  EXPECT_EQ(mail.subject, "退货 of order 7");
  EXPECT_EQ(mail.message_id, "m2@example.com");
  EXPECT_EQ(mail.in_reply_to, "m1@shop.example");
  EXPECT_EQ(mail.thread, "m0@shop.example");
  ASSERT_TRUE(mail.date);
  EXPECT_EQ(format_utc(*mail.date), "2026-07-16T18:44:25.000Z");
  EXPECT_EQ(mail.text, "The shoe is too small.");
  EXPECT_EQ(mail.kind, MailKind::kMessage);
  EXPECT_EQ(mail.attachments, 0U);
}

TEST(Mail, ReadsTheCharsetsOfChina) {
  // 囍 is of GBK and not of GB 2312, which its encoded word names.
  EXPECT_EQ(read("Subject: =?gb2312?B?xNq74Q==?= =?GB2312?Q?=87=D6?=\n\nx").subject, "内会囍");
  EXPECT_EQ(read("Subject: =?GBK?B?tO28/g==?=\n\nx").subject, "错件");
  EXPECT_EQ(read("Subject: =?gb18030?B?lTKCNg==?=\n\nx").subject, "\xf0\xa0\x80\x80") << "four bytes";
  EXPECT_EQ(read("Subject: \xcd\xcb\xbb\xf5\n\nx").subject, "退货") << "raw GBK without any charset";
  EXPECT_EQ(read("Subject: =?big5?B?sGimXg==?=\n\nx").subject, "退回");
  EXPECT_EQ(
      read("Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\nzcu79YfW\n").text,
      "退货囍");
  EXPECT_EQ(read("Content-Type: text/plain; charset=\"GBK\"\nContent-Transfer-Encoding: quoted-printable\n\n"
                 "=CD=CB=BB=\n=F5\n")
                .text,
            "退货");
  EXPECT_EQ(read("Content-Type: text/plain\n\n\xcd\xcb\xbb\xf5\xc7\xeb\xb0\xef\xc3\xa6\n").text,
            "退货请帮忙");
  EXPECT_EQ(text_of_charset("caf\xe9", "ISO-8859-1"), "café");
  EXPECT_EQ(text_of_charset("\xd2", "koi8-r"), "р");
  EXPECT_EQ(text_of_charset("\x1b$B$\"\x1b(B", "iso-2022-jp"), "あ");
  EXPECT_EQ(text_of_charset("a\xff\xff", "euc-kr"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(text_of_charset("退货", "../../no such"), "退货");
  EXPECT_EQ(text_of_charset("\xff\xfe", "utf-8").find('\xff'), std::string::npos);
}

TEST(Mail, EncodedWordsThatSplitACharacterAreJoined) {
  // 退 is e9 80 80: cut after its first byte, as some programs do.
  EXPECT_EQ(read("Subject: =?utf-8?B?6Q==?=\n =?utf-8?B?gIA=?=\n\nx").subject, "退");
}

TEST(Mail, TakesTheTextOfAlternatives) {
  const Mail mail = read(
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: "
      "multipart/alternative; boundary=i\n\n"
      "--i\nContent-Type: text/plain; charset=utf-8\n\nPlain words\n--i\nContent-Type: multipart/related; "
      "boundary=r\n\n"
      "--r\nContent-Type: text/html\n\n<p>Other words</p>\n--r\nContent-Type: image/png\nContent-ID: "
      "<logo>\n\nx\n--r--\n--i--\n"
      "--o\nContent-Type: application/pdf; name=\"a.pdf\"\nContent-Disposition: attachment\n\nx\n"
      "--o\nContent-Type: text/plain\nContent-Disposition: attachment; filename=b.txt\n\nnot the text\n"
      "--o\nContent-Type: message/rfc822\n\nSubject: older\n\nnot this either\n--o--\n");
  EXPECT_EQ(mail.text, "Plain words");
  EXPECT_EQ(mail.attachments, 3U) << "the picture that the HTML shows is none";
  EXPECT_EQ(
      read("Content-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/plain\n\n \n--i\n"
           "Content-Type: text/html; charset=utf-8\n\n<div>退货&nbsp;<b>请</b></div><div>帮忙</div>\n--i--\n")
          .text,
      "退货 请\n帮忙");
}

TEST(Mail, LeavesHistoryAndSignatureOut) {
  EXPECT_EQ(cut_history(
                "Thanks.\n\nOn Tue, Jan 2, 2024 at 10:00 Shop\n<shop@shop.example> wrote:\n> Old\n> older\n"),
            "Thanks.");
  EXPECT_EQ(cut_history("> Is it red?\nYes.\n\n> And big?\nNo.\n-- \nLi\nTel 1"), "Yes.\n\nNo.");
  EXPECT_EQ(cut_history("好的\n\n------------------ 原始邮件 ------------------\n发件人: \"shop\"\n旧的"),
            "好的");
  EXPECT_EQ(cut_history("好的\n\n发件人： shop <shop@shop.example>\n发送时间： 2026年1月2日 10:00\n收件人： "
                        "li\n主题： 订单\n\n旧的"),
            "好的");
  EXPECT_EQ(cut_history("好的\n在 2026-01-02 10:00:00，\"shop\" <shop@shop.example> 写道：\n旧的"), "好的");
  EXPECT_EQ(cut_history("OK\n________________________________\nFrom: Shop <a@b.cn>\nSent: Monday\nTo: "
                        "Li\nSubject: x\n\nold"),
            "OK");
  EXPECT_EQ(cut_history("OK\n-----Original Message-----\nold"), "OK");
  EXPECT_EQ(cut_history("OK\n\nSent from my iPhone\n"), "OK");
  EXPECT_EQ(cut_history("好的\n发自我的iPhone"), "好的");
  // What only looks like it stays.
  EXPECT_EQ(cut_history("She wrote:\nhello"), "She wrote:\nhello");
  EXPECT_EQ(cut_history("From: the beginning\nit was late"), "From: the beginning\nit was late");
  EXPECT_EQ(cut_history("a - b\n---\nc"), "a - b\n---\nc");
  EXPECT_EQ(cut_history("Sent from my iPhone is what it says.\nWhy?"),
            "Sent from my iPhone is what it says.\nWhy?");
  EXPECT_EQ(cut_history(""), "");
}

TEST(Mail, HtmlIsTextWithoutItsQuotes) {
  const auto own = [](std::string_view html) { return cut_history(text_of_html(html).own); };
  EXPECT_EQ(own("<html><head><title>t</title><style>p{}</style></head><body><p>One  "
                "two</p><script>x</script><ul><li>a<li>b</ul>"),
            "One two\n\na\nb");
  EXPECT_EQ(own("<div>New</div><div class=\"gmail_quote\"><div>On 1 Jan 2026 a@b.cn "
                "wrote:</div><blockquote>old</blockquote></div>"),
            "New");
  EXPECT_EQ(
      own("<p>New</p><blockquote type='cite'>old<blockquote>older</blockquote></blockquote><p>and below</p>"),
      "New\n\nand below");
  EXPECT_EQ(own("<p>New</p><div id=appendonsend></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> "
                "x</div><p>old</p>"),
            "New");
  EXPECT_EQ(own("<p>新的</p><blockquote id=\"isReplyContent\">旧的</blockquote>"), "新的");
  EXPECT_EQ(own("<p>New</p><div class='x gmail_signature'>Li, Tel 1</div>"), "New");
  EXPECT_EQ(own("<span style='display: none'>preheader</span>seen &amp; &lt;read&gt; &#x9000;"),
            "seen & <read> 退");
  EXPECT_EQ(own("<pre>a\n b</pre>"), "a\nb");
  const MailText both = text_of_html("<p>a</p><blockquote type=cite>b</blockquote>");
  EXPECT_EQ(both.own, "a");
  EXPECT_EQ(both.all, "a\n\nb");
}

TEST(Mail, AForwardedMailIsRead) {
  EXPECT_EQ(read("From: a@b.cn\n\n-----Original Message-----\nFrom: x\n\nplease help\n").text,
            "-----Original Message-----\nFrom: x\n\nplease help");
  EXPECT_EQ(read("From: a@b.cn\nIn-Reply-To: <1@x>\n\n-----Original Message-----\nFrom: x\n\nold\n").text, "")
      << "an answer without words of its own";
}

TEST(Mail, FlowedLinesAreParagraphs) {
  EXPECT_EQ(unflowed("one \ntwo\n\n> old \n> older\n-- \nLi", false), "one two\n\n> old older\n-- \nLi");
  EXPECT_EQ(unflowed("退 \n货", true), "退货");
  EXPECT_EQ(read("Content-Type: text/plain; format=flowed\n\nThe shoe \nis small.\n").text,
            "The shoe is small.");
}

TEST(Mail, KnowsWhatNoPersonWrote) {
  const auto kind = [](std::string_view headers) { return read(std::string(headers) + "\n\nwords\n").kind; };
  EXPECT_EQ(kind("Auto-Submitted: auto-replied"), MailKind::kAutoReply);
  EXPECT_EQ(kind("Auto-Submitted: auto-generated; x=y"), MailKind::kAutoReply);
  EXPECT_EQ(kind("Auto-Submitted: no"), MailKind::kMessage);
  EXPECT_EQ(kind("Return-Path: <>"), MailKind::kAutoReply);
  EXPECT_EQ(kind("Return-Path: <a@b.cn>"), MailKind::kMessage);
  EXPECT_EQ(kind("From: MAILER-DAEMON@mx.example"), MailKind::kAutoReply);
  EXPECT_EQ(kind("X-Autoreply: yes"), MailKind::kAutoReply);
  EXPECT_EQ(kind("Precedence: auto_reply"), MailKind::kAutoReply);
  EXPECT_EQ(kind("Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiDlpb0=?="), MailKind::kAutoReply) << "自动回复: 好";
  EXPECT_EQ(kind("Precedence: bulk"), MailKind::kBulk);
  EXPECT_EQ(kind("List-Id: <news.shop.example>"), MailKind::kBulk);
  EXPECT_EQ(kind("Subject: automatic doors"), MailKind::kMessage);
  EXPECT_EQ(to_string(MailKind::kAutoReply), "auto_reply");
}

TEST(Mail, ReadsDeliveryReports) {
  const auto report = [](std::string_view action) {
    return "From: mailer-daemon@mx.example\nContent-Type: multipart/report; report-type=delivery-status; "
           "boundary=b\n\n"
           "--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\n"
           "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; <li@example.com>\nAction: " +
           std::string(action) +
           "\nStatus: 5.1.1 (no such user)\nDiagnostic-Code: smtp; 550\n"
           " 5.1.1\n\nOriginal-Recipient: rfc822;han@example.com\nFinal-Recipient: rfc822;x@y.cn\nAction: "
           "delayed\nStatus: 4.4.7\n"
           "--b\nContent-Type: message/rfc822\n\nSubject: the mail\n\nwords\n--b--\n";
  };
  const Mail mail = read(report("failed"));
  EXPECT_EQ(mail.kind, MailKind::kBounce);
  ASSERT_EQ(mail.failures.size(), 2U);
  EXPECT_EQ(mail.failures[0].recipient, "li@example.com");
  EXPECT_EQ(mail.failures[0].action, "failed");
  EXPECT_EQ(mail.failures[0].status, "5.1.1");
  EXPECT_EQ(mail.failures[1].recipient, "han@example.com");
  EXPECT_EQ(mail.failures[1].action, "delayed");
  EXPECT_EQ(mail.attachments, 0U);
  EXPECT_EQ(read("From: mailer-daemon@mx.example\nX-Failed-Recipients: li@example.com, han@example.com\n\nx")
                .failures.size(),
            2U);
  // A receipt of a mail that arrived is no bounce.
  const auto delivered =
      delivery_failures("X: y\n\nFinal-Recipient: rfc822; a@b.cn\nAction: delivered\nStatus: 2.0.0\n");
  EXPECT_TRUE(delivered.empty());
  EXPECT_TRUE(delivery_failures("Final-Recipient: rfc822; a@b.cn, c@d.cn\nAction: failed\n").empty())
      << "no address";
}

TEST(Mail, AnyBytesAreAMail) {
  EXPECT_EQ(read_mail("").text, "");
  EXPECT_EQ(read("no header at all").from.address, "");
  EXPECT_EQ(read("From: not an address\nDate: never\nSubject:\n\n").from.address, "");
  EXPECT_FALSE(read("Date: never\n\n").date);
  EXPECT_EQ(read("From: \"a\\\"b\" <x@y.cn>, \"evil@z.cn\" <x@y.cn>\n\n").from.address, "x@y.cn");
  const Mail odd = read(std::string("Subject: a\rb") + '\0' + "c\n\ntext" + '\0' + "\x01more\n");
  EXPECT_EQ(odd.subject.find('\r'), std::string::npos);
  EXPECT_EQ(odd.text.find('\x01'), std::string::npos);
  EXPECT_TRUE(is_valid_utf8(read("Subject: =?utf-8?B?/////w==?= \xff\n\n\xff\xfe").subject));
}

TEST(Mail, IsBounded) {
  std::string deep = "Content-Type: multipart/mixed; boundary=b0\n\n";
  for (int i = 0; i < 3000; ++i)
    deep += "--b" + std::to_string(i) + "\nContent-Type: multipart/mixed; boundary=b" +
            std::to_string(i + 1) + "\n\n";
  EXPECT_EQ(read(deep + "words").text, "");
  std::string many = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 20'000; ++i) many += "--b\nContent-Disposition: attachment\n\nx\n";
  EXPECT_LE(read(many).attachments, 200U);
  std::string to = "To: a@b.cn";
  for (int i = 0; i < 5000; ++i) to += ", a" + std::to_string(i) + "@b.cn";
  EXPECT_EQ(read(to + "\n\nx").to.size(), kMailAddressesMax);
  const Mail large = read("Subject: " + std::string(100'000, 'x') + "\n\n" + [] {
    std::string words;
    for (int i = 0; i < 300'000; ++i) words += "退";
    return words;
  }());
  EXPECT_EQ(large.subject.size(), kMailSubjectMax);
  EXPECT_LE(large.text.size(), kMailTextMax);
  EXPECT_TRUE(is_valid_utf8(large.text));
  std::string tags;
  for (int i = 0; i < 60'000; ++i) tags += "<b>";
  EXPECT_EQ(text_of_html(tags + "x").own.size(), 0U) << "beyond what is read";
}

}  // namespace
}  // namespace zhike::connector
