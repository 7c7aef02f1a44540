-- external/sql/persona_sizes.sql: customers, how many satisfy none and several of the conditions, and how many each; the first
-- of these is of nobody.
-- In: all_units UInt8, units Array(String) (of the Grant); from, to DateTime64(3); the conditions at flags, on customers.
-- Reads events by the key prefix (unit, day), and each condition once per customer.
SELECT count() AS customers, countIf(arraySum(belongs) = 0) AS in_none, countIf(arraySum(belongs) > 1) AS in_several,
       sumForEach(belongs) AS sizes
FROM
(
    SELECT [toUInt8(0)/*flags*/] AS belongs
    FROM
    (
        SELECT customer AS subject_id
        FROM
        (
            SELECT DISTINCT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer
            FROM events
            WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
              AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}/*filter*/
        )
    )
)
