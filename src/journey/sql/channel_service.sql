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
        /*include contacts*/
    )
)
WHERE opened_at < {to:DateTime64(3, 'UTC')}
GROUP BY channel
ORDER BY channel
