-- journey/sql/parts/contacts.sql: one row a contact: a case at service touchpoints; an event without a case is one of its own. A
-- contact belongs to the channel and the customer of its first event.
-- Abandoned: a name or the property `outcome` says so. Answered: a name or `outcome` says so. Resolved: the property `resolved`,
-- else an event that says so. Waiting: the property waiting_seconds, else from the first event to the first answer. Handling:
-- the property handling_seconds.
-- In: all_units UInt8, units Array(String) (from the Grant); from; until DateTime64: events up to then say what became of a
-- contact; contacts Array(String): touchpoints; answered and resolved Array(String): LIKE patterns of names.
SELECT if(case_id = '', concat('e', toString(event_id)), concat('c', case_id)) AS contact,
       argMin(customer, (ms, event_id)) AS customer,
       argMin(dictGet('kind_of', 'channel', toUInt64(kind)), (ms, event_id)) AS channel,
       min(ms) AS opened_ms,
       min(occurred_at) AS opened_at, argMin(toString(unit), (ms, event_id)) AS opened_unit,
       countIf(is_left) > 0 AS is_abandoned,
       countIf(is_answer) > 0 AS is_answered,
       max(outcome) AS ending,
       multiIf(countIf(solved IN ('false', '0', 'no', 'n')) > 0, 0, countIf(is_solved OR solved IN ('true', '1', 'yes', 'y')) > 0) AS says_resolved,
       multiIf(countIf(isNotNull(waiting)) > 0, max(waiting),
               countIf(is_answer) > 0 AND case_id != '' AND minIf(ms, is_answer) > opened_ms, (minIf(ms, is_answer) - opened_ms) / 1000,
               NULL) AS waited,
       sum(ifNull(handling, 0)) AS handled
FROM
(
    SELECT event_id, case_id, kind, unit, occurred_at, toUnixTimestamp64Milli(occurred_at) AS ms,
           dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           toFloat64OrNull(properties['waiting_seconds']) AS waiting,
           toFloat64OrNull(properties['handling_seconds']) AS handling,
           lower(properties['resolved']) AS solved,
           properties['outcome'] AS outcome,
           outcome IN ('abandoned', 'no_answer', 'busy')
               OR kind IN (SELECT kind FROM kinds FINAL WHERE name LIKE '%bandoned%') AS is_left,
           outcome = 'answered'
               OR kind IN (SELECT kind FROM kinds FINAL WHERE arrayExists(pattern -> name LIKE pattern, {answered:Array(String)})) AS is_answer,
           kind IN (SELECT kind FROM kinds FINAL WHERE arrayExists(pattern -> name LIKE pattern, {resolved:Array(String)})) AS is_solved
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {until:DateTime64(3, 'UTC')}
      AND kind IN (SELECT kind FROM kinds FINAL WHERE channel != '' AND has({contacts:Array(String)}, touchpoint)) /*filter*/
)
GROUP BY case_id, contact
