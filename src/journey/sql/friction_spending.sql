-- journey/sql/friction_spending.sql: what each customer paid in the range, in minor units of a currency: by orders, or by payments where
-- no orders have an amount.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; currency.
-- Reads events in their order by instrument and kind.
SELECT customer, spent
FROM
(
SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       sumIf(amount_minor, kind IN (SELECT kind FROM kinds FINAL WHERE touchpoint = 'order')) AS ordered,
       toFloat64(if(ordered != 0, ordered, sum(amount_minor))) AS spent
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND currency = {currency:String} AND currency != '' AND instrument = ''
  AND kind IN (SELECT kind FROM kinds FINAL WHERE touchpoint IN ('order', 'payment'))
GROUP BY customer
)
