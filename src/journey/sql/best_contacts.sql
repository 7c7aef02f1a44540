-- journey/sql/best_contacts.sql: contacts of customers with service, by the channel where they began, and how they went: histories
-- of customers (parts/histories.sql). What a contact is: parts/contacts.sql.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; until DateTime64: `to` and again_ms; contacts
-- Array(String): touchpoints; answered and resolved Array(String): LIKE patterns of names; horizon_ms Int64: the newest event
-- stored; again_ms Int64; solved UInt8: 1: of answered contacts old enough, those that were resolved and not followed by
-- another within again_ms; 0: of contacts that were answered or given up, those that were answered; passive Array(String);
-- customer, parts UInt64.
-- Reads events by the key prefix (unit, day), twice.
WITH
trials AS
(
    SELECT customer, channel, if({solved:UInt8} = 1, says_resolved AND NOT came_again, NOT is_abandoned) AS hit
    FROM
    (
        SELECT customer, channel, is_abandoned, is_answered OR says_resolved OR (handled > 0 AND ending = '') AS is_answered, says_resolved,
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
      AND if({solved:UInt8} = 1, is_answered AND NOT is_abandoned AND is_old, is_answered OR is_abandoned)
),
/*include histories*/
