#include "connector/kinds.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/encoding.h"

namespace zhike::connector {
namespace {

constexpr std::int64_t kTextMax = 2000;

constexpr std::array kWebhookIn{
    Field{.key = "secret", .type = FieldType::kSecret, .required = true, .least = 16, .most = 500},
    Field{.key = "secret_encoding",
          .type = FieldType::kChoice,
          .fallback = "text",
          .choices = "text|base64|hex"},
    Field{.key = "signature_header", .fallback = "X-Signature", .required = true, .most = 100},
    Field{.key = "signature_format", .fallback = "sha256={hex}", .required = true, .most = 200},
    Field{.key = "signed_payload", .fallback = "{timestamp}.{body}", .required = true, .most = 200},
    Field{.key = "timestamp_header", .fallback = "X-Timestamp", .most = 100},
    Field{.key = "id_header", .most = 100},
    Field{.key = "window_seconds", .type = FieldType::kWhole, .fallback = "300", .least = 0, .most = 86'400},
};

constexpr std::string_view kWebhookMapping = R"json({
  "rules": [
    {
      "name": "/event",
      "id": "/id",
      "time": "/time",
      "identifiers": [
        {"kind": "user_id", "value": "/user_id"},
        {"kind": "email", "value": "/email"},
        {"kind": "phone", "value": "/phone"}
      ],
      "properties": "/properties"
    }
  ]
})json";

/// The fields of one and of the other.
template <std::size_t N, std::size_t M>
constexpr std::array<Field, N + M> joined(const std::array<Field, N>& one,
                                          const std::array<Field, M>& other) {
  std::array<Field, N + M> out{};
  std::ranges::copy(other, std::ranges::copy(one, out.begin()).out);
  return out;
}

/// Of all that post to a URL with a signature.
constexpr std::array kSignedOut{
    Field{.key = "url", .required = true, .most = 2000},
    Field{.key = "secret", .type = FieldType::kSecret, .required = true, .least = 16, .most = 500},
    Field{.key = "secret_encoding",
          .type = FieldType::kChoice,
          .fallback = "text",
          .choices = "text|base64|hex"},
    Field{.key = "signature_header", .fallback = "X-Signature", .required = true, .most = 100},
    Field{.key = "signature_format", .fallback = "sha256={hex}", .required = true, .most = 200},
    Field{.key = "signed_payload", .fallback = "{timestamp}.{body}", .required = true, .most = 200},
    Field{.key = "timestamp_header", .fallback = "X-Timestamp", .most = 100},
    Field{.key = "id_header", .fallback = "X-Message-Id", .most = 100},
    Field{.key = "authorization", .type = FieldType::kSecret, .least = 1, .most = 2000},
};

constexpr std::array kWebhookOut = joined(
    kSignedOut,
    std::array{
        Field{.key = "names", .type = FieldType::kList, .most = 10'000},
        Field{.key = "types", .type = FieldType::kList, .most = 200},
        Field{.key = "channels", .type = FieldType::kList, .most = 2000},
        Field{.key = "sources", .type = FieldType::kList, .most = 10'000},
        Field{.key = "begin", .type = FieldType::kChoice, .fallback = "now", .choices = "now|beginning"},
        Field{.key = "batch", .type = FieldType::kWhole, .fallback = "1", .least = 1, .most = 500},
        Field{.key = "attempts", .type = FieldType::kWhole, .fallback = "8", .least = 1, .most = 100},
        Field{.key = "hold_hours", .type = FieldType::kWhole, .fallback = "72", .least = 1, .most = 240},
    });

constexpr std::array kWechat{
    Field{.key = "app_id", .required = true, .least = 8, .most = 64},
    Field{.key = "token", .type = FieldType::kSecret, .required = true, .least = 3, .most = 32},
    Field{.key = "mode", .type = FieldType::kChoice, .fallback = "safe", .choices = "safe|plain"},
    Field{.key = "aes_key", .type = FieldType::kSecret, .least = 43, .most = 43},
    Field{.key = "window_seconds", .type = FieldType::kWhole, .fallback = "600", .least = 0, .most = 86'400},
    Field{.key = "app_secret", .type = FieldType::kSecret, .least = 8, .most = 128},
    Field{.key = "api_url", .fallback = "https://api.weixin.qq.com", .required = true, .most = 200},
};

constexpr std::array kWechatKf{
    Field{.key = "corp_id", .required = true, .least = 4, .most = 64},
    Field{.key = "token", .type = FieldType::kSecret, .required = true, .least = 3, .most = 32},
    Field{.key = "aes_key", .type = FieldType::kSecret, .required = true, .least = 43, .most = 43},
    Field{.key = "corp_secret", .type = FieldType::kSecret, .required = true, .least = 8, .most = 128},
    Field{.key = "accounts", .type = FieldType::kList, .most = 10'000},
    Field{
        .key = "interval_seconds", .type = FieldType::kWhole, .fallback = "300", .least = 10, .most = 86'400},
    Field{.key = "window_seconds", .type = FieldType::kWhole, .fallback = "600", .least = 0, .most = 86'400},
    Field{.key = "api_url", .fallback = "https://qyapi.weixin.qq.com", .required = true, .most = 200},
};

constexpr std::string_view kWechatKfMapping = R"json({
  "rules": [
    {
      "when": [{"at": "/msgtype", "one_of": ["event"]}],
      "name": "Customer Service {/event/event_type}", "id": "/msgid", "time": "/send_time",
      "identifiers": [{"kind": "external_id", "value": ["wecom:{/external_userid}", "wecom:{/event/external_userid}"]}],
      "channel": "chat", "properties": {"account": "$account", "scene": "/event/scene"}
    },
    {
      "when": [{"at": "/msgtype"}],
      "name": "Customer Service Message", "id": "/msgid", "time": "/send_time",
      "identifiers": [{"kind": "external_id", "value": "wecom:{/external_userid}"}],
      "channel": "chat", "text": "/text/content",
      "properties": {"account": "$account", "kind": "/msgtype", "origin": "/origin", "servicer": "/servicer_userid"}
    }
  ]
})json";

constexpr std::array kMqtt{
    Field{.key = "host", .required = true, .most = 255},
    Field{.key = "port", .type = FieldType::kWhole, .fallback = "1883", .least = 1, .most = 65'535},
    Field{.key = "tls", .type = FieldType::kFlag, .fallback = "false"},
    Field{.key = "username", .most = 200},
    Field{.key = "password", .type = FieldType::kSecret, .least = 1, .most = 500},
    Field{.key = "client_id", .most = 100},
    Field{.key = "topics", .type = FieldType::kList, .required = true, .most = 10'000},
    Field{.key = "qos", .type = FieldType::kChoice, .fallback = "1", .choices = "1|2|0"},
};

constexpr std::string_view kMqttMapping = R"json({
  "rules": [
    {
      "name": "Device Message", "id": "/id", "time": ["/time", "/timestamp"],
      "identifiers": [{"kind": "device_id", "value": ["/device_id", "$topic/2"]}],
      "channel": "iot", "properties": {"*": "^", "topic": "$topic"}
    }
  ]
})json";

constexpr std::array kKafkaIn{
    Field{.key = "brokers", .type = FieldType::kList, .required = true, .most = 2000},
    Field{.key = "topics", .type = FieldType::kList, .required = true, .most = 10'000},
    Field{.key = "group", .most = 200},
    Field{.key = "begin", .type = FieldType::kChoice, .fallback = "now", .choices = "now|beginning"},
    Field{.key = "security",
          .type = FieldType::kChoice,
          .fallback = "plaintext",
          .choices = "plaintext|ssl|sasl_plaintext|sasl_ssl"},
    Field{.key = "mechanism",
          .type = FieldType::kChoice,
          .fallback = "SCRAM-SHA-512",
          .choices = "SCRAM-SHA-512|SCRAM-SHA-256|PLAIN"},
    Field{.key = "username", .most = 200},
    Field{.key = "password", .type = FieldType::kSecret, .least = 1, .most = 500},
};

constexpr std::array kKafkaOut{
    Field{.key = "brokers", .type = FieldType::kList, .required = true, .most = 2000},
    Field{.key = "topic", .required = true, .most = 249},
    Field{.key = "names", .type = FieldType::kList, .most = 10'000},
    Field{.key = "types", .type = FieldType::kList, .most = 200},
    Field{.key = "channels", .type = FieldType::kList, .most = 2000},
    Field{.key = "sources", .type = FieldType::kList, .most = 10'000},
    Field{.key = "begin", .type = FieldType::kChoice, .fallback = "now", .choices = "now|beginning"},
    Field{.key = "security",
          .type = FieldType::kChoice,
          .fallback = "plaintext",
          .choices = "plaintext|ssl|sasl_plaintext|sasl_ssl"},
    Field{.key = "mechanism",
          .type = FieldType::kChoice,
          .fallback = "SCRAM-SHA-512",
          .choices = "SCRAM-SHA-512|SCRAM-SHA-256|PLAIN"},
    Field{.key = "username", .most = 200},
    Field{.key = "password", .type = FieldType::kSecret, .least = 1, .most = 500},
};

constexpr std::array kEmailIn{
    Field{.key = "host", .required = true, .most = 255},
    Field{.key = "security", .type = FieldType::kChoice, .fallback = "tls", .choices = "tls|starttls|none"},
    Field{.key = "port", .type = FieldType::kWhole, .fallback = "993", .least = 1, .most = 65'535},
    Field{.key = "username", .required = true, .most = 320},
    Field{.key = "password", .type = FieldType::kSecret, .required = true, .least = 1, .most = 500},
    Field{.key = "folder", .fallback = "INBOX", .required = true, .most = 500},
    Field{.key = "begin", .type = FieldType::kChoice, .fallback = "now", .choices = "now|beginning"},
    Field{.key = "own_addresses", .type = FieldType::kList, .most = 10'000},
    Field{.key = "poll_seconds", .type = FieldType::kWhole, .fallback = "60", .least = 1, .most = 86'400},
    Field{.key = "size_kib", .type = FieldType::kWhole, .fallback = "1024", .least = 16, .most = 10'240},
    Field{.key = "ca_certificate", .type = FieldType::kList, .most = 20'000},
};

constexpr std::string_view kEmailMapping = R"json({
  "rules": [
    {
      "when": [{"at": "/kind", "one_of": ["message"]}],
      "name": "E-mail Received", "time": "/received", "case": "/thread",
      "identifiers": [{"kind": "email", "value": "/customer/address"}], "traits": {"name": "/customer/name"},
      "channel": "email", "text": "/text",
      "properties": {"subject": "/subject", "reply": "/reply", "attachments": "/attachments"}
    },
    {
      "when": [{"at": "/kind", "one_of": ["own"]}, {"at": "/customer/address"}],
      "name": "E-mail Answered", "time": "/received", "case": "/thread",
      "identifiers": [{"kind": "email", "value": "/customer/address"}], "channel": "email",
      "properties": {"subject": "/subject", "attachments": "/attachments"}
    },
    {
      "when": [{"at": "/kind", "one_of": ["auto_reply"]}],
      "name": "E-mail Auto-Replied", "time": "/received", "case": "/thread",
      "identifiers": [{"kind": "email", "value": "/customer/address"}], "channel": "email"
    },
    {
      "when": [{"at": "/kind", "one_of": ["bounce"]}],
      "name": "E-mail Bounced", "time": "/received",
      "identifiers": [{"kind": "email", "value": "/bounce/recipient"}], "channel": "email",
      "properties": {"action": "/bounce/action", "status": "/bounce/status"}
    },
    {"when": [{"at": "/kind", "one_of": ["own"]}, {"at": "/customer/address", "present": false}], "ignore": true},
    {"when": [{"at": "/kind", "one_of": ["bulk"]}], "ignore": true}
  ]
})json";

constexpr std::array kEmailOut{
    Field{.key = "host", .required = true, .most = 255},
    Field{.key = "security",
          .type = FieldType::kChoice,
          .fallback = "starttls",
          .choices = "starttls|tls|none"},
    Field{.key = "port", .type = FieldType::kWhole, .fallback = "587", .least = 1, .most = 65'535},
    Field{.key = "username", .most = 320},
    Field{.key = "password", .type = FieldType::kSecret, .least = 1, .most = 500},
    Field{.key = "from", .required = true, .most = 500},
    Field{.key = "to", .type = FieldType::kList, .most = 10'000},
    Field{.key = "subject", .fallback = "{name}", .required = true, .most = 500},
    Field{.key = "language", .type = FieldType::kChoice, .fallback = "zh", .choices = "zh|en"},
    Field{.key = "unsubscribe", .most = 800},
    Field{.key = "names", .type = FieldType::kList, .most = 10'000},
    Field{.key = "types", .type = FieldType::kList, .most = 200},
    Field{.key = "channels", .type = FieldType::kList, .most = 2000},
    Field{.key = "sources", .type = FieldType::kList, .most = 10'000},
    Field{.key = "begin", .type = FieldType::kChoice, .fallback = "now", .choices = "now|beginning"},
    Field{.key = "batch", .type = FieldType::kWhole, .fallback = "1", .least = 1, .most = 500},
    Field{.key = "attempts", .type = FieldType::kWhole, .fallback = "8", .least = 1, .most = 100},
    Field{.key = "hold_hours", .type = FieldType::kWhole, .fallback = "72", .least = 1, .most = 240},
    Field{.key = "ca_certificate", .type = FieldType::kList, .most = 20'000},
};

constexpr std::string_view kWechatMapping = R"json({
  "rules": [
    {
      "when": [{"at": "/Event", "one_of": ["subscribe"]}],
      "name": "WeChat Followed", "id": "{/FromUserName}:{/CreateTime}:{/Event}", "time": "/CreateTime",
      "identifiers": [{"kind": "wechat_openid", "value": "/FromUserName"}], "channel": "wechat",
      "properties": {"scene": "/EventKey"}
    },
    {
      "when": [{"at": "/Event", "one_of": ["unsubscribe"]}],
      "name": "WeChat Unfollowed", "id": "{/FromUserName}:{/CreateTime}:{/Event}", "time": "/CreateTime",
      "identifiers": [{"kind": "wechat_openid", "value": "/FromUserName"}], "channel": "wechat"
    },
    {
      "when": [{"at": "/Event", "one_of": ["SCAN"]}],
      "name": "WeChat Code Scanned", "id": "{/FromUserName}:{/CreateTime}:{/Event}", "time": "/CreateTime",
      "identifiers": [{"kind": "wechat_openid", "value": "/FromUserName"}], "channel": "wechat",
      "properties": {"scene": "/EventKey"}
    },
    {
      "when": [{"at": "/Event", "one_of": ["CLICK", "VIEW"]}],
      "name": "WeChat Menu Opened", "id": "{/FromUserName}:{/CreateTime}:{/Event}", "time": "/CreateTime",
      "identifiers": [{"kind": "wechat_openid", "value": "/FromUserName"}], "channel": "wechat",
      "properties": {"item": "/EventKey", "kind": "/Event"}
    },
    {
      "when": [{"at": "/Event", "one_of": ["LOCATION"]}],
      "name": "WeChat Location", "id": "{/FromUserName}:{/CreateTime}:{/Event}", "time": "/CreateTime",
      "identifiers": [{"kind": "wechat_openid", "value": "/FromUserName"}], "channel": "wechat",
      "properties": {"latitude": "/Latitude", "longitude": "/Longitude", "precision": "/Precision"}
    },
    {
      "when": [{"at": "/MsgType", "one_of": ["event"]},
               {"at": "/Event", "one_of": ["subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION"], "present": false}],
      "name": "WeChat {/Event}", "id": "{/FromUserName}:{/CreateTime}:{/Event}", "time": "/CreateTime",
      "identifiers": [{"kind": "wechat_openid", "value": "/FromUserName"}], "channel": "wechat",
      "properties": {"key": "/EventKey", "status": "/Status"}
    },
    {
      "when": [{"at": "/MsgType", "one_of": ["event"], "present": false}],
      "name": "WeChat Message", "id": "/MsgId", "time": "/CreateTime",
      "identifiers": [{"kind": "wechat_openid", "value": "/FromUserName"}], "channel": "wechat",
      "text": ["{/Content}", "{/Recognition}", "{/Title}", "{/Label}"],
      "properties": {"kind": "/MsgType", "media": "/MediaId", "format": "/Format", "url": "/Url",
                     "latitude": "/Location_X", "longitude": "/Location_Y"}
    }
  ]
})json";

constexpr std::array kKinds{
    Kind{
        .key = "webhook_in", .takes = true, .called = true, .fields = kWebhookIn, .mapping = kWebhookMapping},
    Kind{.key = "webhook_out", .sends = true, .testable = true, .fields = kWebhookOut},
    Kind{.key = "message_out", .testable = true, .writes = true, .fields = kSignedOut},
    Kind{.key = "wechat",
         .takes = true,
         .called = true,
         .testable = true,
         .writes = true,
         .fields = kWechat,
         .mapping = kWechatMapping},
    Kind{.key = "wechat_kf",
         .takes = true,
         .called = true,
         .testable = true,
         .fields = kWechatKf,
         .mapping = kWechatKfMapping},
    Kind{.key = "email_in", .takes = true, .testable = true, .fields = kEmailIn, .mapping = kEmailMapping},
    Kind{.key = "email_out", .sends = true, .testable = true, .writes = true, .fields = kEmailOut},
    Kind{.key = "mqtt", .takes = true, .testable = true, .fields = kMqtt, .mapping = kMqttMapping},
    Kind{.key = "kafka_in", .takes = true, .testable = true, .fields = kKafkaIn, .mapping = kWebhookMapping},
    Kind{.key = "kafka_out", .sends = true, .testable = true, .fields = kKafkaOut},
};

bool is_key(std::string_view key) {
  if (key.empty() || key.size() > kKeyMax || key.front() == '-') return false;
  return std::ranges::all_of(key,
                             [](char c) { return ascii::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; });
}

bool has_control(std::string_view text, bool lines) {
  return std::ranges::any_of(text, [&](char c) {
    return (static_cast<unsigned char>(c) < ' ' && !(lines && (c == '\n' || c == '\r' || c == '\t'))) ||
           c == '\x7f';
  });
}

bool is_choice(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, end) == value) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

Result<void> check_value(const Field& field, std::string_view value) {
  const bool lines = field.type == FieldType::kList || field.type == FieldType::kSecret;
  if (has_control(value, lines) || !is_valid_utf8(value))
    return fail(Code::kBadConnector, "'{}' holds control characters", field.key);
  switch (field.type) {
    case FieldType::kText:
    case FieldType::kList:
    case FieldType::kSecret: {
      const auto most =
          std::min<std::int64_t>(field.most, field.type == FieldType::kText ? kTextMax : 20'000);
      const auto size = static_cast<std::int64_t>(value.size());
      if (!value.empty() && (size < field.least || size > most))
        return fail(Code::kBadConnector, "'{}' must be {} to {} bytes long", field.key, field.least, most);
      return {};
    }
    case FieldType::kWhole: {
      const auto number = ascii::parse_number<std::int64_t>(value);
      if (!number || *number < field.least || *number > field.most)
        return fail(Code::kBadConnector, "'{}' must be a whole number from {} to {}", field.key, field.least,
                    field.most);
      return {};
    }
    case FieldType::kFlag:
      if (value != "true" && value != "false")
        return fail(Code::kBadConnector, "'{}' must be true or false", field.key);
      return {};
    case FieldType::kChoice:
      if (!is_choice(field.choices, value))
        return fail(Code::kBadConnector, "'{}' must be one of {}", field.key, field.choices);
      return {};
  }
  return {};
}

Result<void> check_values(const Kind& kind, const Settings& values, bool secrets) {
  for (const auto& [key, value] : values) {
    const Field* field = find_field(kind, key);
    if (field == nullptr || (field->type == FieldType::kSecret) != secrets)
      return fail(Code::kBadConnector, "'{}' is no {} of this kind", key, secrets ? "secret" : "setting");
    CX_TRY(check_value(*field, value));
  }
  return {};
}

}  // namespace

std::string_view to_string(FieldType type) noexcept {
  switch (type) {
    case FieldType::kText:
      return "text";
    case FieldType::kSecret:
      return "secret";
    case FieldType::kWhole:
      return "whole";
    case FieldType::kFlag:
      return "flag";
    case FieldType::kChoice:
      return "choice";
    case FieldType::kList:
      return "list";
  }
  return "text";
}

std::span<const Kind> kinds() noexcept { return kKinds; }

const Kind* find_kind(std::string_view key) noexcept {
  const auto at = std::ranges::find(kKinds, key, &Kind::key);
  return at == kKinds.end() ? nullptr : &*at;
}

const Field* find_field(const Kind& kind, std::string_view key) noexcept {
  const auto at = std::ranges::find(kind.fields, key, &Field::key);
  return at == kind.fields.end() ? nullptr : &*at;
}

Result<void> check(const Connector& c) {
  if (c.kind == nullptr) return fail(Code::kBadConnector, "'kind' is unknown");
  if (!is_key(c.key))
    return fail(Code::kBadConnector, "'key' must be 1 to {} small letters, digits and hyphens", kKeyMax);
  if (c.name.empty() || c.name.size() > kNameMax || has_control(c.name, false) || !is_valid_utf8(c.name))
    return fail(Code::kBadConnector, "'name' must be 1 to {} bytes long", kNameMax);
  if (c.mapping.size() > kMappingMax)
    return fail(Code::kBadConnector, "'mapping' must be at most {} bytes long", kMappingMax);
  CX_TRY(check_values(*c.kind, c.settings, false));
  CX_TRY(check_values(*c.kind, c.secrets, true));
  for (const Field& field : c.kind->fields)
    if (field.required && c.text(field.key).empty())
      return fail(Code::kBadConnector, "'{}' is needed", field.key);
  return {};
}

// ---- a connector's values ---------------------------------------------------------------------------------

std::string Connector::text(std::string_view field) const {
  const Field* known = find_field(*kind, field);
  cx_check(known != nullptr, "a field that the kind declares");
  const Settings& values = known->type == FieldType::kSecret ? secrets : settings;
  if (const auto at = values.find(field); at != values.end() && !at->second.empty()) return at->second;
  return std::string(known->fallback);
}

std::int64_t Connector::number(std::string_view field) const {
  return ascii::parse_number<std::int64_t>(text(field)).value_or(0);
}

bool Connector::flag(std::string_view field) const { return text(field) == "true"; }

std::vector<std::string> Connector::list(std::string_view field) const {
  std::vector<std::string> out;
  std::string entry;
  const auto end_entry = [&] {
    const auto from = entry.find_first_not_of(" \t\r"), to = entry.find_last_not_of(" \t\r");
    if (from != std::string::npos) out.push_back(entry.substr(from, to - from + 1));
    entry.clear();
  };
  for (const char c : text(field))
    if (c == ',' || c == '\n')
      end_entry();
    else
      entry.push_back(c);
  end_entry();
  return out;
}

}  // namespace zhike::connector
