-- journey/sql/channel_service.sql: of each channel its contacts (cases at service touchpoints; an event without a case is one
-- of its own): how they ended, waiting and handling in seconds, and which were resolved at first contact.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; contacts Array(String): touchpoints; answered and
-- resolved Array(String): LIKE patterns of names; until DateTime64: events up to then say what became of a contact;
-- horizon_ms Int64: the newest event stored; again_ms Int64: a further contact within that time means that this one did not
-- resolve the matter.
-- A contact belongs to the channel of its first event, and to the range if that lies in it. Abandoned: a name or the property
-- `outcome` says so. Answered: a name, `outcome` or a resolution says so; where there is no outcome, a handling time does too.
-- Waiting: the property waiting_seconds, else from the first event to the first answer. Handling: the property handling_seconds of
-- answered contacts, where it is above 0. Resolved: the property `resolved`, else an event that says so.
-- Reads events by the key prefix (unit, day).
SELECT channel, count() AS contacts,
       countIf(is_abandoned) AS abandoned, countIf(is_abandoned OR is_answered) AS ended,
       countIf(isNotNull(waited)) AS waits, sum(ifNull(waited, 0)) AS waited_sum, sum(ifNull(waited * waited, 0)) AS waited_squares,
       if(waits = 0, 0, quantileExactInclusiveIf(0.5)(ifNull(waited, 0), isNotNull(waited))) AS waited_median,
       countIf(is_handled) AS handlings, sumIf(handled, is_handled) AS handled_sum, sumIf(handled * handled, is_handled) AS handled_squares,
       countIf(says_resolved) AS told,
       countIf(is_answered AND NOT is_abandoned AND is_old) AS old,
       countIf(is_answered AND NOT is_abandoned AND is_old AND says_resolved AND NOT came_again) AS resolved_first,
       countIf(is_answered AND NOT is_abandoned AND NOT is_old) AS young
FROM
(
    SELECT channel, is_abandoned, is_answered OR says_resolved OR (handled > 0 AND ending = '') AS is_answered,
           is_answered AND NOT is_abandoned AND handled > 0 AS is_handled, says_resolved, waited, handled,
           opened_ms + {again_ms:Int64} <= {horizon_ms:Int64} AS is_old,
           leadInFrame(opened_ms, 1, toInt64(9223372036854775807)) OVER (PARTITION BY customer ORDER BY opened_ms, contact
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - opened_ms <= {again_ms:Int64} AS came_again,
           opened_at, opened_unit
    FROM
    (
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
    )
)
WHERE opened_at < {to:DateTime64(3, 'UTC')}
GROUP BY channel
ORDER BY channel
