-- journey/sql/case_kinds.sql: the kinds of events that have a touchpoint: what they are called, where they belong, and whether their
-- name says that something failed.
-- In: nothing.
SELECT kind, name, touchpoint, channel, stage,
       match(lowerUTF8(name), 'fail|error|declin|reject|not found|no result|timeout|timed out|失败|错误|超时|拒绝|无结果') AS is_failure
FROM kinds FINAL
WHERE touchpoint != ''
ORDER BY kind
