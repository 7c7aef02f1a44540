-- journey/sql/parts/ordered.sql: the table `ordered`: the steps of parts/steps.sql with their position in the journey, its
-- length, whether the journey is at the node for the first time, and the step before.
ordered AS
(
    SELECT customer, journey, node, ms,
           row_number() OVER w AS position,
           count() OVER (PARTITION BY customer, journey) AS length,
           row_number() OVER (PARTITION BY customer, journey, node ORDER BY ms, event_id) = 1 AS is_first,
           lagInFrame(node) OVER w AS node_before,
           lagInFrame(ms) OVER w AS ms_before
    FROM steps
    WINDOW w AS (PARTITION BY customer, journey ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
