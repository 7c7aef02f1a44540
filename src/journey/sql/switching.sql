-- journey/sql/switching.sql: switches between channels inside journeys, and what became of the context. The row without
-- names counts all journeys with a visit and all switches; its customers are those who switched.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level String: channel; pause_ms Int64: the pause that ends a
-- journey, unless a case goes on over it; service Array(String): touchpoints of service cases; passive
-- Array(String): touchpoints where we act, not the customer; resolved and identified Array(String): LIKE patterns of names.
-- A visit is a run of events in one channel; those at passive touchpoints hold the journey open and are no visits. A switch leads from the visit before. It lost the context if the customer
--   identified again, having done so before in the journey, or
--   opened a service case, though the last service case of the visit before was still open and not known to be about something
--   else (both name a topic, and not the same).
-- Otherwise it carried the context if a case came along: its event before lay in another channel.
-- Reads events by the key prefix (unit, day).
WITH
/*include steps*/,
cases AS
(
    SELECT customer, journey, ms, event_id, node, case_id, is_service, is_identifying,
           case_id != '' AND row_number() OVER c = 1 AS is_opening,
           case_id != '' AND lagInFrame(node) OVER c NOT IN ('', node) AS is_carried,
           max(is_resolved) OVER c AS is_done,
           max(topic) OVER (PARTITION BY customer, case_id) AS about,
           lagInFrame(node) OVER (PARTITION BY customer, journey ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS node_before
    FROM
    (
        SELECT *,
               kind IN (SELECT kind FROM kinds FINAL WHERE has({service:Array(String)}, touchpoint)) AS is_service,
               solved IN ('true', '1', 'yes', 'y')
                   OR kind IN (SELECT kind FROM kinds FINAL WHERE arrayExists(pattern -> name LIKE pattern, {resolved:Array(String)})) AS is_resolved,
               kind IN (SELECT kind FROM kinds FINAL WHERE arrayExists(pattern -> name LIKE pattern, {identified:Array(String)})) AS is_identifying
        FROM steps
        WHERE kind NOT IN (SELECT kind FROM kinds FINAL WHERE has({passive:Array(String)}, touchpoint))
    )
    WINDOW c AS (PARTITION BY customer, case_id ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
visits AS
(
    SELECT customer, journey, visit,
           any(node) AS channel, min(ms) AS began_ms, max(ms) AS ended_ms,
           max(is_carried) AS carries, max(is_identifying) AS identifies,
           argMaxIf((case_id, is_done, about), (ms, event_id), is_service AND case_id != '') AS last_case,
           argMinIf((case_id, about), (ms, event_id), is_service AND is_opening) AS opened_case
    FROM
    (
        SELECT *, countIf(node != node_before) OVER (PARTITION BY customer, journey ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS visit
        FROM cases
    )
    GROUP BY customer, journey, visit
),
switches AS
(
    SELECT customer, journey, visit, channel, carries,
           lagInFrame(channel) OVER v AS channel_before,
           began_ms - lagInFrame(ended_ms) OVER v AS gap_ms,
           visit > 1 AND identifies AND max(identifies) OVER (PARTITION BY customer, journey ORDER BY visit ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_again,
           lagInFrame(last_case) OVER v AS before,
           visit > 1 AND opened_case.1 != '' AND before.1 NOT IN ('', opened_case.1) AND NOT before.2
               AND (before.3 = '' OR opened_case.2 = '' OR before.3 = opened_case.2) AS is_anew
    FROM visits
    WINDOW v AS (PARTITION BY customer, journey ORDER BY visit ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT channel_before, channel,
       countIf(visit > 1) AS n, uniqExactIf(customer, visit > 1) AS customers,
       if(n = 0, 0, toInt64(quantileExactInclusiveIf(0.5)(gap_ms, visit > 1))) AS median_ms,
       countIf(visit > 1 AND carries AND NOT is_again AND NOT is_anew) AS carried,
       countIf(is_again) AS lost_identity, countIf(is_anew) AS lost_matter, countIf(is_again OR is_anew) AS lost,
       countIf(visit = 1) AS journeys, countIf(visit = 2) AS switching, uniqExact(channel) AS channels
FROM switches
GROUP BY GROUPING SETS ((channel_before, channel), ())
HAVING channel_before != '' OR channel = ''
ORDER BY n DESC, channel_before, channel
